"""Whatever happens to an invented person's portrait, in whatever order."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain.event import (
    Accepted,
    AskFailed,
    CallRefused,
    CancelAsked,
    Completed,
    DeadlinePassed,
    Event,
    Failed,
    NotAccepted,
    NotSettled,
    OutcomeUnknown,
    Progress,
    Sending,
)
from domain.portrait import TRIES
from domain.portrait_event import GroupGone, GroupMade, GroupStays
from domain.submission import Stage, Status, Submission
from domain.task import LANES, TaskKind
from domain.times import DAY, HOUR, MINUTE
from tests.domain.given import NO, Page, a_portrait

CREATE_GROUP, CREATE, POLL = TaskKind.CREATE_GROUP, TaskKind.CREATE_ASSET, TaskKind.POLL_ASSET
DELETE = TaskKind.DELETE_GROUP
ANSWERS = ["made", "made, but the answer is lost", "not taken", "refused", "dies"]
LOOKS = st.sampled_from(["found", "certainly not", "nobody knows"])
POLLED = st.sampled_from(
    [
        Completed(source="poll", upstream_id="asset-1"),
        Failed(source="poll", error=NO, upstream_id="asset-1"),
        Progress(source="poll", word="Processing"),
        AskFailed(source="poll", reason="HTTP 500", retry_after=DAY),
    ]
)


class OwnGroupStory(RuleBasedStateMachine):
    """One portrait, and a provider that has its own truth about groups and assets."""

    given: str | None = None

    def __init__(self) -> None:
        super().__init__()
        self.page = Page.of_portrait(a_portrait(self.given))
        self.born = self.page.now
        self.groups: set[str] = set()
        self.deleted: set[str] = set()
        self.assets = 0
        self.calls = 0
        self.tries = 0
        self.overtaken: list[Event] = []
        self.ended: Submission | None = None

    def _make(self, kind: TaskKind) -> Event:
        if kind is CREATE_GROUP:
            name = f"group-{len(self.groups) + 1}"
            self.groups.add(name)
            return GroupMade(group_id=name)
        self.assets += 1
        return Accepted(upstream_id="asset-1")

    def _found(self, kind: TaskKind) -> Event | None:
        if kind is CREATE_GROUP:
            return GroupMade(group_id="group-1") if self.groups else None
        return Accepted(upstream_id="asset-1") if self.assets else None

    @rule(wait=st.sampled_from([1, MINUTE, HOUR]))
    def time_passes(self, wait: int) -> None:
        self.page.now += wait

    @precondition(lambda self: self.page.kinds & {CREATE_GROUP, CREATE})
    @rule(answer=st.sampled_from(ANSWERS), look=LOOKS)
    def a_worker_creates(self, answer: str, look: str) -> None:
        """As the engine does it: what may be there already is looked for first."""
        ((kind, _), task) = next(iter(self.page.tasks.items()))
        if self.page.submission.stage in (Stage.SENDING, Stage.SETTLING):
            found = self._found(kind)
            if look == "nobody knows":
                found = NotSettled(attempt=task.attempt)
            if found is not None:
                self.page.answer(kind, found)
                return
        self.calls += 1
        call = str(self.calls)
        if self.page.answer(kind, Sending(call=call)).final:
            return
        self._answered(kind, answer, call)

    def _answered(self, kind: TaskKind, answer: str, call: str) -> None:
        match answer:
            case "made":
                self.page.answer(kind, self._make(kind))
            case "made, but the answer is lost":
                self.overtaken.append(self._make(kind))
                self.page.answer(kind, OutcomeUnknown(reason="cut", call=call))
            case "not taken":
                self.page.answer(kind, NotAccepted(reason="HTTP 429", call=call))
            case "refused":
                self.page.answer(kind, CallRefused(error=NO))
            case _:
                self.overtaken.append(self._make(kind))

    @precondition(lambda self: self.overtaken)
    @rule()
    def an_overtaken_worker_tells_what_it_learned(self) -> None:
        event = self.overtaken.pop()
        named = self.page.submission.upstream_id
        if not isinstance(event, Accepted) or named in (None, event.upstream_id):
            self.page.tell(event)

    @precondition(lambda self: POLL in self.page.kinds)
    @rule(event=POLLED)
    def a_worker_polls(self, event: Event) -> None:
        self.page.answer(POLL, event)

    @precondition(lambda self: DELETE in self.page.kinds)
    @rule(done=st.booleans(), told=st.booleans())
    def a_worker_deletes_the_group(self, done: bool, told: bool) -> None:
        group, task = self.page.submission.state["group_id"], self.page.tasks[DELETE, ""]
        self.tries = task.attempt + 1
        if done:
            self.deleted.add(group)
        if done and told:
            self.page.answer(DELETE, GroupGone(group_id=group))
        else:
            self.page.answer(DELETE, GroupStays(reason="HTTP 500", attempt=task.attempt))

    @precondition(lambda self: self.page.submission.deadline_at is not None)
    @rule()
    def the_deadline_passes(self) -> None:
        self.page.now = max(self.page.now, self.page.submission.deadline_at or 0)

    @precondition(lambda self: self.page.tasks)
    @rule()
    def a_task_cannot_be_run(self) -> None:
        """The engine tells the deadline only when it has passed."""
        ((kind, _), _) = next(iter(self.page.tasks.items()))
        if self.page.submission.final:
            return
        if self.page.now >= (self.page.submission.deadline_at or self.page.now + 1):
            self.page.answer(kind, DeadlinePassed())

    @precondition(lambda self: self.page.now - self.born > 2 * HOUR)
    @rule()
    def the_client_cancels(self) -> None:
        self.page.tell(CancelAsked())

    @invariant()
    def every_wait_has_an_end(self) -> None:
        page = self.page
        if page.submission.final:
            assert page.kinds <= {DELETE}
            return
        assert len(page.tasks) == 1
        assert page.submission.deadline_at == self.born + page.terms.deadline
        assert all(task.due_at <= page.submission.deadline_at for task in page.tasks.values())
        assert all(task.lane in LANES for task in page.tasks.values())

    @invariant()
    def the_task_fits_the_stage(self) -> None:
        submission = self.page.submission
        grouped = "group_id" in submission.state
        match submission.stage:
            case Stage.DONE:
                assert self.page.kinds <= ({DELETE} if submission.state.get("own_group") else set())
            case Stage.CLEARING:
                assert self.page.kinds == {DELETE}
            case Stage.RUNNING:
                assert self.page.kinds == {POLL}
            case _:
                assert self.page.kinds == {CREATE if grouped else CREATE_GROUP}

    @invariant()
    def only_a_group_that_it_made_is_deleted(self) -> None:
        assert self.deleted <= self.groups
        if self.given is not None:
            assert not self.groups
            assert DELETE not in self.page.kinds

    @invariant()
    def what_it_uses_is_noted(self) -> None:
        submission = self.page.submission
        group = submission.state.get("group_id")
        assert group in (None, self.given) or group in self.page.resources
        assert submission.upstream_id is None or submission.upstream_id in self.page.resources

    @invariant()
    def whoever_reads_of_a_failure_knows_of_the_group_that_is_left(self) -> None:
        submission = self.page.submission
        group = submission.state.get("group_id")
        if not submission.final or group is None:
            return
        told = (submission.result or {}).get("group_id")
        if told is None:
            seen_to = group in self.deleted or DELETE in self.page.kinds
            assert seen_to or (self.tries == TRIES and submission.status is not Status.FAILED)
        else:
            assert told == group
            # It stays: an asset may live in it. Or it could not be deleted, as far as we know.
            assert DELETE not in self.page.kinds
            assert group not in self.deleted or submission.status is Status.FAILED

    @invariant()
    def an_end_is_an_end(self) -> None:
        submission = self.page.submission
        if self.ended is None and submission.final:
            self.ended = submission
        # Its state may name the group that is to be deleted.
        assert self.ended is None or submission.changed(state=self.ended.state) == self.ended


class GivenGroupStory(OwnGroupStory):
    """The same in a group that was there before."""

    given = "group-given"


OwnGroupStory.TestCase.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)
GivenGroupStory.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestOwnGroupStory = OwnGroupStory.TestCase
TestGivenGroupStory = GivenGroupStory.TestCase
