"""The database: is it up to date, can it commit, how long does that take, who else uses it."""

import time
from collections.abc import Iterator
from statistics import median

from app.doctor.finding import Finding, fault, fine, warning
from app.doctor.patient import OpenPatient
from store.inspection import Engine

CHECK = "database"
COMMITS = 5
SLOW = 0.1
"""Seconds for a commit from which on somebody should look at the disk."""
TOO_SLOW = 2.0
"""A webhook must be answered within 4 s, and waits for its commit."""
FULL = 0.8
"""Of a server's connections."""


async def check(patient: OpenPatient) -> list[Finding]:
    engine = await patient.inspection.engine()
    seconds = []
    for _ in range(COMMITS):
        begun = time.perf_counter()
        await patient.inspection.prove_commit(patient.clock.now())
        seconds.append(time.perf_counter() - begun)
    return [*speed(engine, median(seconds)), *engine_state(engine)]


def speed(engine: Engine, seconds: float) -> Iterator[Finding]:
    told = f"A commit takes {seconds * 1000:.1f} ms"
    mend = "Look at the disk below it, its network and its other users; commits wait for fsync."
    if seconds >= TOO_SLOW:
        yield fault(CHECK, f"{told}; webhooks come too late then.", mend)
    elif seconds >= SLOW:
        yield warning(CHECK, f"{told}.", mend)
    else:
        yield fine(CHECK, f"{engine.version} is up to date. {told}.")


def engine_state(engine: Engine) -> Iterator[Finding]:
    if not engine.durable:
        yield fault(
            CHECK,
            "Commits do not wait for the disk: what was acknowledged is lost when the power fails.",
            "Set fsync and synchronous_commit to on in the server's configuration.",
        )
    if engine.encoding not in ("UTF-8", "UTF8"):
        yield fault(
            CHECK,
            f"It is encoded in {engine.encoding}.",
            "Make one with CREATE DATABASE likeness ENCODING 'UTF8' TEMPLATE template0.",
        )
    if engine.most_connections and engine.connections >= FULL * engine.most_connections:
        yield warning(
            CHECK,
            f"{engine.connections} of the server's {engine.most_connections} connections are in use.",
            "Raise max_connections, or run fewer processes: each takes 7.",
        )
    elif engine.most_connections:
        used = f"{engine.connections} of {engine.most_connections}"
        yield fine(CHECK, f"{used} connections are in use; it is encoded in {engine.encoding}.")
