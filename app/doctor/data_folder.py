"""The data folder: can it be written, whose is it, who may read its secrets, how much room is left."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from app.doctor.aside import aside
from app.doctor.finding import Finding, fault, fine, note, warning
from app.doctor.patient import Patient
from app.secret_file import NAME

CHECK = "data folder"
LITTLE = 2 * 1024**3
"""Bytes below which somebody should look: a film may have 100 MB, an upload 50."""
TOO_LITTLE = 256 * 1024**2
OTHERS = stat.S_IRWXG | stat.S_IRWXO


async def check(patient: Patient) -> list[Finding]:
    settings = patient.settings
    return await aside(lambda: list(_look(settings.data_dir, bool(settings.secret_keys))))


def _look(folder: Path, keys_given: bool) -> Iterator[Finding]:
    if not folder.is_dir():
        yield from _missing(folder)
        return
    trouble = _unwritable(folder)
    if trouble is not None:
        yield fault(
            CHECK,
            f"{folder} cannot be written: {trouble}.",
            "Give it to the user that runs Likeness, or name another with LIKENESS_DATA_DIR.",
        )
    yield from owners(folder)
    yield from _secrets(folder, keys_given)
    yield from room(folder, shutil.disk_usage(folder).free, written=trouble is None)


def _missing(folder: Path) -> Iterator[Finding]:
    if folder.exists():
        yield fault(
            CHECK, f"{folder} is not a folder.", "Name a folder with LIKENESS_DATA_DIR, or move it."
        )
        return
    above = next(one for one in folder.absolute().parents if one.exists())
    if os.access(above, os.W_OK | os.X_OK):
        yield note(CHECK, f"{folder} is not there yet; the first start makes it.")
    else:
        yield fault(
            CHECK,
            f"{folder} is not there, and {above} lets us make nothing.",
            "Make it and give it to the user that runs Likeness.",
        )


def _unwritable(folder: Path) -> str | None:
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor.") as file:
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return error.strerror or type(error).__name__
    return None


def owners(folder: Path) -> Iterator[Finding]:
    """A file that somebody else made, by a command as root, stops the service at its next write."""
    owner = folder.stat().st_uid
    foreign = sorted(one.name for one in folder.iterdir() if one.lstat().st_uid != owner)
    if foreign:
        yield fault(
            CHECK,
            f"{foreign[0]} in {folder} belongs to another user than the folder"
            f"{f', and so do {len(foreign) - 1} more' if len(foreign) > 1 else ''}.",
            f"Give all of it to one user: chown -R --reference={folder} {folder}",
        )
    elif owner != os.geteuid():
        yield warning(
            CHECK,
            f"{folder} belongs to another user than the one who asks.",
            "Run `likeness` as the user that runs the service, or its files become yours.",
        )


def _secrets(folder: Path, keys_given: bool) -> Iterator[Finding]:
    file = folder / NAME
    if not file.exists():
        if not keys_given:
            yield note(CHECK, "The secret keys are not made yet; the first start makes them.")
        return
    if stat.S_IMODE(file.stat().st_mode) & OTHERS:
        yield fault(
            CHECK,
            f"Others may read {file}, and forge our tokens with it.",
            f"chmod 600 {file}; if somebody may have read it, put a new key above the old one.",
        )
    if not keys_given and not os.access(file, os.R_OK):
        yield fault(CHECK, f"{file} cannot be read.", "Give it to the user that runs Likeness.")
    elif not keys_given and not file.read_text().split():
        yield fault(CHECK, f"{file} is empty.", "Delete it: the next start makes a new one.")
    if stat.S_IMODE(folder.stat().st_mode) & stat.S_IWOTH:
        yield fault(CHECK, f"Anybody may write into {folder}.", f"chmod o-w {folder}")


def room(folder: Path, free: int, *, written: bool) -> Iterator[Finding]:
    shown = f"{free / 1024**3:.1f} GB are free at {folder}"
    if free < TOO_LITTLE:
        yield fault(CHECK, f"Only {shown}.", "Make room: without it nothing can be stored.")
    elif free < LITTLE:
        yield warning(CHECK, f"Only {shown}.", "Make room, or lower LIKENESS_RETENTION_DAYS.")
    elif written:
        yield fine(CHECK, f"It can be written; {shown}.")
