"""What WaveSpeedAI can do wrong."""

from dataclasses import dataclass
from typing import Annotated, Literal


@dataclass(frozen=True, kw_only=True)
class WaveSpeedSwitches:
    duration: Annotated[float, "seconds until a job ends; -1: 2 for images, 4 for avatars"] = -1.0
    outcome: Annotated[
        str, "last status: completed, failed, cancelled, timeout, deleted or any other word"
    ] = "completed"
    error_code: Annotated[
        int, "task-level code: 1200 1400 1401 1402 1403 1405 5000 5003 5004; makes the job fail"
    ] = 0
    nsfw: Annotated[Literal["list", "null", "absent"], "form of has_nsfw_contents"] = "list"
    webhook: Annotated[
        Literal[
            "normal",
            "never",
            "duplicate",
            "early",
            "late",
            "out_of_order",
            "bad_signature",
            "old_timestamp",
            "base64_key",
            "unsigned",
            "garbage",
            "other_job",
        ],
        "how the webhook goes wrong",
    ] = "normal"
    webhook_attempts: Annotated[int, "attempts until the sandbox gives up"] = 4
    webhook_backoff: Annotated[float, "seconds before the second attempt, doubled after each"] = 2.0
    webhook_delay: Annotated[float, "how many seconds webhook=late is late"] = 30.0
    webhook_input: Annotated[bool, "the webhook body shows the job's input"] = False
    submit: Annotated[
        Literal[
            "ok",
            "400",
            "401",
            "403",
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
        "how a submit is answered; cut, garbage, truncated, 504 and slow leave a paid job behind",
    ] = "ok"
    submit_times: Annotated[int, "only the first N submits are faulty; 0: all"] = 0
    poll: Annotated[
        Literal["ok", "404", "429", "500", "502", "cut", "garbage", "truncated"],
        "how a poll is answered",
    ] = "ok"
    poll_times: Annotated[int, "only the first N polls of a job are faulty; 0: all"] = 0
    history: Annotated[
        Literal["normal", "inputs", "empty", "500", "cut"],
        "history of predictions; inputs: each item shows the inputs of its job",
    ] = "normal"
    secret_endpoint: Annotated[Literal["ok", "500", "missing"], "GET /api/v3/webhook/secret"] = "ok"  # noqa: S105  # a switch, no secret
    outputs_gone: Annotated[bool, "the links to outputs are dead"] = False
    sync_wait: Annotated[float, "seconds that sync mode waits before it gives up"] = 60.0
