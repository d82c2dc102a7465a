"""Where the demo plays: the sandbox, a real Likeness and a client's app, each on its own socket.

All live in one process, so that one Ctrl-C ends everything, but they meet only over HTTP.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from app import logs
from app.client import Client, open_client
from app.demo.client_app import ClientApp, running_app
from app.ending import Code, Stop
from app.serving import listen, running
from app.settings import Settings
from domain.times import Clock
from engine.keys import NewKey, make
from sandbox import server as sandbox
from sandbox.switches import Switchboard
from sandbox.world import World
from store.store import open_store

HOST = "127.0.0.1"
LOG = "likeness.log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    url: str
    sandbox_url: str
    folder: Path
    key: str = field(repr=False)
    client: Client
    app: ClientApp
    """Ours, which Likeness tells by webhook."""
    clock: Clock


@asynccontextmanager
async def stage(folder: Path, port: int, clock: Clock) -> AsyncIterator[Stage]:
    """Both servers while the block runs; the log goes to a file of the folder."""
    async with AsyncExitStack() as stack:
        log = stack.enter_context(_log(folder))
        stack.callback(logs.configure, pretty=True)
        sandbox_url = await stack.enter_async_context(sandbox.running(_world(), HOST))
        # Last, because the sandbox's own server sets up logging as well.
        logs.configure(pretty=False, stream=log)
        listener = stack.enter_context(listen(HOST, port))
        url = f"http://{HOST}:{listener.getsockname()[1]}"
        settings = _settings(url, sandbox_url, folder)
        app = ClientApp()
        hook = await stack.enter_async_context(
            running_app(app, stack.enter_context(listen(HOST, 0)))
        )
        made = await _key(settings, clock, hook)
        app.secret = made.webhook_secret
        await stack.enter_async_context(running(settings, listener))
        client = await stack.enter_async_context(open_client(url, made.api_key))
        yield Stage(
            url=url,
            sandbox_url=sandbox_url,
            folder=folder,
            key=made.api_key,
            client=client,
            app=app,
            clock=clock,
        )


def _world() -> World:
    """A picture that takes its time: 302.AI may also answer at once, and then nothing waits."""
    world = World()
    world.switches = Switchboard(ai302_answer="task")
    return world


def _log(folder: Path) -> TextIO:
    folder.mkdir(parents=True, exist_ok=True)
    return (folder / LOG).open("a", encoding="utf-8")


def _settings(url: str, sandbox_url: str, folder: Path) -> Settings:
    """Nothing of the machine's own settings: a demo must not reach a real provider."""
    return Settings(
        public_url=url,
        port=int(url.rpartition(":")[2]),
        data_dir=folder,
        wavespeed_api_key="sandbox",
        wavespeed_base_url=sandbox_url,
        alltoken_api_key="sandbox",
        alltoken_base_url=sandbox_url,
        ai302_api_key="sandbox",
        ai302_base_url=sandbox_url,
        poll_interval=1.0,
    )


async def _key(settings: Settings, clock: Clock, hook: str) -> NewKey:
    name = f"demo at {clock.now()}"
    async with open_store(settings.store_url) as store:
        made = await make(store, clock.now(), name, notify=hook)
    if made is None:
        raise Stop(f"There is already a key named {name}.", Code.FAILED)
    return made
