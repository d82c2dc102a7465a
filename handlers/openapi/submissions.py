"""The operations on submissions and what belongs to them."""

from collections.abc import Mapping
from typing import Any

from handlers.openapi import parameters as given
from handlers.openapi.answers import (
    Deliveries,
    Delivery,
    Kinds,
    Submission,
    SubmissionPage,
    Timeline,
    Upload,
)
from handlers.openapi.headers import ACCEPTED, ETAG
from handlers.openapi.kinds import submission_request
from handlers.openapi.operation import JSON, Answer, Operation
from handlers.openapi.schemas import Components

ONE = "/v1/submissions/{submission_id}"
SUBMISSIONS, DELIVERIES, MEDIA = "Submissions", "Deliveries", "Media"
STREAM = "text/event-stream"


def _links(*names: str) -> Mapping[str, Any]:
    """What can be done with the submission of an answer."""
    named = {"parameters": {"submission_id": "$response.body#/id"}}
    return {name: {"operationId": name, **named} for name in names}


GO_ON = _links(
    *("getSubmission", "getTimeline", "getDeliveries"),
    *("cancelSubmission", "archiveSubmission", "eraseSubmission"),
)


def operations(components: Components) -> tuple[Operation, ...]:
    """In the order in which they are read."""
    return (
        Operation(
            method="post",
            path="/v1/submissions",
            name="createSubmission",
            tag=SUBMISSIONS,
            summary="Ask for something",
            words="Answers once it is committed: from then on it goes its way by itself, and your app is told at "
            "`notify.url`. Media may be named as http(s) URLs, `upload://upl_…`, `submission://sub_…` (the first "
            "output, or the asset, of another submission, also of one that is not over) and, where the provider "
            "takes it, base64.",
            parameters=[given.IDEMPOTENCY_KEY],
            body={
                "required": True,
                "content": {JSON: {"schema": submission_request(components)}},
            },
            answers={
                202: Answer(
                    words="It is stored, and will be done.",
                    model=Submission,
                    headers=ACCEPTED,
                    links=GO_ON,
                )
            },
            codes=(
                "invalid_json",
                "invalid_idempotency_key",
                "incomplete_body",
                "idempotency_conflict",
                "erased",
                "too_large",
                "invalid_input",
                "provider_not_configured",
                "public_url_missing",
            ),
        ),
        Operation(
            method="get",
            path="/v1/submissions",
            name="listSubmissions",
            tag=SUBMISSIONS,
            summary="List your submissions",
            words="Newest first, and stable while new ones come in. An empty filter is none, and a parameter that "
            "is not known is ignored.",
            parameters=[given.STATUS, given.KIND, given.LIMIT, given.CURSOR],
            answers={200: Answer(words="A page of them.", model=SubmissionPage)},
            codes=("invalid_input",),
        ),
        Operation(
            method="get",
            path=ONE,
            name="getSubmission",
            tag=SUBMISSIONS,
            summary="Look a submission up",
            words="At once, or with `wait` as soon as its status is final. With `If-None-Match` an unchanged one "
            "costs nothing.",
            parameters=[given.SUBMISSION_ID, given.WAIT, given.IF_NONE_MATCH],
            answers={
                200: Answer(words="As it is now.", model=Submission, headers=ETAG),
                304: Answer(words="Nothing has changed.", headers=ETAG),
            },
            codes=("not_found", "invalid_input"),
        ),
        Operation(
            method="get",
            path=f"{ONE}/events",
            name="getTimeline",
            tag=SUBMISSIONS,
            summary="Read its timeline, or follow it",
            words="With `Accept: text/event-stream` it is a stream of server-sent events that ends after the final "
            "one: `id` is the event's, `event` its type, `data` the event as JSON. `Last-Event-ID` begins after "
            "that event.",
            parameters=[given.SUBMISSION_ID, given.LAST_EVENT_ID],
            answers={
                200: Answer(
                    words="All that has happened.",
                    model=Timeline,
                    content={STREAM: {"schema": {"type": "string"}}},
                ),
                204: Answer(words="Of a stream: you have had the final event."),
            },
            codes=("not_found",),
        ),
        Operation(
            method="post",
            path=f"{ONE}/cancel",
            name="cancelSubmission",
            tag=SUBMISSIONS,
            summary="Cancel it",
            words="Where the provider can stop its job, it is asked to. What was paid for and comes all the same "
            "stands in `late_result`.",
            parameters=[given.SUBMISSION_ID],
            answers={200: Answer(words="It is canceled.", model=Submission)},
            codes=("not_found", "already_final"),
        ),
        Operation(
            method="delete",
            path=ONE,
            name="eraseSubmission",
            tag=SUBMISSIONS,
            summary="Erase it",
            words="Input, results, events and copies go; an unfinished one is canceled first. Afterwards its id is "
            "as unknown as any other.",
            parameters=[given.SUBMISSION_ID, given.UPSTREAM],
            answers={204: Answer(words="Nothing of it is left.")},
            codes=("not_found", "invalid_input"),
        ),
        Operation(
            method="post",
            path=f"{ONE}/archive",
            name="archiveSubmission",
            tag=SUBMISSIONS,
            summary="Have outputs copied once more",
            words="Every output that has no copy yet, or no more, is tried again.",
            parameters=[given.SUBMISSION_ID],
            answers={202: Answer(words="They will be copied.", model=Submission)},
            codes=("not_found", "archive_off", "nothing_to_archive"),
        ),
        Operation(
            method="get",
            path=f"{ONE}/deliveries",
            name="getDeliveries",
            tag=DELIVERIES,
            summary="See what your app was told of it",
            words="Every delivery with every attempt, and what your app answered.",
            parameters=[given.SUBMISSION_ID],
            answers={
                200: Answer(
                    words="Oldest first.",
                    model=Deliveries,
                    links={
                        "replayDelivery": {
                            "operationId": "replayDelivery",
                            "parameters": {"delivery_id": "$response.body#/items/0/id"},
                        }
                    },
                )
            },
            codes=("not_found",),
        ),
        Operation(
            method="post",
            path="/v1/deliveries/{delivery_id}/replay",
            name="replayDelivery",
            tag=DELIVERIES,
            summary="Tell your app once more",
            words="From the beginning of the schedule, under the same `webhook-id`. It also opens a URL again that "
            "had answered 410.",
            parameters=[given.DELIVERY_ID],
            answers={202: Answer(words="It is sent again.", model=Delivery)},
            codes=("not_found",),
        ),
        Operation(
            method="post",
            path="/v1/uploads",
            name="createUpload",
            tag=MEDIA,
            summary="Upload a file",
            words="JPEG, PNG, WebP, WAV, MP3, M4A or MP4, told by its content; at most 50 MB. It is kept for seven "
            "days, or as long as a submission uses it. Inputs name it as `upload://upl_…`.",
            body={
                "required": True,
                "content": {
                    "multipart/form-data": {
                        "schema": {
                            "type": "object",
                            "required": ["file"],
                            "properties": {
                                "file": {
                                    "type": "string",
                                    "contentMediaType": "application/octet-stream",
                                    "description": "The file's content.",
                                }
                            },
                        }
                    }
                },
            },
            answers={201: Answer(words="It is on the disk.", model=Upload)},
            codes=(
                "incomplete_body",
                "invalid_multipart",
                "too_large",
                "unsupported_media_type",
                "invalid_input",
            ),
        ),
        Operation(
            method="get",
            path="/v1/kinds",
            name="listKinds",
            tag=SUBMISSIONS,
            summary="List what can be submitted",
            words="Every kind with the JSON Schema of its input, and whether this Likeness can do it.",
            answers={200: Answer(words="All of them.", model=Kinds)},
        ),
    )
