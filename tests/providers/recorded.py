"""Recorded answers, each a folder: `headers.json` (with `:status`) and `body.json` or `body`."""

import json
from pathlib import Path

from providers.base import Account, Reply

SAMPLES = Path(__file__).parent / "samples"

ACCOUNT = Account(base_url="https://provider.example/", api_key="sk-very-secret")

NOW = 1767323045_678


def recorded(case: str) -> Reply:
    """The answer under `<provider>/<case>`."""
    folder = SAMPLES / case
    headers: dict[str, str] = json.loads((folder / "headers.json").read_bytes())
    status = int(headers.pop(":status", "200"))
    body = next(path for path in sorted(folder.iterdir()) if path.stem == "body")
    return Reply(status=status, headers=headers, body=body.read_bytes())


def reply(status: int, body: object, **headers: str) -> Reply:
    """An answer made up on the spot."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(status=status, headers=headers, body=content)
