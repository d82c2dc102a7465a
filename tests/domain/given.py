"""Submissions to begin with, and a page on which decisions are applied as the store does it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from domain import job, scan
from domain.decision import Decision, Terms
from domain.event import Event, Output, ProviderError, Sending
from domain.submission import Stage, Status, Submission, Waiting
from domain.task import Task, TaskKind
from domain.times import DAY, HOUR, MINUTE, SECOND

NOW = 1_767_323_045_000
TERMS = Terms(
    provider="wavespeed",
    webhook=True,
    poll_grace=20 * SECOND,
    poll_interval=2 * SECOND,
    settle=10 * MINUTE,
    deadline=DAY,
    session_ttl=2 * MINUTE,
)
SILENT = replace(TERMS, webhook=False)
NO = ProviderError(code="invalid_input", message="No.", provider_code="400")
OUTPUTS = (Output(url="https://cdn.example/1.jpg"),)
UPSTREAM = "pred-1"

Decide = Callable[[Submission, Event, Terms, int], Decision]
Begin = Callable[[Submission, Terms, int], tuple[Task, ...]]
Name = tuple[TaskKind, str]


def a_job(**changes: Any) -> Submission:
    values: dict[str, Any] = {
        "id": "sub_1",
        "key_id": "key_1",
        "kind": "wavespeed/portrait",
        "status": Status.PENDING,
        "stage": Stage.QUEUED,
        "created_at": NOW,
        "updated_at": NOW,
        "deadline_at": NOW + TERMS.deadline,
    }
    return Submission(**values | changes)


def a_scan(
    mode: str = "hosted", *, asset: bool = True, link_expires_at: int = NOW + HOUR, **changes: Any
) -> Submission:
    state = {
        "mode": mode,
        "asset": {"url": "https://images.example/a.jpg", "asset_type": "Image"} if asset else None,
        "link_expires_at": link_expires_at,
    }
    if mode == "direct":
        return a_job(kind="alltoken/liveness", stage=Stage.OPENING, state=state, **changes)
    invited = {
        "status": Status.ACTION_REQUIRED,
        "stage": Stage.INVITED,
        "waiting_for": Waiting.PERSON,
        "deadline_at": None,
        "time_left": TERMS.deadline,
        "action": {"type": "face_scan", "url": "https://likeness.example/scan/x"},
    }
    return a_job(kind="alltoken/liveness", state=state, **invited | changes)


@dataclass
class Page:
    """One submission and its tasks; news changes them by the store's rules."""

    submission: Submission
    decide: Decide
    terms: Terms = TERMS
    now: int = NOW
    tasks: dict[Name, Task] = field(default_factory=dict)

    @classmethod
    def of_job(cls, submission: Submission | None = None, terms: Terms = TERMS) -> "Page":
        return cls(submission or a_job(), job.decide, terms)._begun(job.begin)

    @classmethod
    def of_scan(cls, submission: Submission | None = None) -> "Page":
        return cls(submission or a_scan(), scan.decide)._begun(scan.begin)

    def _begun(self, begin: Begin) -> "Page":
        self._put(begin(self.submission, self.terms, self.now))
        return self

    @property
    def kinds(self) -> set[TaskKind]:
        return {kind for kind, _ in self.tasks}

    def tell(self, *events: Event) -> Submission:
        """Facts, from whoever."""
        for event in events:
            self._apply(self.decide(self.submission, event, self.terms, self.now))
        return self.submission

    def answer(self, kind: TaskKind, event: Event, key: str = "") -> Submission:
        """What the run of a task brought; that finishes the task, unless a call only begins."""
        if isinstance(event, Sending):
            assert (kind, key) in self.tasks
        else:
            del self.tasks[kind, key]
        return self.tell(event)

    def _apply(self, decision: Decision) -> None:
        self.submission = decision.submission
        for name in decision.drop:
            self.tasks.pop(name, None)
        self._put(decision.tasks)
        if self.submission.final:
            self.tasks.clear()

    def _put(self, tasks: tuple[Task, ...]) -> None:
        for task in tasks:
            self.tasks[task.kind, task.key] = task
