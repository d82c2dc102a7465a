"""An asset of an invented person: a group of its own or a given one, and what is left behind."""

import pytest

from domain.event import (
    CallRefused,
    CancelAsked,
    Completed,
    DeadlinePassed,
    Event,
    Failed,
    NotAccepted,
    NotSettled,
    OutcomeUnknown,
    ProviderError,
    Sending,
)
from domain.portrait import TRIES
from domain.portrait_event import GroupStays
from domain.resource import ResourceType
from domain.submission import Stage, Status, Waiting
from domain.task import retry_wait
from domain.times import MINUTE, SECOND
from tests.domain.given import NO, NOW, TERMS, Page, a_portrait
from tests.domain.grouping import (
    ASSET,
    CREATE,
    CREATE_GROUP,
    DELETE,
    GONE,
    GROUP,
    MADE,
    POLL,
    TOLD,
    clearing,
    grouped,
    running,
)

FULL = ProviderError(
    code="quota_exceeded", message="Delete a group.", provider_code="QuotaExceeded"
)


def test_a_group_of_its_own_is_made_first() -> None:
    page = Page.of_portrait()
    assert page.kinds == {CREATE_GROUP}
    assert page.submission.deadline_at == NOW + TERMS.deadline


def test_a_given_group_is_used() -> None:
    page = Page.of_portrait(a_portrait(GROUP))
    assert page.kinds == {CREATE}


def test_in_the_group_the_asset_is_created() -> None:
    page = grouped()
    submission = page.submission
    assert page.kinds == {CREATE}
    assert (submission.status, submission.stage) == (Status.PROCESSING, Stage.QUEUED)
    assert submission.state["own_group"] is True


def test_what_was_made_is_noted_for_its_key() -> None:
    noted = running().resources
    assert set(noted) == {GROUP, "asset-1"}
    assert {one.key_id for one in noted.values()} == {"key_1"}
    assert (noted[GROUP].type, noted[GROUP].group_type) == (ResourceType.GROUP, "AIGC")
    assert (noted["asset-1"].type, noted["asset-1"].group_id) == (ResourceType.ASSET, GROUP)


def test_a_given_group_is_not_noted_anew() -> None:
    assert set(running("group-2").resources) == {"asset-1"}


@pytest.mark.parametrize("given", [None, GROUP])
def test_an_active_asset_is_the_result(given: str | None) -> None:
    page = running(given)
    done = page.answer(POLL, Completed(upstream_id="asset-1"))
    assert done.status is Status.SUCCEEDED
    assert done.result == TOLD | {"asset_id": "asset-1", "asset_uri": "asset://asset-1"}
    assert not page.tasks


def test_a_group_that_was_not_made_is_made_later() -> None:
    page = Page.of_portrait()
    page.answer(CREATE_GROUP, Sending(call="1"))
    waits = page.answer(CREATE_GROUP, NotAccepted(reason="HTTP 429", call="1", attempt=2))
    assert (waits.stage, waits.waiting_for) == (Stage.QUEUED, Waiting.RETRY)
    task = page.tasks[CREATE_GROUP, ""]
    assert (task.due_at, task.attempt) == (NOW + 4 * SECOND, 3)


def test_a_lost_answer_is_settled_by_looking() -> None:
    page = Page.of_portrait()
    page.answer(CREATE_GROUP, Sending(call="1"))
    lost = page.answer(CREATE_GROUP, OutcomeUnknown(reason="cut", call="1"))
    assert (lost.stage, lost.waiting_for) == (Stage.SETTLING, Waiting.SETTLEMENT)
    assert page.kinds == {CREATE_GROUP}
    page.answer(CREATE_GROUP, NotSettled(attempt=0))
    assert page.tasks[CREATE_GROUP, ""].attempt == 1
    assert page.answer(CREATE_GROUP, MADE).state["group_id"] == GROUP


@pytest.mark.parametrize("old", [NotAccepted(reason="429", call="1"), OutcomeUnknown(reason="x")])
def test_old_news_of_a_call_says_nothing_about_the_next(old: Event) -> None:
    page = Page.of_portrait()
    page.answer(CREATE_GROUP, Sending(call="1"))
    page.answer(CREATE_GROUP, NotAccepted(reason="429", call="1"))
    before = page.answer(CREATE_GROUP, Sending(call="2"))
    assert page.tell(old) is before


