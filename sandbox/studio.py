"""Turning a job's input into its outputs."""

import base64

import anyio.to_thread

from sandbox.films import film, tiny_film
from sandbox.jobs import TASK_FAILED, Job
from sandbox.models import MODELS
from sandbox.pictures import paint_portrait, tiny_portrait
from sandbox.sources import MediaError, read_media
from sandbox.world import World


async def make(world: World, job: Job) -> None:
    """Make the outputs once, however many ask for them."""
    async with job.making:
        if job.made:
            return
        if job.switches.error_code:
            job.fail(job.switches.error_code)
        elif job.outcome == "failed":
            job.fail(TASK_FAILED)
        elif job.outcome == "completed":
            await _complete(world, job)
        else:
            job.error = f"The task is {job.outcome}"
        job.made = True


async def _complete(world: World, job: Job) -> None:
    try:
        content = await _render(world, job)
    except MediaError as error:
        job.fail(error.code, str(error))
        return
    if job.input.get("enable_base64_output"):
        job.outputs = [base64.b64encode(content).decode()]
        return
    ending, content_type = (
        ("mp4", "video/mp4") if MODELS[job.model].makes_film else ("jpeg", "image/jpeg")
    )
    job.outputs = [
        world.publish(f"outputs/{job.id}/1.{ending}", content, content_type, job.switches)
    ]


async def _render(world: World, job: Job) -> bytes:
    """Encoding runs in a thread, so that the loop goes on serving."""
    films = MODELS[job.model].makes_film
    if job.switches.media == "tiny":
        return await anyio.to_thread.run_sync(tiny_film if films else tiny_portrait)
    image = await read_media(world, job.input["image"])
    if films:
        audio = await read_media(world, job.input["audio"])
        return await anyio.to_thread.run_sync(film, image, audio)
    return await anyio.to_thread.run_sync(paint_portrait, image, job.input["prompt"])
