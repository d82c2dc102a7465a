"""WaveSpeed's webhook secret: can it be had, do we accept what it signs, does the service that runs."""

import hmac
from collections.abc import Iterator

from app.doctor.asking import Silence
from app.doctor.finding import Finding, fault, fine, note, warning
from app.doctor.patient import Patient
from app.doctor.tokens import tokens_of
from app.services import accounts
from domain.errors import BadSignature
from domain.times import SECOND
from engine.links import WEBHOOK
from engine.tokens import Tokens
from providers.wavespeed_webhook import PREFIX, read_webhook_secret, verify, webhook_secret

CHECK = "webhook secret"
SAMPLE = b'{"doctor": "a sample that is about no job"}'
"""Well signed, and no prediction: a service that has verified it answers 400."""
NOBODY = "sub_doctor"


async def check(patient: Patient) -> list[Finding]:
    given, account = patient.settings.wavespeed_webhook_secrets, accounts(patient.settings)
    if "wavespeed" not in account:
        if not given:
            return [note(CHECK, "Without a key of wavespeed nobody signs webhooks to us.")]
        return list(_round_trip(patient, given, "The secrets that are set"))
    answer = await patient.wire.ask(webhook_secret(account["wavespeed"]))
    fetched = None if isinstance(answer, Silence) else read_webhook_secret(answer)
    findings = list(_had(given, fetched))
    secrets = given or ((fetched,) if fetched else ())
    if secrets:
        whose = "The secrets that are set" if given else "The secret that WaveSpeed tells"
        findings += _round_trip(patient, secrets, whose)
        findings += await _through_the_door(patient, fetched or secrets[0])
    return findings


def _had(given: tuple[str, ...], fetched: str | None) -> Iterator[Finding]:
    if fetched is None and not given:
        yield fault(
            CHECK,
            "WaveSpeed does not tell its secret, so its webhooks are answered 503.",
            "Mend what provider wavespeed says, or set WAVESPEED_WEBHOOK_SECRETS by hand.",
        )
    elif fetched is None:
        yield note(CHECK, "WaveSpeed does not tell its secret; those that are set count.")
    elif given and fetched not in given:
        yield fault(
            CHECK,
            "WaveSpeed signs with another secret than those of WAVESPEED_WEBHOOK_SECRETS.",
            "Leave WAVESPEED_WEBHOOK_SECRETS out, so that it is fetched, or set the new one.",
        )


def _round_trip(patient: Patient, secrets: tuple[str, ...], whose: str) -> Iterator[Finding]:
    """Signed as WaveSpeed does it, and read as we do."""
    now = patient.clock.now()
    try:
        for secret in secrets:
            verify(signed(secret, now), SAMPLE, secrets, now)
    except BadSignature as error:
        yield fault(CHECK, f"A sample is not accepted: {error}.", "Set the secret as it was given.")
    else:
        yield fine(CHECK, f"{whose} signed a sample, and we accept it.")


def signed(secret: str, now: int) -> dict[str, str]:
    """The headers of a webhook (providers.md A.9), as the provider would write them."""
    stamp = str(now // SECOND)
    content = b"doctor." + stamp.encode() + b"." + SAMPLE
    signature = hmac.digest(secret.removeprefix(PREFIX).encode(), content, "sha256").hex()
    return {
        "webhook-id": "doctor",
        "webhook-timestamp": stamp,
        "webhook-signature": f"v3,{signature}",
    }


async def _through_the_door(patient: Patient, secret: str) -> list[Finding]:
    """The same by our own public URL, to the service that runs there."""
    tokens = await tokens_of(patient.settings)
    if patient.settings.public_url is None or tokens is None:
        return []
    url = f"{patient.settings.public_url}/webhooks/wavespeed/{_token(tokens, patient)}"
    headers = signed(secret, patient.clock.now()) | {"content-type": "application/json"}
    answer = await patient.wire.fetch("POST", url, headers=headers, content=SAMPLE)
    if isinstance(answer, Silence):
        return []
    if answer.status == 400:
        return [fine(CHECK, "The service that runs accepts it through the public URL.")]
    if answer.status == 401:
        return [
            fault(
                CHECK,
                "The service that runs does not accept the signature.",
                "Compare its clock and its WAVESPEED_WEBHOOK_SECRETS with these, and that the "
                "proxy hands bodies and webhook-* headers on unchanged.",
            )
        ]
    if answer.status == 503:
        return [
            warning(
                CHECK,
                "The service that runs cannot take webhooks now (HTTP 503).",
                "Its log says why: it has no secret, or its database is away.",
            )
        ]
    return []


def _token(tokens: Tokens, patient: Patient) -> str:
    return tokens.mint(f"{WEBHOOK}.wavespeed", NOBODY, patient.clock.now())
