"""The operations beside submissions: portrait Actions, kept files, providers' webhooks, and whether it is well."""

from collections.abc import Mapping
from typing import Any

from handlers.openapi import parameters as given
from handlers.openapi.actions import ActionAnswer, bodies, errors
from handlers.openapi.answers import Alive, Ready
from handlers.openapi.headers import DOCUMENT_TAG, FILE_TAG, NO_SUCH_PART, PART
from handlers.openapi.operation import JSON, Answer, Operation
from handlers.openapi.schemas import Components

BYTES: Mapping[str, Any] = {
    "*/*": {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}
}
WELL = "Operation"


def operations(components: Components) -> tuple[Operation, ...]:
    """In the order in which they are read."""
    return (_portrait(components), *_FILES, *_PROVIDERS, *_WELL)


def _portrait(components: Components) -> Operation:
    return Operation(
        method="post",
        path="/v1/portrait/",
        name="performAction",
        tag="Portrait Actions",
        summary="Call a portrait Action",
        words="AllToken's own protocol under this address, so that its clients change only their base URL and "
        "their key. The slash is part of the path. Groups and assets are your key's: others answer `Forbidden`.",
        parameters=[given.ACTION, given.ACTION_VERSION],
        body=bodies(components),
        answers={
            200: Answer(
                words="It was done, or `ResponseMetadata.Error` says why not.", model=ActionAnswer
            ),
            **errors(),
        },
        codes=("internal_error",),
        own_words=False,
    )


_FILES = (
    Operation(
        method="get",
        path="/files/{token}",
        name="getFile",
        tag="Media",
        summary="Fetch an archived output",
        words="The link of `archive.url`: it needs no key, serves ranges and lives until the submission is erased.",
        parameters=[given.FILE_TOKEN, given.RANGE, given.IF_NONE_MATCH],
        answers={
            200: Answer(words="The whole file.", content=BYTES, headers=FILE_TAG),
            206: Answer(words="The part that was asked for.", content=BYTES, headers=PART),
            304: Answer(words="You have it already.", headers=FILE_TAG),
            416: Answer(words="The file is shorter than that.", headers=NO_SUCH_PART),
        },
        codes=("not_found", "internal_error", "store_unavailable", "archive_unavailable"),
        secured=False,
    ),
)
_PROVIDERS = (
    Operation(
        method="post",
        path="/webhooks/{provider}/{token}",
        name="takeWebhook",
        tag="For providers",
        summary="Take a provider's webhook",
        words="Providers call it; the whole URL is given to them with the job. WaveSpeed signs as Standard Webhooks "
        "says. AllToken does not sign, so its news is only a reason to ask. Checks come in the order token, "
        "size, signature, format.",
        parameters=[given.PROVIDER, given.WEBHOOK_TOKEN],
        body={
            "description": "In the provider's own format, at most 1 MB.",
            "required": True,
            "content": {JSON: {"schema": {}}},
        },
        answers={204: Answer(words="It is committed, or was known already.")},
        codes=(
            "bad_format",
            "bad_signature",
            "not_found",
            "too_large",
            "internal_error",
            "unavailable",
        ),
        secured=False,
    ),
)
_WELL = (
    Operation(
        method="get",
        path="/healthz",
        name="isAlive",
        tag=WELL,
        summary="Ask whether the process lives",
        words="It does not look at anything else.",
        answers={200: Answer(words="It does.", model=Alive)},
        codes=("internal_error",),
        secured=False,
    ),
    Operation(
        method="get",
        path="/readyz",
        name="isReady",
        tag=WELL,
        summary="Ask whether it can do its work",
        words="It makes a commit to find out.",
        answers={200: Answer(words="It can.", model=Ready)},
        codes=("internal_error", "store_unavailable"),
        secured=False,
    ),
    Operation(
        method="get",
        path="/metrics",
        name="getMetrics",
        tag=WELL,
        summary="Fetch figures for Prometheus",
        words="Of this process, and of all that share its database. Open, unless `LIKENESS_METRICS_TOKEN` is set: "
        "then it is the bearer token.",
        answers={
            200: Answer(
                words="In Prometheus' own format, or as OpenMetrics for who accepts it.",
                content={
                    "text/plain": {"schema": {"type": "string"}},
                    "application/openmetrics-text": {"schema": {"type": "string"}},
                },
            )
        },
        codes=("unauthorized", "internal_error"),
        secured=False,
        security=[{}, {"metricsToken": []}],
    ),
    Operation(
        method="get",
        path="/openapi.json",
        name="getDocument",
        tag=WELL,
        summary="Fetch this document",
        words="`/docs` shows it to people.",
        parameters=[given.IF_NONE_MATCH],
        answers={
            200: Answer(
                words="OpenAPI 3.1.",
                content={JSON: {"schema": {"type": "object"}}},
                headers=DOCUMENT_TAG,
            ),
            304: Answer(words="You have it already.", headers=DOCUMENT_TAG),
        },
        codes=("internal_error",),
        secured=False,
    ),
)
