"""Submissions to begin with, and a page on which decisions are applied as the store does it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from domain import job, portrait, scan
from domain.decision import Decision, Terms
from domain.delivery import snapshot
from domain.event import Event, Output, ProviderError, Sending
from domain.resource import Resource
from domain.scan_task import link_expiry
from domain.submission import Stage, Status, Submission, Waiting
from domain.task import AFTER_THE_END, Task, TaskKind
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
    link_ttl=DAY,
)
SILENT = replace(TERMS, webhook=False)
FILM = replace(SILENT, provider="alltoken", cancels=True)
"""Of a provider that hints, and that can be asked to stop a job."""
NO = ProviderError(code="invalid_input", message="No.", provider_code="400")
OUTPUTS = (Output(url="https://cdn.example/1.jpg"),)
UPSTREAM = "pred-1"

Decide = Callable[[Submission, Event, Terms, int], Decision]
Begin = Callable[[Submission, Terms, int], Decision]
Name = tuple[TaskKind, str]


def visible(submission: Submission) -> dict[str, Any]:
    """What a client sees of it, and may change."""
    shown = snapshot(submission)
    del shown["version"]
    return shown


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


def a_portrait(group_id: str | None = None, **changes: Any) -> Submission:
    """In a group of its own, unless one is given."""
    given = {} if group_id is None else {"group_id": group_id}
    state = {"group_type": portrait.GROUP_TYPE, **given}
    return a_job(**{"kind": "alltoken/portrait", "state": state} | changes)


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
    resources: dict[str, Resource] = field(default_factory=dict)
    """What was noted as made."""
    gone: set[str] = field(default_factory=set)

    @classmethod
    def of_job(cls, submission: Submission | None = None, terms: Terms = TERMS) -> "Page":
        return cls(submission or a_job(), job.decide, terms)._begun(job.begin)

    @classmethod
    def of_portrait(cls, submission: Submission | None = None) -> "Page":
        terms = replace(SILENT, provider="alltoken")
        return cls(submission or a_portrait(), portrait.decide, terms)._begun(portrait.begin)

    @classmethod
    def of_scan(cls, submission: Submission | None = None) -> "Page":
        page = cls(submission or a_scan(), scan.decide)
        if page.submission.stage is not Stage.INVITED:
            return page._begun(scan.begin)
        page._put((link_expiry(page.submission, page.submission.state["link_expires_at"]),))
        return page

    def _begun(self, begin: Begin) -> "Page":
        self._apply(begin(self.submission, self.terms, self.now))
        return self

    @property
    def kinds(self) -> set[TaskKind]:
        return {kind for kind, _ in self.tasks}

    def tell(self, *events: Event) -> Submission:
        """Facts, from whoever."""
        for event in events:
            before = self.submission
            self._apply(self.decide(self.submission, event, self.terms, self.now))
            # The version is what a client's ETag is made of.
            unseen = visible(before) == visible(self.submission)
            assert unseen or self.submission.version > before.version, event.type
        return self.submission

    def answer(self, kind: TaskKind, event: Event, key: str = "") -> Submission:
        """What the run of a task brought; that finishes the task, unless a call only begins."""
        if isinstance(event, Sending):
            assert (kind, key) in self.tasks
        else:
            del self.tasks[kind, key]
        return self.tell(event)

    def _apply(self, decision: Decision) -> None:
        before, self.submission = self.submission, decision.submission
        for new in decision.resources:
            self.resources.setdefault(new.id, new)
        self.gone |= set(decision.gone)
        for name in decision.drop:
            self.tasks.pop(name, None)
        if self.submission.final:
            assert {task.kind for task in decision.tasks} <= AFTER_THE_END
            if not before.final:
                self.tasks.clear()
        self._put(decision.tasks)

    def _put(self, tasks: tuple[Task, ...]) -> None:
        for task in tasks:
            self.tasks[task.kind, task.key] = task
