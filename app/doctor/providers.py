"""The providers: is each reached, and does it let our key in. No call costs money."""

import asyncio
from collections.abc import Iterator

from app.doctor.asking import Silence
from app.doctor.finding import Finding, fault, fine, note, warning
from app.doctor.patient import Patient
from app.services import accounts
from providers.base import Account
from providers.key_check import KEY_CHECKS, Entry, KeyNews

VARIABLES = {"wavespeed": "WAVESPEED", "302ai": "AI302", "alltoken": "ALLTOKEN"}


async def check(patient: Patient) -> list[Finding]:
    held = accounts(patient.settings)
    async with asyncio.TaskGroup() as group:
        asked = {
            name: group.create_task(_ask(patient, name, account)) for name, account in held.items()
        }
    findings: list[Finding] = []
    for name in KEY_CHECKS:
        findings += asked[name].result() if name in asked else [_no_key(name)]
    return findings


def _no_key(name: str) -> Finding:
    return note(
        f"provider {name}",
        f"No key of {name} is set, so its kinds are unavailable.",
        f"Set {VARIABLES[name]}_API_KEY to use it.",
    )


async def _ask(patient: Patient, name: str, account: Account) -> list[Finding]:
    key_check = KEY_CHECKS[name]
    answer = await patient.wire.ask(key_check.ask(account))
    if isinstance(answer, Silence):
        return [
            fault(
                f"provider {name}",
                f"It cannot be reached: {answer.reason}.",
                f"Look at {VARIABLES[name]}_BASE_URL; {answer.mend}.",
            )
        ]
    return list(_told(name, key_check.read(answer)))


def _told(name: str, news: KeyNews) -> Iterator[Finding]:
    check, variable = f"provider {name}", VARIABLES[name]
    match news.entry:
        case Entry.LET_IN:
            balance = f", the balance is ${news.balance:.2f}" if news.balance is not None else ""
            yield fine(check, f"It lets our key in{balance}.")
        case Entry.REFUSED:
            yield fault(
                check,
                f"It refuses our key (HTTP {news.status}).",
                f"Set {variable}_API_KEY to a key that is valid and may call it.",
            )
        case Entry.NO_CREDIT:
            yield fault(
                check, "It lets our key in, but the account has no credit.", "Top the account up."
            )
        case Entry.BUSY:
            yield warning(
                check,
                f"It is there, but takes no calls now (HTTP {news.status}).",
                "Look again in a minute; if it lasts, ask the provider.",
            )
        case Entry.WRONG_PATH:
            yield fault(
                check,
                f"What answers is not {name} (HTTP {news.status}).",
                f"Look at {variable}_BASE_URL{_path(name)}.",
            )
        case Entry.BROKEN:
            yield warning(
                check,
                f"It has an error of its own (HTTP {news.status}).",
                "Look again in a minute; if it lasts, ask the provider.",
            )


def _path(name: str) -> str:
    return " and at AI302_PORTRAIT_RESULT_PATH" if name == "302ai" else ""
