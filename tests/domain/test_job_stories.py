"""Whatever happens to a paid job, in whatever order."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain.event import (
    Accepted,
    AskFailed,
    CallRefused,
    CancelAsked,
    Completed,
    Event,
    Failed,
    NotAccepted,
    NotSettled,
    OutcomeUnknown,
    Progress,
    Sending,
)
from domain.submission import Stage, Submission
from domain.task import LANES, TaskKind
from domain.times import DAY
from tests.domain.given import NO, OUTPUTS, SILENT, TERMS, UPSTREAM, Page

MOVER = {
    Stage.QUEUED: TaskKind.SUBMIT,
    Stage.SENDING: TaskKind.SUBMIT,
    Stage.SETTLING: TaskKind.SETTLE,
    Stage.RUNNING: TaskKind.POLL,
}
WAITS = st.none() | st.integers(0, DAY)
FROM_OUTSIDE = st.sampled_from(
    [
        Completed(upstream_id=UPSTREAM, outputs=OUTPUTS),
        Completed(upstream_id=UPSTREAM),
        Failed(error=NO, upstream_id=UPSTREAM),
        Progress(source="webhook", word="processing", upstream_id=UPSTREAM),
        Accepted(upstream_id=UPSTREAM),
        CancelAsked(),
    ]
)
POLLED = st.sampled_from(
    [
        Completed(source="poll", upstream_id=UPSTREAM, outputs=OUTPUTS),
        Failed(source="poll", error=NO, upstream_id=UPSTREAM),
        Progress(source="poll", word="processing", upstream_id=UPSTREAM),
    ]
)
SETTLED = st.sampled_from([NotSettled(), Accepted(source="settlement", upstream_id=UPSTREAM)])


class JobStory(RuleBasedStateMachine):
    """One job; calls may be in the air while tasks change hands."""

    terms = TERMS

    def __init__(self) -> None:
        super().__init__()
        self.page = Page.of_job(terms=self.terms)
        self.born = self.page.now
        self.in_the_air: list[str] = []
        self.not_taken: list[str] = []
        self.calls = 0
        self.ended: Submission | None = None

    @rule(seconds=st.integers(0, 100_000))
    def time_passes(self, seconds: int) -> None:
        self.page.now += seconds

    @rule(event=FROM_OUTSIDE)
    def news_arrives(self, event: Event) -> None:
        self.page.tell(event)

    @rule(event=FROM_OUTSIDE)
    def news_arrives_twice(self, event: Event) -> None:
        once = self.page.tell(event)
        tasks = dict(self.page.tasks)
        assert self.page.tell(event) is once
        assert self.page.tasks == tasks

    @precondition(lambda self: TaskKind.SUBMIT in self.page.kinds)
    @rule()
    def a_worker_submits(self) -> None:
        before = self.page.submission
        if before.stage is not Stage.QUEUED:
            self.page.answer(TaskKind.SUBMIT, OutcomeUnknown(reason="interrupted"))
            return
        self.calls += 1
        call = f"call {self.calls}"
        after = self.page.answer(TaskKind.SUBMIT, Sending(call=call))
        assert after is not before
        if not after.final:
            self.in_the_air.append(call)

    @precondition(lambda self: self.in_the_air)
    @rule(
        event=st.sampled_from(
            [
                Accepted(upstream_id=UPSTREAM),
                OutcomeUnknown(reason="read timeout"),
                CallRefused(error=NO),
                NotAccepted(reason="HTTP 429"),
            ]
        )
    )
    def the_call_comes_home(self, event: Event) -> None:
        """As a fact; whether the task is still held must not matter."""
        call = self.in_the_air.pop()
        if isinstance(event, NotAccepted):
            self.not_taken.append(call)
            event = NotAccepted(reason=event.reason, call=call)
        self.page.tell(event)

    @precondition(lambda self: self.not_taken)
    @rule(data=st.data())
    def it_is_told_again_that_a_call_was_not_taken(self, data: st.DataObject) -> None:
        """Nobody knows whether a commit that got no answer was made."""
        call = data.draw(st.sampled_from(self.not_taken))
        self.page.tell(NotAccepted(reason="HTTP 429", call=call))

    @precondition(lambda self: self.in_the_air)
    @rule()
    def the_call_is_lost_with_its_process(self) -> None:
        self.in_the_air.pop()

    @precondition(lambda self: TaskKind.POLL in self.page.kinds)
    @rule(event=POLLED)
    def a_worker_polls(self, event: Event) -> None:
        self.page.answer(TaskKind.POLL, event)

    @precondition(lambda self: TaskKind.POLL in self.page.kinds)
    @rule(asked=WAITS)
    def a_poll_fails(self, asked: int | None) -> None:
        attempt = self.page.tasks[TaskKind.POLL, ""].attempt
        event = AskFailed(source="poll", reason="HTTP 500", retry_after=asked, attempt=attempt)
        self.page.answer(TaskKind.POLL, event)

    @precondition(lambda self: TaskKind.SETTLE in self.page.kinds)
    @rule(event=SETTLED)
    def a_worker_settles(self, event: Event) -> None:
        self.page.answer(TaskKind.SETTLE, event)

    @precondition(lambda self: self.page.now - self.born > 300_000)
    @rule()
    def the_deadline_passes(self) -> None:
        self.page.now = max(self.page.now, self.born + self.terms.deadline)

    @invariant()
    def no_second_call_leaves_before_the_first_is_known_not_to_be_taken(self) -> None:
        assert len(self.in_the_air) <= 1

    @invariant()
    def every_wait_has_an_end(self) -> None:
        page = self.page
        if page.submission.final:
            assert not page.tasks
            return
        assert MOVER[page.submission.stage] in page.kinds
        assert page.submission.deadline_at == self.born + self.terms.deadline
        assert all(task.due_at <= page.submission.deadline_at for task in page.tasks.values())

    @invariant()
    def nothing_waits_on_after_its_deadline(self) -> None:
        """One more run of whatever moves it on is all that it takes."""
        page = self.page
        if not page.submission.final and page.now >= self.born + self.terms.deadline:
            for event in (NotSettled(), NotAccepted(reason="429"), Progress(word="processing")):
                assert page.decide(page.submission, event, page.terms, page.now).submission.final

    @invariant()
    def every_task_has_a_lane(self) -> None:
        assert all(task.lane in LANES for task in self.page.tasks.values())

    @invariant()
    def an_end_is_an_end(self) -> None:
        submission = self.page.submission
        if self.ended is None:
            self.ended = submission if submission.final else None
            return
        for name in ("status", "result", "error", "completed_at"):
            assert getattr(submission, name) == getattr(self.ended, name)
        gave_up = (self.ended.error or {}).get("code") in ("canceled", "expired", "outcome_unknown")
        assert gave_up or submission.late_result is None


class SilentJobStory(JobStory):
    """The same without webhooks."""

    terms = SILENT


JobStory.TestCase.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)
SilentJobStory.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestJobStory = JobStory.TestCase
TestSilentJobStory = SilentJobStory.TestCase
