"""The whole demo: the stage is set, the journeys are told, and then it is yours."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from app.clock import SystemClock
from app.console import OUT, plain
from app.demo.journeys import JOURNEYS, keep, submit_scan, submit_video, told_asset, upload
from app.demo.stage import LOG, Stage, stage
from app.demo.story import Story
from app.ending import Code, Problem, Stop
from app.serving import on_signal, until_signal
from domain.times import SECOND, rfc3339

PATIENCE = 60
"""Seconds that one journey may take."""
DEFAULT_FOLDER = Path("var/demo")


async def show(folder: Path | None, port: int, *, oneshot: bool) -> None:
    """Tell every journey; Stop says which one failed, and why."""
    clock = SystemClock()
    began = clock.now()
    # A folder for each run: nothing is overwritten, and two runs do not meet.
    folder = folder or DEFAULT_FOLDER / rfc3339(began)[:19].replace(":", "-")
    async with stage(folder, port, clock) as on:
        _introduce(on)
        # Told after the servers have ended in peace: an error in here would tear them down.
        failure = await _failure_of(_tell_all(on))
        if failure is None:
            seconds = (clock.now() - began) / SECOND
            all_of_them = f"All {len(JOURNEYS)} journeys succeeded"
            OUT.print(f"\n[bold green]{all_of_them}[/bold green] in {seconds:.1f} s.")
            if not oneshot:
                await _hand_over(on)
    if failure is not None:
        OUT.print(f"\nThe log and what was made are in {plain(folder)}.")
        raise failure


async def _failure_of(telling: Coroutine[Any, Any, None]) -> Stop | None:
    """Why the journeys did not come to their end; Ctrl-C is a reason as well."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(_caught(telling))
        with on_signal(task.cancel):
            await asyncio.wait([task])
    return Stop("Interrupted.", Code.INTERRUPTED) if task.cancelled() else task.result()


async def _caught(telling: Coroutine[Any, Any, None]) -> Stop | None:
    try:
        await telling
    except Stop as error:
        return error
    except Problem as error:
        return Stop(str(error), Code.FAILED)
    return None


def _introduce(on: Stage) -> None:
    OUT.print("[bold]Likeness demo[/bold]: no account and no key of a provider is needed.\n")
    OUT.print(f"  Likeness            {on.url}")
    OUT.print(f"  providers' sandbox  {on.sandbox_url}/sandbox")
    OUT.print(f"  data, log, results  {plain(on.folder)}")


async def _tell_all(on: Stage) -> None:
    for number, journey in enumerate(JOURNEYS, 1):
        OUT.print(f"\n[bold]{number}  {journey.__doc__}[/bold]")
        try:
            async with asyncio.timeout(PATIENCE):
                await journey(on)
        except TimeoutError as error:
            raise Stop(
                f"Journey {number} did not end within {PATIENCE} s; see {on.folder / LOG}.",
                Code.FAILED,
            ) from error


async def _hand_over(on: Stage) -> None:
    OUT.print("\n[bold]Now you.[/bold] It all stays up until you press Ctrl-C.\n")
    picture = await upload(on, "portrait.jpg")
    scan = await submit_scan(on, "You", picture)
    video = await submit_video(on, scan)
    link, scan_id = plain(scan.submission["action"]["url"]), scan.submission["id"]
    OUT.print(
        f"\n  Scan a face by hand; a video waits for it, and all news is shown below:\n    {link}"
    )
    OUT.print(f"  Make the providers misbehave:\n    {on.sandbox_url}/sandbox")
    OUT.print("  Use it from another terminal:")
    OUT.print(f"    export LIKENESS_URL={on.url} LIKENESS_API_KEY={on.key}")
    for path in (f"/v1/submissions/{scan_id}", "/v1/kinds"):
        OUT.print(f'    curl -H "Authorization: Bearer $LIKENESS_API_KEY" $LIKENESS_URL{path}')
    OUT.print(f"    likeness watch {video.submission['id']}\n")
    async with asyncio.TaskGroup() as group:
        telling = group.create_task(_tell_yours(on, Story(on, scan, video)))
        await until_signal()
        telling.cancel()
    OUT.print(f"\nEnded. What it made is in {plain(on.folder)}.")


async def _tell_yours(on: Stage, story: Story) -> None:
    try:
        done = await story.to_the_end()
        told_asset(done["scan"])
        await keep(on, done["video"], "your-video.mp4")
    except (Stop, Problem) as error:
        OUT.print(plain(error))
    else:
        OUT.print("   [green]Your face scan and its video succeeded.[/green]")
