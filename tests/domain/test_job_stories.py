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
    Hinted,
    NotAccepted,
    NotSettled,
    OutcomeUnknown,
    Progress,
    ProviderError,
    Sending,
)
from domain.job import EMPTY
from domain.submission import Stage, Submission
from domain.task import AFTER_THE_END, LANES, LONGEST_ASKED, TaskKind
from domain.times import DAY
from tests.domain.given import FILM, NO, OUTPUTS, SILENT, TERMS, UPSTREAM, Page

MOVER = {
    Stage.QUEUED: TaskKind.SUBMIT,
    Stage.SENDING: TaskKind.SUBMIT,
    Stage.SETTLING: TaskKind.SETTLE,
    Stage.RUNNING: TaskKind.POLL,
}
GONE = ProviderError(code="provider_lost", message="Gone.")
GIVEN_UP = ("canceled", "expired", "outcome_unknown", "provider_lost", "no_outputs")
"""How it ends by our own word, while the provider may go on."""
WAITS = st.none() | st.integers(0, DAY)
FROM_OUTSIDE = st.sampled_from(
    [
        Completed(upstream_id=UPSTREAM, outputs=OUTPUTS),
        Completed(upstream_id=UPSTREAM),
        Failed(error=NO, upstream_id=UPSTREAM),
        Progress(source="webhook", word="processing", upstream_id=UPSTREAM),
        Accepted(upstream_id=UPSTREAM),
        Hinted(names=UPSTREAM),
        Hinted(),
        CancelAsked(),
    ]
)
POLLED = st.sampled_from(
    [
        Completed(source="poll", upstream_id=UPSTREAM, outputs=OUTPUTS),
        Failed(source="poll", error=NO, upstream_id=UPSTREAM),
        Progress(source="poll", word="processing", upstream_id=UPSTREAM),
        Progress(source="poll", word="completed", upstream_id=UPSTREAM, ended=True),
        AskFailed(source="poll", reason="HTTP 404", verdict=GONE),
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
        twice = self.page.tell(event)
        if isinstance(event, Hinted):
            # The second has one more question asked a moment later, and a third none.
            assert twice.changed(state={}) == once.changed(state={})
            assert self.page.tasks.keys() == tasks.keys()
            tasks = dict(self.page.tasks)
            assert self.page.tell(event) == twice
            assert self.page.tasks == tasks
        else:
            assert twice is once
            assert self.page.tasks == tasks

    @precondition(lambda self: TaskKind.SUBMIT in self.page.kinds)
    @rule()
    def a_worker_submits(self) -> None:
        before = self.page.submission
        if before.stage is not Stage.QUEUED:
            self.page.answer(TaskKind.SUBMIT, OutcomeUnknown(reason="interrupted"))
            return
        assert "named" not in before.state, "what an earlier call has made is known"
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
    @rule(event=POLLED.filter(lambda event: not isinstance(event, Completed | Failed)))
    def the_provider_says_the_same_for_long(self, event: Event) -> None:
        for _ in range(2 * EMPTY):
            if TaskKind.POLL in self.page.kinds:
                self.page.now = max(self.page.now, self.page.tasks[TaskKind.POLL, ""].due_at)
                self.page.answer(TaskKind.POLL, event)
        assert self.page.submission.final or getattr(event, "word", "") == "processing"

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

    @precondition(lambda self: self.page.kinds & AFTER_THE_END)
    @rule(
        word=st.sampled_from(["processing", "HTTP 500", "completed"]),
        asked=WAITS,
        in_time=st.booleans(),
    )
    def a_worker_sees_to_what_was_given_up(
        self, word: str, asked: int | None, in_time: bool
    ) -> None:
        kind, task = next((name[0], task) for name, task in self.page.tasks.items())
        if in_time:
            self.page.now = max(self.page.now, task.due_at)
        source = "cancel" if kind is TaskKind.CANCEL else "poll"
        events: dict[str, Event] = {
            "processing": Progress(source=source, word=word, attempt=task.attempt),
            "HTTP 500": AskFailed(
                source=source, reason=word, retry_after=asked, attempt=task.attempt
            ),
            "completed": Completed(source=source, upstream_id=UPSTREAM, outputs=OUTPUTS),
        }
        self.page.answer(kind, events[word])

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
            self._what_remains_has_an_end()
            return
        assert MOVER[page.submission.stage] in page.kinds
        assert page.submission.deadline_at == self.born + self.terms.deadline
        assert all(task.due_at <= page.submission.deadline_at for task in page.tasks.values())

    def _what_remains_has_an_end(self) -> None:
        """It is about a job that was given up, and only as long as one may take."""
        page = self.page
        assert page.kinds <= AFTER_THE_END
        if page.tasks:
            assert page.submission.upstream_id or page.submission.state["named"]
            until = page.submission.state["follow_until"] + LONGEST_ASKED
            assert all(task.due_at <= until for task in page.tasks.values())

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
        gave_up = (self.ended.error or {}).get("code") in GIVEN_UP
        assert gave_up or submission.late_result is None


class SilentJobStory(JobStory):
    """The same without webhooks."""

    terms = SILENT


class FilmStory(JobStory):
    """The same at a provider that can be asked to stop, and whose callbacks nobody signs."""

    terms = FILM


JobStory.TestCase.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)
SilentJobStory.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
FilmStory.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestJobStory = JobStory.TestCase
TestSilentJobStory = SilentJobStory.TestCase
TestFilmStory = FilmStory.TestCase
