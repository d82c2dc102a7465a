"""Whatever is sent about a portrait or a video becomes an event, and only its own word ends it."""

from hypothesis import given, settings

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
from domain.times import DAY
from providers import ai302, alltoken_video
from providers.ai302_answer import RISKS
from providers.base import Reply
from tests.providers.garbage import ai302_answers, bodies, is_sound, replies, video_answers
from tests.providers.recorded import NOW

ID = "p0001"


def says(reply: Reply, *words: str) -> bool:
    return any(word.encode() in reply.body.lower() for word in words)


@settings(deadline=None)
@given(reply=replies(ai302_answers))
def test_any_answer_to_a_submit_of_302ai_is_an_event(reply: Reply) -> None:
    event = ai302.read_submit(reply, NOW)
    assert is_sound(event)
    match event:
        case Completed():
            assert reply.status < 300
            assert event.outputs
            assert event.key == (f"{event.upstream_id}:done" if event.upstream_id else None)
        case Accepted():
            assert reply.status < 300
            assert event.upstream_id
        case NotAccepted() | CallRefused() | OutcomeUnknown():
            assert event.source == "submit"


@settings(deadline=None)
@given(reply=replies(ai302_answers))
def test_any_answer_to_a_poll_of_302ai_is_an_event(reply: Reply) -> None:
    event = ai302.read_poll(reply, ID, NOW)
    assert is_sound(event)
    match event:
        case Completed():
            assert reply.status < 300
            assert event.outputs
        case Failed():
            assert reply.status in (200, 201, 202, 204, 400)
            assert says(reply, *RISKS)
        case Progress():
            assert reply.status < 300
            assert not event.ended or says(reply, "done")
        case AskFailed():
            assert event.verdict is None or says(reply, "not_found", "expired", "50")


@settings(deadline=None)
@given(reply=replies(video_answers))
def test_any_answer_to_a_create_of_a_video_is_an_event(reply: Reply) -> None:
    event = alltoken_video.read_submit(reply, NOW)
    assert is_sound(event)
    match event:
        case Completed() | Failed() | Accepted():
            assert reply.status < 300
            assert event.upstream_id
        case NotAccepted() | CallRefused() | OutcomeUnknown():
            assert event.source == "submit"


@settings(deadline=None)
@given(reply=replies(video_answers))
def test_any_answer_about_a_video_is_an_event(reply: Reply) -> None:
    for event in (
        alltoken_video.read_poll(reply, ID, NOW),
        alltoken_video.read_cancel(reply, ID, NOW),
    ):
        assert is_sound(event)
        match event:
            case Completed():
                assert says(reply, "completed", "succeeded")
                assert all(0 <= (one.expires_at or -1) <= NOW + 30 * DAY for one in event.outputs)
            case Failed():
                assert reply.status < 300
                assert says(reply, "failed", "expired", "cancel", "timeout", "deleted")
            case AskFailed():
                lost = event.source == "poll" and reply.status == 404
                assert (event.verdict is not None) is lost
            case Progress():
                too_late = event.source == "cancel" and reply.status in (404, 409, 410)
                assert reply.status < 300 or too_late


@settings(deadline=None)
@given(body=replies(video_answers).map(lambda reply: reply.body) | bodies)
def test_any_callback_of_a_video_names_a_task_or_is_a_bad_format(body: bytes) -> None:
    try:
        name = alltoken_video.read_hint(body)
    except BadFormat:
        return
    assert name is None or name.isprintable()
