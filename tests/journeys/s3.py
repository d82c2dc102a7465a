"""An S3-compatible server of its own: moto in server mode."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

import httpx

from bench.ports import free_port
from tests.wire import PATIENT

STARTING = 30.0
BUCKET = "results"


class S3:
    """The server, seen from beside."""

    def __init__(self, url: str) -> None:
        self.url = url

    @property
    def variables(self) -> dict[str, str]:
        """What an operator sets for obstore."""
        return {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": self.url,
        }

    def objects(self) -> dict[str, int]:
        """Every object's size by its key."""
        answer = httpx.get(f"{self.url}/{BUCKET}?list-type=2", **PATIENT)
        listing = ElementTree.fromstring(answer.content)  # noqa: S314 - our own server's answer
        space = listing.tag.removesuffix("ListBucketResult")
        return {
            item.findtext(f"{space}Key", ""): int(item.findtext(f"{space}Size", "0"))
            for item in listing.iter(f"{space}Contents")
        }


@contextmanager
def running_s3(log: Path, port: int = 0) -> Iterator[S3]:
    """With one empty bucket."""
    port = port or free_port()
    program = Path(sys.executable).with_name("moto_server")
    with (
        log.open("wb") as written,
        subprocess.Popen(
            [program, "-H", "127.0.0.1", "-p", str(port)], stdout=written, stderr=written
        ) as server,
    ):
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(url, server)
            httpx.put(f"{url}/{BUCKET}", **PATIENT).raise_for_status()
            yield S3(url)
        finally:
            server.kill()


def _wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + STARTING
    while True:
        try:
            httpx.get(f"{url}/moto-api/", **PATIENT)
        except httpx.TransportError:
            assert server.poll() is None, "moto has ended"
            assert time.monotonic() < end, "moto does not start"
            time.sleep(0.05)
        else:
            return
