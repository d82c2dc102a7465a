"""The public URL: does it lead to this very installation, from outside in, with POSTs and paths whole."""

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from app.doctor.asking import Silence
from app.doctor.finding import Finding, fault, fine, note, warning
from app.doctor.patient import Patient
from app.doctor.tokens import tokens_of
from app.services import accounts
from delivery.address import refusal
from engine.links import CALLBACK, SCAN, WEBHOOK
from providers.base import Reply
from providers.reading import as_object, read_json

CHECK = "public URL"
FORGED = "doctor.forged.token"
NOBODY = "sub_doctor"
LARGE = 1_500_000
"""Bytes; nginx lets 1 MB through unless it is told otherwise, and uploads have up to 50 MB."""
NOT_BEHIND = (502, 503, 504)
PAGES = {"scan": SCAN, "liveness/callback": CALLBACK}


async def check(patient: Patient) -> list[Finding]:
    url = patient.settings.public_url
    if url is None:
        return [
            note(
                CHECK,
                "None is set: everything completes by polling, and face scans are refused.",
                "Set LIKENESS_PUBLIC_URL to where providers and phones reach `likeness serve`.",
            )
        ]
    findings = list(_reachable_by_others(patient, url))
    found = await _alive(patient, url)
    findings += [found] if found is not None else await _passes(patient, url)
    return findings


def _reachable_by_others(patient: Patient, url: str) -> Iterator[Finding]:
    inside = _is_inside(url)
    served = [account.base_url for account in accounts(patient.settings).values()]
    if inside and any(not _is_inside(one) for one in served):
        yield warning(
            CHECK,
            f"{url} is an address inside; providers and phones cannot reach it.",
            "Set LIKENESS_PUBLIC_URL to an https:// URL of the Internet: a proxy, or a tunnel.",
        )
    elif not inside and not url.startswith("https://"):
        yield warning(
            CHECK,
            f"{url} has no TLS: phones open no camera there, and WaveSpeed asks for https.",
            "Put a proxy with a certificate in front, and set the https:// URL.",
        )


def _is_inside(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return refusal(ip_address(host)) is not None
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))


async def _alive(patient: Patient, url: str) -> Finding | None:
    """Why not, or None."""
    answer = await patient.wire.fetch("GET", f"{url}/healthz")
    if isinstance(answer, Silence):
        return fault(
            CHECK,
            f"{url} cannot be reached from here: {answer.reason}.",
            f"Is `likeness serve` running? Else {answer.mend}.",
        )
    if 300 <= answer.status < 400:
        to = urlsplit(answer.headers.get("location", "")).netloc or "another path"
        return fault(
            CHECK,
            f"{url} redirects to {to}, and callbacks are not followed there.",
            "Set LIKENESS_PUBLIC_URL to where the redirect leads, or take the redirect away.",
        )
    if answer.status in NOT_BEHIND:
        return fault(
            CHECK,
            f"A proxy answers at {url}, but nobody behind it (HTTP {answer.status}).",
            "Start `likeness serve`, and let the proxy lead to its LIKENESS_HOST and PORT.",
        )
    if as_object(read_json(answer.body)).get("status") != "ok":
        return fault(
            CHECK,
            f"What answers at {url} is not a Likeness (HTTP {answer.status}).",
            "Look at LIKENESS_PUBLIC_URL, and where the proxy or DNS leads that host.",
        )
    return None


async def _passes(patient: Patient, url: str) -> list[Finding]:
    """What a provider and a phone will send, with tokens that nobody has."""
    forged = f"{url}/webhooks/wavespeed/{FORGED}"
    answer = await patient.wire.fetch("POST", forged, content=b"{}")
    if not _is_ours(answer, 404):
        return [
            fault(
                CHECK,
                f"POSTs to {url}/webhooks/ do not arrive ({_said(answer)}).",
                "Let the proxy hand on every method and path unchanged.",
            )
        ]
    findings = await _of_this_installation(patient, url)
    for path in PAGES:
        page = await patient.wire.fetch("GET", f"{url}/{path}/{FORGED}")
        # Our own pages say what a browser may do; a proxy's do not.
        ours = not isinstance(page, Silence) and "content-security-policy" in page.headers
        if not ours:
            findings.append(
                fault(
                    CHECK,
                    f"Phones do not get through to {url}/{path}/ ({_said(page)}).",
                    "Let the proxy hand on every path unchanged.",
                )
            )
    large = await patient.wire.fetch("POST", forged, content=b" " * LARGE)
    if not _is_ours(large, 404) and not _is_ours(large, 413):
        findings.append(
            warning(
                CHECK,
                f"Something in front lets {LARGE / 1e6:g} MB not through ({_said(large)}).",
                "Let the proxy take 51 MB, for uploads: client_max_body_size 51m in nginx.",
            )
        )
    if all(one.mend is None for one in findings):
        findings.append(fine(CHECK, f"{url} leads here; POSTs, paths and tokens come through."))
    return findings


async def _of_this_installation(patient: Patient, url: str) -> list[Finding]:
    """A token of ours is known by whoever has our keys; without a signature that is all it does."""
    tokens = await tokens_of(patient.settings)
    if tokens is None:
        return []
    token = tokens.mint(f"{WEBHOOK}.wavespeed", NOBODY, patient.clock.now())
    answer = await patient.wire.fetch("POST", f"{url}/webhooks/wavespeed/{token}", content=b"{}")
    # 401: known, but not signed. 503: known, but it has no secret to look with.
    if _is_ours(answer, 401) or _is_ours(answer, 503):
        return []
    if _is_ours(answer, 404):
        return [
            fault(
                CHECK,
                f"Another Likeness answers at {url}: it does not know the tokens of this one.",
                "Use the same LIKENESS_SECRET_KEYS or data folder, or set the right public URL.",
            )
        ]
    return [
        fault(
            CHECK,
            f"A webhook with a good token is answered otherwise than it should ({_said(answer)}).",
            "Let the proxy hand on every method and path unchanged.",
        )
    ]


def _is_ours(answer: Reply | Silence, status: int) -> bool:
    if isinstance(answer, Silence) or answer.status != status:
        return False
    return answer.headers.get("content-type", "").startswith("application/problem+json")


def _said(answer: Reply | Silence) -> str:
    return answer.reason if isinstance(answer, Silence) else f"HTTP {answer.status}"
