"""Codes of problem documents: answers of the HTTP API (RFC 9457), by their status."""

from collections.abc import Mapping

from handlers.codes.code import Code, by_name

PROBLEMS: Mapping[str, Code] = by_name(
    Code(
        name="invalid_json",
        status=400,
        meaning="The body is no JSON; `detail` says where it breaks.",
        mend="Send JSON in UTF-8, without NaN, Infinity or comments.",
    ),
    Code(
        name="invalid_idempotency_key",
        status=400,
        meaning="`Idempotency-Key` is empty, too long, given twice or not plain ASCII.",
        mend="Give it once, with 1 to 255 visible ASCII characters such as a UUID.",
    ),
    Code(
        name="incomplete_body",
        status=400,
        meaning="The body ended before it was complete.",
        mend="Send it again; look for a proxy or a timeout that cuts it off.",
        again=True,
    ),
    Code(
        name="invalid_multipart",
        status=400,
        meaning="An upload's form is broken.",
        mend="Let an HTTP library build the form, with the file in a part called `file`.",
    ),
    Code(
        name="bad_format",
        status=400,
        meaning="A provider's webhook has a body that is not in the provider's format. It is kept in quarantine.",
        mend="Only for providers. An operator finds it in the dashboard's quarantine.",
    ),
    Code(
        name="unauthorized",
        status=401,
        meaning="The API key is missing, unknown or revoked.",
        mend="Send `Authorization: Bearer lk_…`; `likeness keys create NAME` makes a key.",
    ),
    Code(
        name="bad_signature",
        status=401,
        meaning="A provider's webhook has a signature, an age or a form that does not hold.",
        mend="Only for providers. An operator compares the webhook secrets and this machine's clock; "
        "`likeness doctor` does both.",
    ),
    Code(
        name="not_found",
        status=404,
        meaning="There is nothing of that name that your key may see. What belongs to another key, "
        "was erased or never was looks just the same.",
        mend="Compare the id and the API key.",
    ),
    Code(
        name="method_not_allowed",
        status=405,
        meaning="The path is right, the method is not.",
        mend="The header `Allow` names those that are.",
    ),
    Code(
        name="already_final",
        status=409,
        meaning="The submission has already ended, so it cannot be canceled.",
        mend="Nothing; look it up to see how it ended.",
    ),
    Code(
        name="idempotency_conflict",
        status=409,
        meaning="This `Idempotency-Key` was used for a request with another body.",
        mend="Take a new key for what is a new request.",
    ),
    Code(
        name="archive_off",
        status=409,
        meaning="This Likeness keeps no archive.",
        mend="An operator sets `LIKENESS_ARCHIVE`.",
    ),
    Code(
        name="nothing_to_archive",
        status=409,
        meaning="The submission has no output that lacks a copy.",
        mend="Nothing; its copies are there, or it has no outputs.",
    ),
    Code(
        name="erased",
        status=410,
        meaning="What was made under this `Idempotency-Key` was erased.",
        mend="Take a new key, if it is to be made anew.",
    ),
    Code(
        name="too_large",
        status=413,
        meaning="The body is larger than this call takes; `detail` says how much that is.",
        mend="Send large media through `POST /v1/uploads`, up to 50 MB each.",
    ),
    Code(
        name="unsupported_media_type",
        status=415,
        meaning="An upload is no `multipart/form-data`, or its content is of no type that is taken.",
        mend="Send JPEG, PNG, WebP, WAV, MP3, M4A or MP4. The content decides, not the name.",
    ),
    Code(
        name="invalid_input",
        status=422,
        meaning="Fields or parameters are not as they should be; `errors` names every one of them, by a "
        "JSON pointer into the body or by the parameter's name.",
        mend="Mend what `errors` names.",
    ),
    Code(
        name="internal_error",
        status=500,
        meaning="A mistake of ours; it was logged.",
        mend="Try again once. If it stays, tell the operator the time and the path.",
        again=True,
    ),
    Code(
        name="store_unavailable",
        status=503,
        meaning="The database cannot commit at the moment, so nothing was done.",
        mend="Try again after `Retry-After`.",
        again=True,
    ),
    Code(
        name="unavailable",
        status=503,
        meaning="A provider's webhook cannot be kept right now.",
        mend="Only for providers, who send it again after `Retry-After`.",
        again=True,
    ),
    Code(
        name="archive_unavailable",
        status=503,
        meaning="The archive does not answer at the moment.",
        mend="Try again after `Retry-After`.",
        again=True,
    ),
    Code(
        name="provider_not_configured",
        status=503,
        meaning="This Likeness holds no key of the kind's provider.",
        mend="An operator sets `WAVESPEED_API_KEY`, `AI302_API_KEY` or `ALLTOKEN_API_KEY`.",
    ),
    Code(
        name="public_url_missing",
        status=503,
        meaning="A phone or a provider would have to reach this Likeness, and it does not know its own address.",
        mend="An operator sets `LIKENESS_PUBLIC_URL`.",
    ),
)

INTERNAL: Mapping[str, str] = {
    "busy": "a phone that presses Start is shown a page that says so",
    "foreign_form": "a page of the dashboard",
    "foreign_origin": "a page of the dashboard",
    "invalid_form": "a page of the dashboard",
    "no_action": "a page of the dashboard",
    "provider_unavailable": "a phone that presses Start is shown a page that says so",
    "rotated_lately": "a page of the dashboard, or a sentence of the command line",
}
"""Refusals that never become a problem document, and what becomes of them."""
