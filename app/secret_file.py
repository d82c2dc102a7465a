"""The secret key that is made once, when the operator gave none."""

import os
import secrets
from pathlib import Path

NAME = "secret_keys"


def made_once(data_dir: Path) -> tuple[str, ...]:
    """The keys in the data folder's file, newest first; the file is made when it is missing."""
    path = data_dir / NAME
    data_dir.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _make(path)
    return read_keys(path)


def read_keys(path: Path) -> tuple[str, ...]:
    """Newest first, one a line."""
    return tuple(line.strip() for line in path.read_text().splitlines() if line.strip())


def _make(path: Path) -> None:
    """Two processes may start at once: the file appears whole, and the first one's stays."""
    draft = path.with_name(f".{NAME}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
