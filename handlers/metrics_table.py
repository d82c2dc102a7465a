"""Every metric of `/metrics`: its name, its labels, what it means, and where its numbers stand.

Rules of this file:
- A label is one of few words of our own; no id, address, token or stranger's text is one.
- What an alert counts on stands there from the beginning, at 0: a first increase from nothing is none.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from domain.measure import Histogram
from domain.task import LANES, TaskKind
from engine.observed import Observed
from handlers.latest_rows import Rows
from handlers.webhooks import COUNTED, PROVIDERS
from providers.kinds import KINDS
from store.gauges import Waiting
from store.group_commit import Commits

Number = float | Histogram
Samples = Iterable[tuple[tuple[str, ...], Number]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What stands behind the numbers; `rows` are None while the store is away."""

    observed: Observed
    commits: Commits
    promised: Mapping[str, bool]
    version: str
    now: int
    rows: Rows | None


@dataclass(frozen=True, slots=True)
class Metric:
    """`sort` is counter, gauge or histogram; the samples of a counter have `_total` at their names."""

    name: str
    sort: str
    labels: tuple[str, ...]
    help: str
    read: Callable[[Reading], Samples] = field(repr=False)


def _one(number: Number) -> Samples:
    return [((), number)]


def _words(counts: Mapping[str, float]) -> Samples:
    return [((word,), number) for word, number in counts.items()]


def _split(counts: Mapping[str, Histogram]) -> Samples:
    """By provider and operation."""
    return [(_operation(name), number) for name, number in counts.items()]


def _operation(name: str) -> tuple[str, str]:
    provider, _, operation = name.partition(".")
    return provider, operation


def _webhooks(reading: Reading) -> Samples:
    known = {(provider, word): 0 for provider in PROVIDERS for word in COUNTED}
    return (known | reading.observed.webhooks).items()


def _finished(reading: Reading) -> Samples:
    promised = [kind.name for kind in KINDS.values() if kind.webhook]
    known = {(kind, "succeeded", by): 0 for kind in promised for by in ("webhook", "poll")}
    return (known | reading.observed.finished).items()


def _deliveries(reading: Reading) -> Samples:
    return _words({"delivered": 0, "dead": 0} | reading.observed.deliveries)


def _requests(reading: Reading) -> Samples:
    for (route, method, status), number in reading.observed.requests.items():
        yield (route, method, str(status)), number


def _calls(reading: Reading) -> Samples:
    for (name, outcome), number in reading.observed.calls.items():
        yield (*_operation(name), outcome), number


def _waiting(number: Callable[[Waiting, int], float]) -> Callable[[Reading], Samples]:
    def read(reading: Reading) -> Iterator[tuple[tuple[str, ...], Number]]:
        for group in reading.rows.waiting if reading.rows is not None else ():
            labels = (group.kind, group.status, group.waiting_for or "nothing")
            yield labels, number(group, reading.now)

    return read


def _of_rows(number: Callable[[Rows], float]) -> Callable[[Reading], Samples]:
    return lambda reading: _one(number(reading.rows)) if reading.rows is not None else ()


WAITING = ("kind", "status", "waiting_for")
BEGUN = dict.fromkeys((*LANES, TaskKind.DELIVER.value), 0)

