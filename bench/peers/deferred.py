"""The worker of what `deferring` has deferred; it ends when nothing is left: `python -m bench.peers.deferred`."""

import asyncio

from bench.peers.deferring import POOL, queue


async def work() -> None:
    async with queue.open_async():
        await queue.run_worker_async(wait=False, concurrency=POOL, listen_notify=False)


if __name__ == "__main__":
    asyncio.run(work())
