"""A program whose object store takes a connection and says nothing; it ends all the same."""

import asyncio
import socket
import sys
from pathlib import Path

from store.archive import PART, open_archive


async def main(data_dir: Path) -> None:
    archive = open_archive("s3://bucket", data_dir, allow_http=True)
    assert archive is not None
    async with archive.spooling() as spool:
        await spool.write(b"x" * (PART + 1))
        try:
            async with asyncio.timeout(0.5):
                await archive.put("sub_1/a", spool)
        except TimeoutError:
            print("cut short")  # noqa: T201


if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", int(sys.argv[2]))):
        asyncio.run(main(Path(sys.argv[1])))
