"""What AllToken's video generation can do wrong."""

from dataclasses import dataclass
from typing import Annotated, Literal


@dataclass(frozen=True, kw_only=True)
class VideoSwitches:
    video_duration: Annotated[float, "seconds until a video ends"] = 4.0
    video_outcome: Annotated[
        str, "last status: completed, succeeded, failed, expired, cancelled or any other word"
    ] = "completed"
    video_pending: Annotated[str, "the word for both unfinished statuses; empty: the true ones"] = (
        ""
    )
    video_error: Annotated[str, "error.code; makes the video fail"] = ""
    video_link_life: Annotated[float, "seconds until video_url expires"] = 86400.0
    video_create: Annotated[
        Literal[
            "ok",
            "400",
            "401",
            "402",
            "403",
            "404",
            "429",
            "500",
            "500_page",
            "502",
            "503",
            "504",
            "cut",
            "cut_before",
            "garbage",
            "truncated",
            "redirect",
            "slow",
        ],
        "how a create is answered; cut, garbage, truncated, 504 and slow leave a paid video behind",
    ] = "ok"
    video_create_times: Annotated[int, "only the first N creates are faulty; 0: all"] = 0
    video_create_code: Annotated[
        str, "error.code of such a create, e.g. upstream_content_violation; empty: the usual one"
    ] = ""
    video_poll: Annotated[
        Literal["ok", "404", "429", "500", "502", "503", "cut", "garbage", "truncated"],
        "how a poll is answered",
    ] = "ok"
    video_poll_times: Annotated[int, "only the first N polls of a video are faulty; 0: all"] = 0
    video_cancel: Annotated[
        Literal["queued", "running", "404", "409", "429", "500", "503", "cut", "garbage"],
        "until when a video can be cancelled, or how a cancel is answered",
    ] = "queued"
    video_idempotency: Annotated[
        Literal["ignored", "replay", "409"],
        "a second create with the same Idempotency-Key: another video, the first one, or refused",
    ] = "ignored"
    video_error_form: Annotated[
        Literal["nested", "top_level", "integer"],
        "request_id in error or beside it; integer: error.code is the HTTP status",
    ] = "nested"
    video_callback: Annotated[
        Literal[
            "normal",
            "never",
            "final",
            "duplicate",
            "early",
            "late",
            "out_of_order",
            "lying",
            "garbage",
            "other_job",
        ],
        "what callback_url gets; final: no unfinished statuses; lying: only video_callback_lie, "
        "while the video is still processing",
    ] = "normal"
    video_callback_lie: Annotated[str, "the status that a lying callback tells"] = "completed"
    video_callback_body: Annotated[
        Literal["task", "ark"], "body of a callback: the task, or Ark's own task object"
    ] = "task"
    video_callback_delay: Annotated[float, "how many seconds a late callback is late"] = 30.0
    video_callback_attempts: Annotated[int, "attempts for a final status until a 2xx"] = 3
    video_callback_backoff: Annotated[float, "seconds between these attempts"] = 5.0
