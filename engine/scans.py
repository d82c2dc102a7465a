"""Face scans: sessions are opened, and their stored tokens exchanged for the person's group.

Rules of this file:
- A phone is sent to an H5Link only after its BytedToken is committed.
- Opening a session leaves nothing of worth behind, so it may always be repeated.
- An exchange whose answer is lost is asked again; a token that is spent by then ends only its session.
"""

from dataclasses import replace

from domain.errors import Refused
from domain.event import Event, NotAccepted, OutcomeUnknown
from domain.ids import new_id
from domain.portrait_event import ScanOver, ScanPending, SessionOpened, Verified
from domain.submission import Submission
from domain.task import Claim
from domain.times import SECOND
from engine.calls import no_answer
from engine.context import Context
from engine.links import callback_url
from engine.wire import Lost, send
from providers import alltoken
from store.news import Outcome

LONGEST_WAIT = 10 * SECOND
"""How long a pressed Start may wait for its turn at the provider."""


async def start(context: Context, submission: Submission, page_language: str) -> str | None:
    """Open a fresh session for the phone that pressed Start.

    The H5Link in the submission's language, or else in the page's; None when the submission no longer wants a scan. Refused says
    why there is no session, in words for people.
    """
    event = await _open_in_turn(context, submission)
    if isinstance(event, NotAccepted):
        # The provider counts its calls a second by a clock of its own.
        event = await _open_in_turn(context, submission)
    if not isinstance(event, SessionOpened):
        raise Refused(503, "provider_unavailable", "The scan service did not answer.")
    context.observed.scans["opened"] += 1
    opened = replace(event, language=page_language)
    outcome: Outcome = await context.tell(submission.id, opened)
    if outcome.submission is None or not outcome.changed:
        return None
    language = submission.input.get("language") or page_language
    return alltoken.link_in_language(event.link, language)


async def _open_in_turn(context: Context, submission: Submission) -> Event:
    now = context.clock.now()
    turn = await context.store.take_slot("alltoken.session", now, LONGEST_WAIT)
    if turn is None:
        raise Refused(503, "busy", "Many people are starting right now.")
    await context.clock.sleep((turn - now) / SECOND)
    return await _open(context, submission)


async def open_session(context: Context, claim: Claim, submission: Submission) -> None:
    """Direct mode: the one session, whose H5Link goes to the client."""
    event = await _open(context, submission)
    if isinstance(event, OutcomeUnknown):
        event = NotAccepted(source="submit", reason=event.reason)
    if isinstance(event, SessionOpened):
        context.observed.scans["opened"] += 1
        language = submission.input.get("language") or "zh"
        event = replace(event, link=alltoken.link_in_language(event.link, language))
    await context.keep_telling(claim, event)


async def exchange(context: Context, claim: Claim, submission: Submission) -> None:
    """Ask whose face it was, with the token that we stored."""
    name = claim.task.key
    session = submission.state.get("sessions", {}).get(name)
    event: Event
    if session is None:
        event = ScanOver(source="poll", session=name, reason="gone")
    else:
        request = alltoken.exchange(context.account("alltoken"), session["token"])
        answer = await send(context.asking, request, context.observed)
        if isinstance(answer, Lost):
            event = ScanPending(source="poll", session=name, reason=answer.reason)
        else:
            event = alltoken.read_exchange(answer, name)
    outcome = await context.keep_telling(claim, event)
    if outcome.changed and isinstance(event, Verified | ScanOver):
        word = event.reason if isinstance(event, ScanOver) else "verified"
        context.observed.scans[word] += 1


async def _open(context: Context, submission: Submission) -> Event:
    request = alltoken.create_session(
        context.account("alltoken"), callback_url(context, submission)
    )
    answer = await send(context.asking, request, context.observed)
    if isinstance(answer, Lost):
        return no_answer(answer)
    opened = alltoken.read_session(answer)
    if not isinstance(opened, alltoken.Session):
        return opened
    name = new_id("ses", context.clock.now())
    return SessionOpened(
        source="submit", key=name, session=name, token=opened.token, link=opened.link
    )
