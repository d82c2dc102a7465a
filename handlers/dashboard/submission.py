"""One submission, whosever it is: how it goes, what it was given and has made, who was told; and what an
operator may do to it.

Rules of this file:
- What is shown is what the API shows (engine/view.py), and nothing of the flow's private state.
- A link with which a person goes on is a secret: it is shown on request, and never by the page itself.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from domain.errors import NotFound, Refused
from domain.submission import Submission
from engine.archiving import ask_for_copies, without_copy
from engine.cancel import cancel as cancel_submission
from engine.erasure import erasing
from engine.view import show
from handlers import deliveries
from handlers.dashboard import pages
from handlers.dashboard.door import Form
from handlers.dashboard.outputs import own_path, shown_outputs
from handlers.dashboard.session import HOME, Session
from handlers.dashboard.values import rows_of, submissions_in
from handlers.dashboard.waiting import meaning
from handlers.services import context_of
from handlers.timeline import timeline
from providers.kinds import KINDS

OPERATOR = "operator"
UPSTREAM = ("group_id", "asset_id")
"""What of a result is at the provider, and can be deleted there."""


async def page(request: Request, session: Session) -> Response:
    """GET /dashboard/submissions/{id}"""
    context = context_of(request)
    submission = await _found(request)
    shown = show(context, submission)
    told = await context.store.deliveries.of(submission.id)
    key = await context.store.browse.key(submission.key_id)
    return pages.page(
        request,
        session,
        "dashboard/submission.html",
        submission=submission,
        # A kind may have been taken out of this version, and its submissions are still there.
        title=KINDS[submission.kind].title if submission.kind in KINDS else submission.kind,
        owner=key,
        meaning=meaning(submission),
        given=rows_of(shown["input"]),
        needs=submissions_in(submission.input),
        metadata=rows_of(shown["metadata"]),
        made=[(name, _made(shown[name])) for name in ("result", "late_result") if shown.get(name)],
        outputs=shown_outputs(submission, shown),
        error=submission.error,
        action=_about_action(submission),
        events=await timeline(context, submission),
        deliveries=[deliveries.show(one) for one in told],
        links=shown["links"],
        upstream=bool(_upstream(submission)),
        archives=context.archive is not None,
        uncopied=len(await without_copy(context, submission)),
    )


async def cancel(request: Request, session: Session, _form: Form) -> Response:
    """POST /dashboard/submissions/{id}/cancel"""
    submission = await _found(request)
    await cancel_submission(context_of(request), submission, OPERATOR)
    return pages.done(request, session, place_of(submission.id), "canceled")


async def archive(request: Request, session: Session, _form: Form) -> Response:
    """POST /dashboard/submissions/{id}/archive"""
    submission = await _found(request)
    await ask_for_copies(context_of(request), submission, OPERATOR)
    return pages.done(request, session, place_of(submission.id), "copying")


async def erase(request: Request, session: Session, form: Form) -> Response:
    """POST /dashboard/submissions/{id}/erase; `upstream` is for what is at the provider as well."""
    context = context_of(request)
    submission_id = request.path_params["submission_id"]
    wish = erasing(context, submission_id, upstream=form.get("upstream") == "true")
    try:
        await context.store.erasures.erase(wish)
    except NotFound as error:
        raise NotFound(f"submission {submission_id}") from error
    return pages.done(request, session, f"{HOME}/submissions", "erased")


async def hand_off(request: Request, session: Session, _form: Form) -> Response:
    """POST /dashboard/submissions/{id}/hand-off: the person's link, on request only; a form's answer is in
    no history and no log."""
    submission = await _found(request)
    if submission.action is None:
        raise Refused(409, "no_action", "Nobody is asked to do anything for this submission now.")
    return pages.page(
        request,
        session,
        "dashboard/hand_off.html",
        submission=submission,
        action=submission.action,
        qr=own_path(submission.action.get("qr")),
    )


def place_of(submission_id: str) -> str:
    return f"{HOME}/submissions/{submission_id}"


async def _found(request: Request) -> Submission:
    name = request.path_params["submission_id"]
    try:
        return await context_of(request).store.submission(name)
    except NotFound as error:
        raise NotFound(f"submission {name}") from error


def _made(result: dict[str, Any]) -> list[tuple[str, Any]]:
    """What a result holds beside its outputs."""
    return rows_of({name: value for name, value in result.items() if name != "outputs"})


def _about_action(submission: Submission) -> dict[str, Any] | None:
    """That somebody is to do something, and until when; not where."""
    if submission.action is None:
        return None
    return {name: submission.action.get(name) for name in ("type", "expires_at")}


def _upstream(submission: Submission) -> list[str]:
    result = submission.result or submission.late_result or {}
    return [result[name] for name in UPSTREAM if result.get(name)]