METRICS = (
    Metric("likeness_webhooks", "counter", ("provider", "outcome"), "Webhooks that have come, by what became of them.", _webhooks),
    Metric("likeness_webhook_seconds", "histogram", (), "From a webhook's first byte to its answer.", lambda it: _one(it.observed.webhook_seconds)),
    Metric("likeness_webhook_promised", "gauge", ("kind",), "1 where the provider is asked for a signed webhook.", lambda it: _words(it.promised)),
    Metric("likeness_jobs_finished", "counter", ("kind", "status", "source"), "Submissions that came to their end, by who brought the news.", _finished),
    Metric("likeness_submissions_unfinished", "gauge", WAITING, "Submissions that are not final, of all processes, the 5,000 oldest at most.", _waiting(lambda group, _: group.number)),
    Metric("likeness_submissions_oldest_seconds", "gauge", WAITING, "Age of the oldest of them.", _waiting(lambda group, now: max(0, now - group.oldest_created_at) / 1000)),
    Metric("likeness_submissions_overdue", "gauge", WAITING, "Those of them whose deadline has passed.", _waiting(lambda group, _: group.overdue)),
    Metric("likeness_tasks_begun", "counter", ("lane",), "Tasks that a worker has begun.", lambda it: _words(BEGUN | it.observed.tasks)),
    Metric("likeness_task_lag_seconds", "histogram", ("lane",), "From when a task was due to when it was begun.", lambda it: _histograms(it.observed.task_lag.by_label)),
    Metric("likeness_tasks_running", "gauge", ("lane",), "Tasks under way in this process.", lambda it: _words(dict.fromkeys(LANES, 0) | it.observed.running)),
    Metric("likeness_lane_slots", "gauge", ("lane",), "How many of a lane may be under way in a process.", lambda _: _words({name: lane.slots for name, lane in LANES.items()})),
    Metric("likeness_tasks_due_seconds", "gauge", (), "Since when the earliest task could have been begun, of all processes.", _of_rows(lambda rows: rows.due_for)),
    Metric("likeness_provider_calls", "counter", ("provider", "operation", "outcome"), "Calls of providers.", _calls),
    Metric("likeness_provider_call_seconds", "histogram", ("provider", "operation"), "How long they took.", lambda it: _split(it.observed.call_seconds.by_label)),
    Metric("likeness_delivery_attempts", "counter", ("outcome",), "Attempts to tell clients.", lambda it: _words(it.observed.attempts)),
    Metric("likeness_delivery_latency_seconds", "histogram", (), "From an event to the first 2xx of its client; a replay that is taken at once does not count.", lambda it: _one(it.observed.delivered)),
    Metric("likeness_deliveries_ended", "counter", ("state",), "Deliveries that are over: delivered or dead.", _deliveries),
    Metric("likeness_dead_letters", "gauge", (), "Deliveries that were given up and not replayed, of all processes.", _of_rows(lambda rows: rows.dead_letters)),
    Metric("likeness_quarantined", "gauge", (), "Webhooks in quarantine, of all processes.", _of_rows(lambda rows: rows.quarantined)),
    Metric("likeness_archive_copies", "counter", ("outcome",), "Outputs that were to be copied.", lambda it: _words({"copied": 0, "put_off": 0, "given_up": 0} | it.observed.copies)),
    Metric("likeness_scans", "counter", ("outcome",), "Sessions of face scans.", lambda it: _words({"opened": 0, "verified": 0} | it.observed.scans)),
    Metric("likeness_http_requests", "counter", ("route", "method", "status"), "Requests, webhooks apart; status 0 where nobody waited for it.", _requests),
    Metric("likeness_http_request_seconds", "histogram", ("route",), "How long until their answers began, a `wait=` that was asked for included.", lambda it: _histograms(it.observed.request_seconds.by_label)),
    Metric("likeness_commit_items", "histogram", (), "What shared a commit.", lambda it: _one(it.commits.sizes)),
    Metric("likeness_commit_seconds", "histogram", (), "How long commits took.", lambda it: _one(it.commits.seconds)),
    Metric("likeness_commit_failures", "counter", (), "Commits for which the store was not there.", lambda it: _one(it.commits.failures)),
    Metric("likeness_store_up", "gauge", (), "1 where the store could be read at this scrape.", lambda it: _one(float(it.rows is not None))),
    Metric("likeness_event_loop_lag_seconds", "histogram", (), "How late the process's event loop was.", lambda it: _one(it.observed.loop_lag)),
    Metric("likeness_build_info", "gauge", ("version",), "Always 1.", lambda it: [((it.version,), 1)]),
)  # fmt: skip


def _histograms(by_label: Mapping[str, Histogram]) -> Samples:
    return [((name,), number) for name, number in by_label.items()]
