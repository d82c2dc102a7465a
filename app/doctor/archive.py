"""The archive: can a copy be put there, read again and deleted."""

import secrets

from app.doctor.aside import aside
from app.doctor.finding import Finding, fault, fine, note
from app.doctor.patient import Patient
from app.services import archive_of
from domain.errors import ArchiveUnavailable, BadArchive
from store.archive import Archive, folder_of

CHECK = "archive"
PROBE = b"written and deleted by likeness doctor"


async def check(patient: Patient) -> list[Finding]:
    settings = patient.settings
    if settings.archive == "off":
        return [note(CHECK, "It is off: outputs are gone when their provider's links die.")]
    if not settings.data_dir.is_dir():
        return []
    folder = folder_of(settings.archive, settings.data_dir)
    if folder is not None and not await aside(folder.exists):
        # Made here it would belong to whoever asks, and not to the user that runs Likeness.
        return [note(CHECK, f"{folder} is not there yet; the first start makes it.")]
    try:
        archive = await aside(lambda: archive_of(settings))
    except BadArchive as error:
        return [fault(CHECK, str(error), "Set LIKENESS_ARCHIVE right, or make it usable.")]
    assert archive is not None  # noqa: S101 - it is not off
    try:
        await _probe(archive)
    except (ArchiveUnavailable, FileNotFoundError) as error:
        return [
            fault(
                CHECK,
                f"No probe can be written, read and deleted there: {error}.",
                "Look at its keys, its rights (put, get, list, delete), its region and its room.",
            )
        ]
    return [fine(CHECK, "A probe was written, read and deleted.")]


async def _probe(archive: Archive) -> None:
    """Under a name that no submission has. Whoever is cancelled leaves it there: it may hang."""
    folder = f"doctor-{secrets.token_hex(8)}"
    async with archive.spooling() as spool:
        await spool.write(PROBE)
        await archive.put(f"{folder}/probe", spool)
    try:
        read = b"".join([part async for part in archive.read(f"{folder}/probe", 0, len(PROBE))])
    except (ArchiveUnavailable, FileNotFoundError):
        await archive.delete_folder(folder)
        raise
    await archive.delete_folder(folder)
    if read != PROBE:
        raise ArchiveUnavailable("what was read is not what was written")
