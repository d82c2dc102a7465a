"""Codes of the portrait Actions: those of AllToken's own protocol, also where we refuse ourselves."""

from collections.abc import Mapping

from handlers.codes.code import Code, by_name

REFUSALS: Mapping[str, Code] = by_name(
    Code(
        name="MissingParameter",
        status=200,
        meaning="A field is missing; the code goes on with its name, as in `MissingParameter.Name`.",
        mend="Send the field.",
    ),
    Code(
        name="InvalidParameter",
        status=200,
        meaning="A field, the Action or the Version is not as it should be.",
        mend="`Message` names it and says what is right.",
    ),
    Code(
        name="Forbidden",
        status=200,
        meaning="The group or the asset is none of your key's. Whether it exists is not told.",
        mend="Compare the id and the API key; `ListAssetGroups` and `ListAssets` show yours.",
    ),
    Code(
        name="QuotaExceeded",
        status=200,
        meaning="50 groups may exist in all, and 50 assets in a group.",
        mend="Delete what is not needed any more with `DeleteAsset` or `DeleteAssetGroup`.",
        again=True,
    ),
    Code(
        name="RateLimitExceeded",
        status=200,
        meaning="Too many calls wait for their turn at the provider.",
        mend="Try again in a moment, and a little later each time.",
        again=True,
    ),
    Code(
        name="ValidatePending",
        status=200,
        meaning="The face scan is not finished. A scan that failed looks the same until its 120 seconds are over.",
        mend="Ask again every 3 seconds until then.",
        again=True,
    ),
    Code(
        name="TokenExpired",
        status=200,
        meaning="The session's 120 seconds are over.",
        mend="Begin a new one with `CreateVisualValidateSession`.",
    ),
    Code(
        name="InvalidToken",
        status=200,
        meaning="The token is unknown, was used already, or is another key's.",
        mend="Begin a new session with `CreateVisualValidateSession`.",
    ),
    Code(
        name="NotFound",
        status=200,
        meaning="The provider no longer has it.",
        mend="Make it anew.",
    ),
    Code(
        name="UpstreamUnavailable",
        status=200,
        meaning="The provider did not answer, in no way that can be read, or did not let this Likeness in.",
        mend="Try again shortly. If `Message` says that the answer was lost, look with a List Action "
        "whether it was done.",
        again=True,
    ),
)
"""In `ResponseMetadata.Error.Code`, with HTTP 200. Codes of the provider that are not here are handed on."""

GATEWAY: Mapping[str, Code] = by_name(
    Code(
        name="invalid_request",
        status=400,
        meaning="The provider's gateway cannot read the call.",
        mend="`message` says why.",
    ),
    Code(
        name="invalid_api_key",
        status=401,
        meaning="The API key is missing, unknown or revoked.",
        mend="Send `Authorization: Bearer lk_…`.",
    ),
    Code(
        name="not_found",
        status=404,
        meaning="The provider's gateway does not know the call.",
        mend="`message` says why.",
    ),
    Code(
        name="conflict",
        status=409,
        meaning="The provider's gateway says that it conflicts with another call.",
        mend="`message` says why.",
    ),
    Code(
        name="gone",
        status=410,
        meaning="The provider's gateway says that it is gone.",
        mend="`message` says why.",
    ),
    Code(
        name="request_too_large",
        status=413,
        meaning="The body is over 1 MB.",
        mend="Name media by URL.",
    ),
    Code(
        name="rate_limit_exceeded",
        status=429,
        meaning="The provider takes no more calls for now.",
        mend="Try again after `Retry-After`.",
        again=True,
    ),
    Code(
        name="internal_error",
        status=500,
        meaning="The provider, or Likeness itself, had an error.",
        mend="Try again; after an Action that makes something, look first whether it was made.",
        again=True,
    ),
    Code(
        name="service_unavailable",
        status=503,
        meaning="The call cannot be done at the moment.",
        mend="Try again after `Retry-After`.",
        again=True,
    ),
    Code(
        name="store_unavailable",
        status=503,
        meaning="The database cannot commit. If `message` names an id, it was made at the provider all the same.",
        mend="Try again after `Retry-After`; look first whether it was made.",
        again=True,
    ),
    Code(
        name="provider_not_configured",
        status=503,
        meaning="This Likeness holds no key of AllToken.",
        mend="An operator sets `ALLTOKEN_API_KEY`.",
    ),
)
"""In `error.code`, with that HTTP status."""
