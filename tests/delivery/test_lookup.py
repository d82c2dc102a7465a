"""Names are looked up beside everything else, also those whose servers never answer."""

import asyncio
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from delivery.lookup import Found, Lookup
from tests.house import turn

pytestmark = pytest.mark.asyncio
SICK = "silent.example.test"


@dataclass(slots=True)
class Names:
    """A system that answers at once, but for the sick name only when it is let."""

    let: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)

    def __call__(self, name: str, _port: int) -> Found:
        self.asked.append(name)
        if name.endswith(SICK):
            self.let.wait()
            raise socket.gaierror(socket.EAI_AGAIN, "silent")
        return ["192.0.2.1"]


@pytest.fixture
def names() -> Iterator[Names]:
    system = Names()
    yield system
    system.let.set()


async def unknown(lookup: Lookup, name: str) -> None:
    with pytest.raises(socket.gaierror):
        await lookup(name, 443)


async def test_silent_names_hold_up_no_other_and_no_thread_of_the_loop(names: Names) -> None:
    lookup = Lookup(names)
    async with asyncio.TaskGroup() as group:
        for number in range(100):
            group.create_task(unknown(lookup, f"{number}.{SICK}"))
        await turn()
        async with asyncio.timeout(5):
            assert await lookup("fine.example.test", 443) == ["192.0.2.1"]
            await asyncio.get_running_loop().getaddrinfo("localhost", 443)
        names.let.set()


async def test_a_name_is_asked_for_once_at_a_time(names: Names) -> None:
    lookup = Lookup(names)
    async with asyncio.TaskGroup() as group:
        impatient = group.create_task(unknown(lookup, SICK))
        group.create_task(unknown(lookup, SICK))
        await turn()
        impatient.cancel()
        await turn()
        names.let.set()
    assert names.asked == [SICK]
    await unknown(lookup, SICK)
    assert names.asked == [SICK] * 2


async def test_more_silent_names_than_there_is_room_for_fail_at_once(names: Names) -> None:
    lookup = Lookup(names, most=2)
    async with asyncio.TaskGroup() as group:
        for number in range(2):
            group.create_task(unknown(lookup, f"{number}.{SICK}"))
        await turn()
        with pytest.raises(OSError, match="too many"):
            await lookup("fine.example.test", 443)
        names.let.set()


async def test_a_process_ends_while_a_name_is_silent() -> None:
    program = (
        "import asyncio, threading\n"
        "from delivery.lookup import Lookup\n"
        "async def main():\n"
        "    lookup = Lookup(lambda name, port: threading.Event().wait())\n"
        "    asking = asyncio.create_task(lookup('silent', 443))\n"
        "    await asyncio.wait([asking], timeout=0.01)\n"
        "asyncio.run(main())\n"
    )
    ended = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", program],
        timeout=20,
        capture_output=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, b"")
