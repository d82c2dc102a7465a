"""Asking the system for a name's addresses, so that a name whose servers are silent holds up no other.

Rules of this file:
- Lookups have threads of their own: those of the loop are few, and the providers' names need them.
- A name is asked for once at a time; whoever wants it meanwhile gets the same answer.
- A lookup cannot be stopped, so nobody waits for its thread to end, not even the process.
"""

import asyncio
import socket
import threading
from collections.abc import Callable
from contextlib import suppress

MOST = 1000
"""Names that are asked for at the same time: twice as many as clients are told at once, since a
silent name is asked for longer than anybody waits."""

Found = list[str]
Ask = Callable[[str, int], Found]


def system(name: str, port: int) -> Found:
    """The system's own answer: /etc/hosts, DNS and whatever else it is set to ask."""
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class Lookup:
    """Resolves names by `ask`, which may take its time."""

    def __init__(self, ask: Ask = system, most: int = MOST) -> None:
        self._ask = ask
        self._most = most
        self._under_way: dict[str, asyncio.Future[Found]] = {}

    async def __call__(self, name: str, port: int) -> Found:
        """All addresses, best first; whatever `ask` raises when there is none."""
        if name not in self._under_way:
            if len(self._under_way) >= self._most:
                raise OSError("too many names are asked for")
            self._begin(name, port)
        # Who gives up leaves the others their answer.
        return await asyncio.shield(self._under_way[name])

    def _begin(self, name: str, port: int) -> None:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Found] = loop.create_future()

        def ask() -> None:
            outcome: Found | Exception
            try:
                outcome = self._ask(name, port)
            except Exception as error:  # noqa: BLE001 - it belongs to whoever wants the name
                outcome = error
            # The loop may have ended meanwhile.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(_tell, answer, outcome)

        self._under_way[name] = answer
        answer.add_done_callback(lambda _: self._under_way.pop(name))
        threading.Thread(target=ask, name="lookup", daemon=True).start()


def _tell(answer: asyncio.Future[Found], outcome: Found | Exception) -> None:
    if isinstance(outcome, Exception):
        answer.set_exception(outcome)
        # Seen here, or it would be reported as unseen when everybody has given up.
        answer.exception()
    else:
        answer.set_result(outcome)
