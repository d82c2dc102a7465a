"""Whether a provider lets our key in: one call for each that costs nothing and leaves nothing behind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from providers import ai302, alltoken_group
from providers.ai302_answer import opened as opened_ai302
from providers.alltoken_envelope import opened as opened_alltoken
from providers.base import Account, Reply, Request
from providers.reading import is_fine, read_json
from providers.wavespeed_prediction import envelope_status, request, unwrap

NO_TASK = "0"
"""302.AI is asked for a task that does not exist: the question is free (providers.md B.3)."""
NOT_LET_IN = (401, 403)


class Entry(StrEnum):
    LET_IN = "let in"
    REFUSED = "refused"
    BUSY = "busy"
    NO_CREDIT = "no credit"
    WRONG_PATH = "wrong path"
    """Something answers, but nothing that knows the question."""
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyNews:
    """What an answer says about our key; `balance` in US dollars, where the provider tells it."""

    entry: Entry
    status: int
    balance: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCheck:
    """How one provider is asked, and its answer read."""

    ask: Callable[[Account], Request]
    read: Callable[[Reply], KeyNews]


# The vendor's own command line asks for it (providers.md A.2).
def _ask_wavespeed(account: Account) -> Request:
    return request(account, "balance", "/api/v3/balance")


def _read_wavespeed(reply: Reply) -> KeyNews:
    answer = read_json(reply.body)
    status = envelope_status(reply, answer)
    if not is_fine(status):
        return KeyNews(entry=_by_status(status), status=status)
    balance = unwrap(answer).get("balance")
    if not isinstance(balance, int | float):
        return KeyNews(entry=Entry.WRONG_PATH, status=status)
    entry = Entry.LET_IN if balance > 0 else Entry.NO_CREDIT
    return KeyNews(entry=entry, status=status, balance=float(balance))


def _ask_ai302(account: Account) -> Request:
    return ai302.poll(account, NO_TASK, {})


def _read_ai302(reply: Reply) -> KeyNews:
    answer = opened_ai302(reply)
    if answer.data is not None:
        return KeyNews(entry=Entry.LET_IN, status=reply.status)
    if answer.error is None or reply.status == 404:
        return KeyNews(entry=_by_status(reply.status), status=reply.status)
    if reply.status in NOT_LET_IN or answer.error.code == "provider_auth":
        return KeyNews(entry=Entry.REFUSED, status=reply.status)
    if answer.error.code == "insufficient_balance":
        return KeyNews(entry=Entry.NO_CREDIT, status=reply.status)
    if answer.error.code == "provider_unavailable":
        return KeyNews(entry=Entry.BUSY, status=reply.status)
    # It does not know the task, and says so: we were let in.
    return KeyNews(entry=Entry.LET_IN, status=reply.status)


def _ask_alltoken(account: Account) -> Request:
    return alltoken_group.list_groups(account, "AIGC", 1)


def _read_alltoken(reply: Reply) -> KeyNews:
    answer = opened_alltoken(reply)
    code = answer.error.code if answer.error is not None else ""
    if reply.status in NOT_LET_IN or code == "provider_auth":
        return KeyNews(entry=Entry.REFUSED, status=reply.status)
    if code == "provider_unavailable" or reply.status == 429:
        return KeyNews(entry=Entry.BUSY, status=reply.status)
    if code == "insufficient_balance":
        return KeyNews(entry=Entry.NO_CREDIT, status=reply.status)
    if answer.business_code or "Items" in answer.result or "TotalCount" in answer.result:
        return KeyNews(entry=Entry.LET_IN, status=reply.status)
    return KeyNews(entry=_by_status(reply.status), status=reply.status)


def _by_status(status: int) -> Entry:
    if status in NOT_LET_IN:
        return Entry.REFUSED
    if status in (429, 503):
        return Entry.BUSY
    if status == 402:
        return Entry.NO_CREDIT
    return Entry.BROKEN if status >= 500 else Entry.WRONG_PATH


KEY_CHECKS: Mapping[str, KeyCheck] = {
    "wavespeed": KeyCheck(ask=_ask_wavespeed, read=_read_wavespeed),
    "302ai": KeyCheck(ask=_ask_ai302, read=_read_ai302),
    "alltoken": KeyCheck(ask=_ask_alltoken, read=_read_alltoken),
}
