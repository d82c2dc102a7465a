"""The checker: a pure function from what everybody has seen to what is wrong with it.

Three parties have kept their own notes: Likeness its timelines, the provider what it was asked and what it
has called back, the client what it was told. Where they disagree, something was lost or done twice.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

FINAL = frozenset({"succeeded", "failed", "expired", "canceled"})
ENDS = {"completed": "succeeded", "failed": "failed"}
"""What the provider's last word makes of a submission."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a timeline; `status` is the submission's after it."""

    id: str
    type: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A submission as Likeness shows it in the end. `name` is what the provider knows it by."""

    id: str
    name: str
    status: str
    error: str = ""
    late: bool = False
    """Whether it has a result that came after its end."""
    lines: Sequence[Line] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A webhook of the provider's, about a job, and what it was answered; None for a broken connection."""

    name: str
    word: str
    status: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A delivery as the client has received it, in the order of its coming."""

    submission_id: str
    webhook_id: str
    sequence: int
    type: str
    content: str
    """Everything that must be the same when it comes again."""
    taken: bool
    """Whether the client has answered with a 2xx."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    accepted: Sequence[str]
    """The ids that clients were answered with."""
    kept: dict[str, Kept]
    charges: Sequence[str] = ()
    """The name of each job that was paid for, in the order of the payments."""
    called: Sequence[Called] = ()
    told: Sequence[Told] = field(default=())


def problems(history: History) -> list[str]:
    """In plain words; empty when all is well."""
    return [
        *_lost_submissions(history),
        *_unfinished(history),
        *_double_finishes(history),
        *_doubled_events(history),
        *_lost_events(history),
        *_double_payments(history),
        *_unpaid_results(history),
        *_untold_ends(history),
        *_confused_deliveries(history),
        *_deliveries_out_of_sequence(history),
    ]


def _lost_submissions(history: History) -> Iterator[str]:
    for name, number in Counter(history.accepted).items():
        if name not in history.kept:
            yield f"{name} was accepted and is not there"
        if number > 1:
            yield f"{name} was the answer to {number} different requests"


def _unfinished(history: History) -> Iterator[str]:
    for one in history.kept.values():
        if one.status not in FINAL:
            yield f"{one.id} has not ended: {one.status}"


def _double_finishes(history: History) -> Iterator[str]:
    for one in history.kept.values():
        ends = [line for line in one.lines if line.status in FINAL]
        if ends and (after := {line.status for line in ends} - {ends[0].status}):
            yield f"{one.id} ended as {ends[0].status} and then as {', '.join(sorted(after))}"
        begun = [place for place, line in enumerate(one.lines) if line.status in FINAL]
        if begun and len(ends) != len(one.lines) - begun[0]:
            yield f"{one.id} went on after its end"
        if ends and one.status != ends[-1].status:
            yield f"{one.id} is {one.status}, its timeline says {ends[-1].status}"


def _doubled_events(history: History) -> Iterator[str]:
    for one in history.kept.values():
        for name, number in Counter(line.id for line in one.lines).items():
            if number > 1:
                yield f"{one.id} has the event {name} {number} times"


def _lost_events(history: History) -> Iterator[str]:
    """A 204 is a promise: what it answered has been taken in."""
    by_name = {one.name: one for one in history.kept.values()}
    for called in history.called:
        if called.status != 204 or called.word not in ENDS:
            continue
        one = by_name.get(called.name)
        if one is None:
            yield f"a webhook about {called.name} was answered with 204, and there is no such job"
        elif one.status != ENDS[called.word] and not one.late and one.status != "canceled":
            yield f"{one.id} is {one.status}, though a webhook that said {called.word} got its 204"


def _double_payments(history: History) -> Iterator[str]:
    for name, number in Counter(history.charges).items():
        if number > 1:
            yield f"{name} was paid for {number} times"


def _unpaid_results(history: History) -> Iterator[str]:
    paid = set(history.charges)
    for one in history.kept.values():
        if one.status == "succeeded" and one.name not in paid:
            yield f"{one.id} succeeded, and nobody paid for it"
        sendings = sum(line.type == "submit.sending" for line in one.lines)
        if one.name in paid and not sendings:
            yield f"{one.id} was paid for, and its timeline does not say that it was sent"


def _untold_ends(history: History) -> Iterator[str]:
    taken = {(told.submission_id, told.type) for told in history.told if told.taken}
    for one in history.kept.values():
        if one.status in FINAL and (one.id, f"submission.{one.status}") not in taken:
            yield f"of the end of {one.id} ({one.status}) the client has taken no news"


def _confused_deliveries(history: History) -> Iterator[str]:
    """The same webhook-id is the same news, and the same news has one webhook-id."""
    contents: dict[str, set[tuple[str, int, str, str]]] = defaultdict(set)
    names: dict[tuple[str, int], set[str]] = defaultdict(set)
    for told in history.told:
        contents[told.webhook_id].add((told.submission_id, told.sequence, told.type, told.content))
        names[told.submission_id, told.sequence].add(told.webhook_id)
    for webhook_id, seen in contents.items():
        if len(seen) > 1:
            yield f"the delivery {webhook_id} came again with something else in it"
    for (submission_id, sequence), seen_names in names.items():
        if len(seen_names) > 1:
            yield f"{submission_id} has two deliveries with sequence {sequence}"


def _deliveries_out_of_sequence(history: History) -> Iterator[str]:
    """The end is told last and once; whatever was told before it has a smaller number."""
    by_submission: dict[str, dict[int, str]] = defaultdict(dict)
    for told in history.told:
        by_submission[told.submission_id][told.sequence] = told.type
    for submission_id, types in by_submission.items():
        ends = [number for number, kind in types.items() if kind.partition(".")[2] in FINAL]
        if len(ends) > 1:
            yield f"{submission_id} was told to have ended {len(ends)} times"
        if ends and max(types) > min(ends):
            yield f"{submission_id} was told of something after its end"
