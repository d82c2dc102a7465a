"""Whatever a provider sends becomes an event, and only its own final word ends anything."""

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import BadFormat
from domain.event import (
    Accepted,
    AskFailed,
    CallRefused,
    Completed,
    Failed,
    NotAccepted,
    OutcomeUnknown,
    Progress,
)
from domain.portrait_event import ScanOver, ScanPending, Verified
from providers import alltoken, wavespeed
from providers.alltoken_asset import AssetWish
from providers.base import Reply
from tests.providers.garbage import alltoken_answers, bodies, is_sound, replies, wavespeed_answers
from tests.providers.recorded import NOW

MARK = "sub.mark-of-the-call"


def says(reply: Reply, *words: bytes) -> bool:
    return any(word in reply.body.lower() for word in words)


@settings(deadline=None)
@given(reply=replies(wavespeed_answers))
def test_any_answer_to_a_submit_of_wavespeed_is_an_event(reply: Reply) -> None:
    event = wavespeed.read_submit(reply, NOW)
    assert is_sound(event)
    match event:
        case Completed():
            assert reply.status < 300
            assert says(reply, b"completed")
            assert event.outputs
        case Failed():
            assert reply.status < 300
            assert says(reply, b"failed", b"cancelled", b"timeout", b"deleted")
        case Accepted():
            assert reply.status < 300
            assert event.upstream_id
        case NotAccepted() | CallRefused() | OutcomeUnknown():
            assert event.source == "submit"


@settings(deadline=None)
@given(reply=replies(wavespeed_answers))
def test_any_answer_to_a_poll_of_wavespeed_is_an_event(reply: Reply) -> None:
    event = wavespeed.read_poll(reply, "p0001", NOW)
    assert is_sound(event)
    match event:
        case Completed():
            assert says(reply, b"completed")
        case Failed():
            assert says(reply, b"failed", b"cancelled", b"timeout", b"deleted")
        case Progress() | AskFailed():
            assert event.source == "poll"


@settings(deadline=None)
@given(body=replies(wavespeed_answers).map(lambda reply: reply.body) | bodies)
def test_any_webhook_of_wavespeed_is_an_event_or_a_bad_format(body: bytes) -> None:
    try:
        event = wavespeed.read_webhook(body, NOW)
    except BadFormat:
        return
    assert is_sound(event)
    assert event.upstream_id


@settings(deadline=None)
@given(reply=replies(wavespeed_answers))
def test_any_history_and_any_secret_of_wavespeed_can_be_read(reply: Reply) -> None:
    history = wavespeed.read_history(reply, MARK, NOW)
    assert isinstance(history, AskFailed) or history.event is None
    secret = wavespeed.read_webhook_secret(reply)
    assert secret is None or secret.startswith("whsec_")


@settings(deadline=None)
@given(reply=replies(alltoken_answers))
def test_any_answer_about_a_session_of_alltoken_can_be_read(reply: Reply) -> None:
    session = alltoken.read_session(reply)
    if isinstance(session, alltoken.Session):
        assert reply.status < 300
        assert session.link.startswith("http")
    else:
        assert is_sound(session)
    created = alltoken.read_created_asset(reply)
    assert is_sound(created)
    assert not isinstance(created, Accepted) or reply.status < 300


@settings(deadline=None)
@given(reply=replies(alltoken_answers))
def test_any_answer_to_an_exchange_is_an_event(reply: Reply) -> None:
    event = alltoken.read_exchange(reply, "ses_1")
    assert is_sound(event)
    match event:
        case Verified():
            assert reply.status < 300
            assert says(reply, b"groupid")
        case ScanOver():
            assert reply.status == 404 or says(reply, b"tokenexpired", b"invalidtoken")
        case ScanPending():
            assert len(event.reason) < 20


@settings(deadline=None)
@given(reply=replies(alltoken_answers), asset_id=st.sampled_from(["p0001", "id"]))
def test_any_answer_about_an_asset_is_an_event(reply: Reply, asset_id: str) -> None:
    event = alltoken.read_asset(reply, asset_id)
    assert is_sound(event)
    match event:
        case Completed():
            assert says(reply, b"active")
        case Failed():
            assert says(reply, b"failed", b"notfound", b"forbidden")
        case Progress() | AskFailed():
            assert event.upstream_id == asset_id if isinstance(event, Progress) else True


@settings(deadline=None)
@given(reply=replies(alltoken_answers))
def test_any_list_of_assets_can_be_read(reply: Reply) -> None:
    found = alltoken.read_listed_assets(reply, "group-1", AssetWish(name="Ann", asset_type="Image"))
    assert isinstance(found, AskFailed) or reply.status < 300
