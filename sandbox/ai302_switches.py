"""What 302.AI can do wrong."""

from dataclasses import dataclass
from typing import Annotated, Literal

# The answers of a submit that say nothing about a code of the model.
Submit = Literal[
    "ok",
    "400",
    "401",
    "402",
    "403",
    "404",
    "413",
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
]


@dataclass(frozen=True, kw_only=True)
class Ai302Switches:
    ai302_answer: Annotated[
        Literal["images", "task"], "what a submit answers: the images, or a task_id to ask about"
    ] = "images"
    ai302_delay: Annotated[float, "seconds until a submit answers with its images"] = 0.0
    ai302_duration: Annotated[float, "seconds until a task is done"] = 2.0
    ai302_base64: Annotated[bool, "images come in binary_data_base64, whatever was asked for"] = (
        False
    )
    ai302_result_path: Annotated[str, "path of the query of a task (only for everything)"] = (
        "/doubao/drawing/portrait_result"
    )
    ai302_submit: Annotated[
        Submit,
        "how a submit is answered; cut, garbage, truncated, 504 and slow leave a paid job behind",
    ] = "ok"
    ai302_submit_times: Annotated[int, "only the first N submits are faulty; 0: all"] = 0
    ai302_code: Annotated[
        int, "a submit is refused with this code: 50411 50511 50412 ... 50429 50430 50500 50501"
    ] = 0
    ai302_query: Annotated[Submit, "how a query is answered (slow is ok)"] = "ok"
    ai302_query_times: Annotated[int, "only the first N queries of a task are faulty; 0: all"] = 0
    ai302_query_code: Annotated[
        int, "a query is refused with this code; the risk codes (504xx, 5051x) only at the end"
    ] = 0
    ai302_status: Annotated[
        str, "data.status of every query: not_found, expired or any other word; empty: the true one"
    ] = ""
    ai302_shape: Annotated[
        Literal["gateway", "documented", "volcengine", "openai"],
        "body of ai302_submit and ai302_query errors: err_code; code and request_id; code and "
        "data null; OpenAI's",
    ] = "gateway"
    ai302_err_code: Annotated[int, "err_code of the gateway's body; 0: the usual one"] = 0
    ai302_http: Annotated[int, "HTTP status of every error; 0: the usual one"] = 0
