"""The end of a face scan: what the session becomes and where the phone is sent."""

from urllib.parse import quote

from sandbox.portraits import Session
from sandbox.switches import Switches

PASSED = "10000"
# [guess] Only 10000 is documented; this value is made up, so do not read a reason into it.
NOT_PASSED = "20001"


def finish(session: Session, switches: Switches, ok: bool, now: float) -> str | None:
    """End the scan; None when the phone is sent nowhere."""
    if switches.scan == "never" or session.expired(now):
        return None
    passed = ok and switches.scan != "failure"
    session.scanned = "passed" if passed else "failed"
    if switches.scan == "expired":
        session.deadline = now - 1
    if switches.scan == "never_redirect":
        return None
    return redirect_target(session, switches, passed)


def redirect_target(session: Session, switches: Switches, passed: bool) -> str:
    """CallbackURL with the five parameters, by GET (BytePlus ModelArk/2333587)."""
    parameters = {
        "bytedToken": session.token,
        "resultCode": PASSED if passed else NOT_PASSED,
        "algorithmBaseRespCode": "0",
        "reqMeasureInfoValue": "1",
        "verify_type": "real_time",
    }
    if switches.scan == "missing_token":
        del parameters["bytedToken"]
    joint = "&&" if switches.double_amp else "&"
    query = joint.join(f"{name}={quote(value)}" for name, value in parameters.items())
    return session.callback_url + _start(session.callback_url, switches) + query


def _start(callback_url: str, switches: Switches) -> str:
    # How a CallbackURL with a query of its own is continued is documented nowhere.
    if "?" in callback_url:
        return "?" if switches.double_question else "&"
    return "??" if switches.double_question else "?"
