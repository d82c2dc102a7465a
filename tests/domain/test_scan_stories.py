"""Whatever happens to a face scan, in whatever order."""

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
from domain.portrait_event import (
    LinkExpired,
    PersonReturned,
    ScanOver,
    ScanPending,
    SessionOpened,
    Verified,
)
from domain.submission import Stage, Status, Submission
from domain.task import LANES, TaskKind
from domain.times import DAY, HOUR, MINUTE
from tests.domain.given import NO, TERMS, Page, a_scan

MADE = Accepted(upstream_id="asset-1")
CREATED = st.sampled_from(
    [
        MADE,
        NotAccepted(reason="HTTP 429"),
        OutcomeUnknown(reason="read timeout"),
        NotSettled(),
        CallRefused(error=NO),
    ]
)
POLLED = st.sampled_from(
    [
        Completed(source="poll", upstream_id="asset-1"),
        Failed(source="poll", error=NO, upstream_id="asset-1"),
        Progress(source="poll", word="Processing"),
        AskFailed(source="poll", reason="HTTP 500", retry_after=DAY),
    ]
)


class HostedStory(RuleBasedStateMachine):
    """One face scan, with people, phones, polls and crashes."""

    mode = "hosted"

    def __init__(self) -> None:
        super().__init__()
        self.page = Page.of_scan(a_scan(self.mode))
        self.born = self.page.now
        self.sessions = 0
        self.group: str | None = None
        self.ended: Submission | None = None

    def _opened(self) -> SessionOpened:
        self.sessions += 1
        name = f"ses_{self.sessions}"
        return SessionOpened(session=name, token=f"byted-{name}", link=f"https://h5.example/{name}")

    def _exchanged(self, key: str, word: str) -> Event:
        if word == "group":
            return Verified(session=key, group_id=f"group-{key}")
        if word == "pending":
            return ScanPending(session=key, reason=word)
        return ScanOver(session=key, reason=word)

    @rule(wait=st.sampled_from([1, MINUTE, 3 * MINUTE, HOUR]))
    def time_passes(self, wait: int) -> None:
        self.page.now += wait

    @precondition(lambda self: self.mode == "hosted")
    @rule()
    def the_person_presses_start(self) -> None:
        self.page.tell(self._opened())

    @precondition(lambda self: TaskKind.OPEN_SESSION in self.page.kinds)
    @rule(answer=st.sampled_from([None, NotAccepted(reason="429"), CallRefused(error=NO)]))
    def a_worker_opens_a_session(self, answer: Event | None) -> None:
        self.page.answer(TaskKind.OPEN_SESSION, answer or self._opened())

    @rule()
    def the_phone_returns(self) -> None:
        self.page.tell(PersonReturned())

    @precondition(lambda self: TaskKind.EXCHANGE in self.page.kinds)
    @rule(data=st.data(), word=st.sampled_from(["group", "pending", "expired", "spent"]))
    def a_worker_exchanges(self, data: st.DataObject, word: str) -> None:
        keys = sorted(key for kind, key in self.page.tasks if kind is TaskKind.EXCHANGE)
        key = data.draw(st.sampled_from(keys))
        self.page.answer(TaskKind.EXCHANGE, self._exchanged(key, word), key)

    @precondition(lambda self: self.sessions)
    @rule(word=st.sampled_from(["group", "expired", "spent"]))
    def an_overtaken_worker_tells_what_it_learned(self, word: str) -> None:
        self.page.tell(self._exchanged(f"ses_{self.sessions}", word))

    @precondition(lambda self: TaskKind.CREATE_ASSET in self.page.kinds)
    @rule(event=CREATED)
    def a_worker_creates_the_asset(self, event: Event) -> None:
        if not self.page.answer(TaskKind.CREATE_ASSET, Sending()).final:
            self.page.answer(TaskKind.CREATE_ASSET, event)

    @precondition(lambda self: TaskKind.POLL_ASSET in self.page.kinds)
    @rule(event=POLLED)
    def a_worker_polls_the_asset(self, event: Event) -> None:
        self.page.answer(TaskKind.POLL_ASSET, event)

    @precondition(lambda self: TaskKind.LINK_EXPIRY in self.page.kinds)
    @rule()
    def the_link_expires(self) -> None:
        self.page.now = max(self.page.now, self.page.tasks[TaskKind.LINK_EXPIRY, ""].due_at)
        self.page.answer(TaskKind.LINK_EXPIRY, LinkExpired())

    @precondition(lambda self: self.page.submission.deadline_at is not None)
    @rule()
    def the_deadline_passes(self) -> None:
        self.page.now = max(self.page.now, self.page.submission.deadline_at or 0)

    @precondition(lambda self: self.page.now - self.born > 3 * HOUR)
    @rule()
    def the_client_cancels(self) -> None:
        self.page.tell(CancelAsked())

    @invariant()
    def every_wait_has_an_end(self) -> None:
        page = self.page
        if page.submission.final:
            assert not page.tasks
            return
        assert self._movers() <= set(page.tasks)
        ends = page.submission.deadline_at or page.now + DAY
        assert all(task.due_at <= ends for task in page.tasks.values())
        assert all(task.lane in LANES for task in page.tasks.values())

    def _movers(self) -> set[tuple[TaskKind, str]]:
        submission = self.page.submission
        match submission.stage:
            case Stage.INVITED:
                return {(TaskKind.LINK_EXPIRY, "")}
            case Stage.OPENING:
                return {(TaskKind.OPEN_SESSION, "")}
            case Stage.SCANNING:
                assert submission.state["sessions"]
                return {(TaskKind.EXCHANGE, name) for name in submission.state["sessions"]}
            case Stage.RUNNING:
                return {(TaskKind.POLL_ASSET, "")}
            case _:
                return {(TaskKind.CREATE_ASSET, "")}

    @invariant()
    def a_persons_time_does_not_count(self) -> None:
        submission = self.page.submission
        if submission.stage in (Stage.INVITED, Stage.SCANNING):
            assert submission.deadline_at is None
            assert submission.time_left is not None
            assert 0 <= submission.time_left <= TERMS.deadline

    @invariant()
    def the_first_group_wins(self) -> None:
        group = self.page.submission.state.get("group_id")
        assert self.group in (None, group)
        self.group = group

    @invariant()
    def a_hosted_scan_lives_as_long_as_its_link(self) -> None:
        submission = self.page.submission
        if self.mode == "hosted" and submission.status is Status.EXPIRED and self.group is None:
            assert self.page.now >= submission.state["link_expires_at"]

    @invariant()
    def an_end_is_an_end(self) -> None:
        if self.ended is None and self.page.submission.final:
            self.ended = self.page.submission
        assert self.ended is None or self.page.submission is self.ended


class DirectStory(HostedStory):
    """The same without a link of ours."""

    mode = "direct"


HostedStory.TestCase.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)
DirectStory.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestHostedStory = HostedStory.TestCase
TestDirectStory = DirectStory.TestCase
