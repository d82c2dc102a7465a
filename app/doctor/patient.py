"""What the doctor has in hand: the settings, wires of its own, and the database if it could be opened."""

from dataclasses import dataclass, field

from app.doctor.asking import Wire
from app.settings import Settings
from domain.times import Clock
from store.inspection import Inspection


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """An installation as it is looked at; nothing of it is changed."""

    settings: Settings
    clock: Clock
    wire: Wire
    """To providers and our own public URL: no proxy, no redirect followed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPatient(Patient):
    """The same, with its database open and up to date."""

    inspection: Inspection = field(repr=False)
