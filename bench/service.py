"""Likeness as an operator runs it: installed with its settings and a key, then served, from outside."""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bench.load import post
from bench.ports import free_port
from bench.processes import Process, likeness, running
from bench.rows import Rows, open_rows
from bench.run import Run

SECRET = "whsec_" + "b" * 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """A database that is up to date, with one API key in it."""

    name: str
    variables: dict[str, str] = field(repr=False)
    rows: Rows = field(repr=False)
    key: str = field(repr=False)
    port: int

    def post_submission(self, body: bytes, **headers: str) -> bytes:
        """As a client sends it."""
        return post(
            "/v1/submissions",
            body,
            authorization=f"Bearer {self.key}",
            content_type="application/json",
            **headers,
        )


@contextmanager
def installed(run: Run, provider: Process, **settings: str) -> Iterator[Installation]:
    """Fresh, and talking to that provider, which knows it by its name."""
    url, port = run.new_database(), free_port()
    name = url.rpartition("/")[2].removesuffix(".db")
    with tempfile.TemporaryDirectory(dir=run.folder) as folder:
        variables = {
            "DATABASE_URL": url,
            "LIKENESS_ENV": "development",
            "LIKENESS_DATA_DIR": folder,
            "LIKENESS_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "LIKENESS_SECRET_KEYS": "a-secret-of-the-benchmark",
            "LIKENESS_POLL_GRACE_S": "86400",
            # The provider's outputs lead nowhere: copying them is not what is measured.
            "LIKENESS_ARCHIVE": "off",
            "WAVESPEED_API_KEY": name,
            "WAVESPEED_BASE_URL": provider.url,
            "WAVESPEED_WEBHOOK_SECRETS": SECRET,
            "ALLTOKEN_API_KEY": name,
            "ALLTOKEN_BASE_URL": provider.url,
            "PORT": str(port),
            **settings,
        }
        key = _make_key(variables)
        with open_rows(url) as rows:
            yield Installation(name=name, variables=variables, rows=rows, key=key, port=port)


@contextmanager
def serving(installation: Installation, *, worker: bool = True, port: int = 0) -> Iterator[Process]:
    """`likeness serve`, on the installation's port unless another is named."""
    port = port or installation.port
    command = [likeness(), "serve", "--port", str(port), *([] if worker else ["--no-worker"])]
    with running(command, port, installation.variables) as process:
        yield process


@contextmanager
def working(installation: Installation) -> Iterator[Process]:
    """`likeness work`, beside a `serve --no-worker`."""
    with running([likeness(), "work"], variables=installation.variables) as process:
        yield process


def _make_key(variables: dict[str, str]) -> str:
    command = [likeness(), "keys", "create", "bench", "--json"]
    made = subprocess.run(command, env=variables, check=True, capture_output=True)
    key: str = json.loads(made.stdout)["api_key"]
    return key
