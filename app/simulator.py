"""The providers' simulator as a command; it needs the `sandbox` extra, so it is imported late."""

from app.console import OUT, say
from app.serving import cannot_listen, until_signal
from sandbox.server import running
from sandbox.switches import Switchboard
from sandbox.world import World

DURATIONS = ("duration", "ai302_duration", "asset_duration", "video_duration")


async def simulate(host: str, port: int, *, fast: bool) -> None:
    """Be every provider until SIGTERM or SIGINT."""
    world = World()
    if fast:
        world.switches = Switchboard(media="tiny", **dict.fromkeys(DURATIONS, 0.2))
    try:
        async with running(world, host, port) as url:
            say(f"The sandbox plays the providers at {url}; see {url}/sandbox. Ctrl-C ends it.")
            say("Point a Likeness at it:")
            for variable in ("WAVESPEED", "AI302", "ALLTOKEN"):
                OUT.print(f"export {variable}_BASE_URL={url} {variable}_API_KEY=sandbox")
            OUT.print("export LIKENESS_PUBLIC_URL=http://127.0.0.1:8000")
            OUT.file.flush()
            await until_signal()
    except OSError as error:
        raise cannot_listen(host, port, error, "--host and --port") from error