def test_a_full_quota_fails_it_with_what_to_delete() -> None:
    page = Page.of_portrait()
    failed = page.answer(CREATE_GROUP, CallRefused(error=FULL))
    assert (failed.status, failed.error, failed.result) == (Status.FAILED, FULL.as_json(), None)
    assert not page.tasks


# --- an asset that will never be ------------------------------------------------------------------


@pytest.mark.parametrize("refused", [True, False])
def test_a_group_made_in_vain_is_deleted_before_the_failure_is_told(refused: bool) -> None:
    page = grouped() if refused else running()
    before = page.tell(CallRefused(error=NO) if refused else Failed(error=NO))
    assert (before.status, before.stage) == (Status.PROCESSING, Stage.CLEARING)
    assert (before.error, before.waiting_for) == (None, Waiting.PROVIDER)
    assert page.kinds == {DELETE}
    page.now += SECOND
    failed = page.answer(DELETE, GONE)
    assert (failed.status, failed.error) == (Status.FAILED, NO.as_json())
    assert failed.result is None
    assert GROUP in page.gone
    assert not page.tasks


def test_the_asset_of_a_group_that_is_gone_is_gone_too() -> None:
    page = clearing()
    page.answer(DELETE, GONE)
    assert page.gone == {GROUP, "asset-1"}


@pytest.mark.parametrize("refused", [True, False])
def test_a_given_group_is_never_deleted(refused: bool) -> None:
    page = grouped(GROUP) if refused else running(GROUP)
    failed = page.tell(CallRefused(error=NO) if refused else Failed(error=NO))
    assert (failed.status, failed.result) == (Status.FAILED, TOLD)
    assert not page.tasks
    assert not page.gone


def test_a_group_that_stays_is_deleted_later() -> None:
    page = clearing()
    before = page.submission
    stays = GroupStays(reason="HTTP 503", retry_after=9 * SECOND, attempt=1)
    assert page.answer(DELETE, stays) is before
    task = page.tasks[DELETE, ""]
    assert (task.due_at, task.attempt) == (NOW + 9 * SECOND, 2)


def test_a_group_that_cannot_be_deleted_is_told_with_the_failure() -> None:
    page = clearing()
    tried = 0
    while not page.submission.final:
        task = page.tasks[DELETE, ""]
        page.now = task.due_at
        page.answer(DELETE, GroupStays(reason="HTTP 500", attempt=task.attempt))
        tried += 1
    assert tried == TRIES
    assert page.now == NOW + sum(retry_wait(attempt) for attempt in range(TRIES - 1))
    assert MINUTE <= page.now - NOW < 2 * MINUTE
    submission = page.submission
    assert (submission.status, submission.error) == (Status.FAILED, NO.as_json())
    assert submission.result == TOLD
    assert not page.gone


def test_a_group_that_is_gone_after_all_is_gone() -> None:
    """The answer to the last try came home after it was given up."""
    page = clearing()
    page.answer(DELETE, GroupStays(reason="cut", attempt=TRIES))
    told = page.submission
    assert page.tell(GONE) is told
    assert GROUP in page.gone


def test_no_deletion_is_tried_beyond_the_deadline() -> None:
    page = clearing()
    page.now = NOW + TERMS.deadline
    failed = page.answer(DELETE, GroupStays(reason="HTTP 500"))
    assert (failed.status, failed.error, failed.result) == (Status.FAILED, NO.as_json(), TOLD)


def test_a_deletion_that_cannot_even_be_asked_for_ends_at_the_deadline() -> None:
    page = clearing()
    page.now = NOW + TERMS.deadline
    failed = page.answer(DELETE, DeadlinePassed())
    assert (failed.status, failed.error, failed.result) == (Status.FAILED, NO.as_json(), TOLD)


@pytest.mark.parametrize(
    "event", [CancelAsked(), MADE, ASSET, Completed(upstream_id="asset-1"), Failed(error=NO)]
)
def test_while_it_is_cleared_nothing_else_counts(event: Event) -> None:
    page = clearing()
    before = page.submission
    assert page.tell(event) is before
    assert page.kinds == {DELETE}
