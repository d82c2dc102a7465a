"""The misbehaviours that the sandbox can play, as one table."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Annotated, Any, Literal, Self, get_args, get_origin, get_type_hints

Fault = Literal["ok", "cut_before", "cut_after", "429", "500", "garbage"]
Value = str | int | float | bool
Overrides = Mapping[str, Value]

FLAGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


class BadSwitchError(ValueError):
    """A switch or a value that does not exist; the message names those that do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """Name, type, default and one line of explanation of every misbehaviour."""

    latency: Annotated[float, "seconds until a submit or a portrait Action answers"] = 0.0
    media: Annotated[
        Literal["real", "tiny"], "tiny: no media is fetched, results are small and ready-made"
    ] = "real"

    # WaveSpeedAI
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
            "redirect",
            "slow",
        ],
        "how a submit is answered; cut, garbage, 504 and slow leave a paid job behind",
    ] = "ok"
    submit_times: Annotated[int, "only the first N submits are faulty; 0: all"] = 0
    submit_job: Annotated[
        Literal["usual", "yes", "no"], "whether a faulty submit leaves a paid job behind"
    ] = "usual"
    poll: Annotated[
        Literal["ok", "404", "429", "500", "502", "cut", "garbage"], "how a poll is answered"
    ] = "ok"
    poll_times: Annotated[int, "only the first N polls of a job are faulty; 0: all"] = 0
    history: Annotated[
        Literal["normal", "inputs", "empty", "500", "cut"],
        "history of predictions; inputs: each item shows the inputs of its job",
    ] = "normal"
    secret_endpoint: Annotated[Literal["ok", "500", "missing"], "GET /api/v3/webhook/secret"] = "ok"  # noqa: S105  # a switch, no secret
    outputs_gone: Annotated[bool, "the links to outputs are dead"] = False
    sync_wait: Annotated[float, "seconds that sync mode waits before it gives up"] = 60.0

    # AllToken, the gateway and its Actions
    error: Annotated[str, "ResponseMetadata.Error.Code (or 401, 413, 429, 500) to answer"] = ""
    error_action: Annotated[str, "the Action that error hits; empty: every Action"] = ""
    error_times: Annotated[int, "only the first N such calls are hit; 0: all"] = 0
    create_session: Annotated[Fault, "how CreateVisualValidateSession is answered"] = "ok"
    exchange: Annotated[
        Fault, "how GetVisualValidateResult is answered; cut_after spends the token"
    ] = "ok"
    create_group: Annotated[Fault, "how CreateAssetGroup is answered"] = "ok"
    create_asset: Annotated[Fault, "how CreateAsset is answered"] = "ok"
    fault_times: Annotated[int, "only the first N calls of these four are faulty; 0: all"] = 0
    envelope: Annotated[
        Literal["wrapped", "flat"], "flat: the Result alone, as some gateways give it"
    ] = "wrapped"
    face_qps: Annotated[int, "calls a second for each face Action; 0: no limit"] = 3
    group_quota: Annotated[int, "groups per customer"] = 50
    asset_quota: Annotated[int, "assets per customer"] = 50
    asset_duration: Annotated[float, "seconds until an asset is Active or Failed"] = 2.0
    asset_outcome: Annotated[Literal["active", "failed"], "how an asset ends"] = "active"
    failed_reason: Annotated[str, "FailedReason of a failed asset"] = "FaceMismatch"
    status_name: Annotated[
        Literal["Status", "UpstreamStatus", "both"], "field that holds an asset's status"
    ] = "Status"
    status_case: Annotated[Literal["title", "lower", "upper"], "case of that status"] = "title"

    # AllToken, the phone
    session_ttl: Annotated[float, "seconds that a BytedToken and its H5Link live"] = 120.0
    h5_style: Annotated[
        Literal["lng", "no_lng", "opaque"], "H5Link with lng, without it, or with pl and uid only"
    ] = "lng"
    amp_escaped: Annotated[bool, "& stands as \\u0026 in the JSON of the H5Link"] = True
    scan: Annotated[
        Literal[
            "normal", "failure", "missing_token", "reload", "never", "expired", "never_redirect"
        ],
        "what becomes of a scan that the person completes",
    ] = "normal"
    double_question: Annotated[bool, "CallbackURL and parameters are joined with ??"] = False
    double_amp: Annotated[bool, "the parameters are joined with &&"] = False

    def with_overrides(self, overrides: Overrides) -> Self:
        return replace(self, **overrides)  # type: ignore[arg-type]  # checked by check()


_HINTS: dict[str, Any] = get_type_hints(Switches, include_extras=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    name: str
    kind: str
    default: Value
    why: str


def describe() -> list[Description]:
    """The table for people: one line for each switch."""
    lines = []
    for field in fields(Switches):
        plain, why = get_args(_HINTS[field.name])
        choices = get_origin(plain) is Literal
        kind = " | ".join(get_args(plain)) if choices else plain.__name__
        lines.append(Description(name=field.name, kind=kind, default=field.default, why=why))  # type: ignore[arg-type]  # every field has a plain default
    return lines


def check(values: Mapping[str, object]) -> dict[str, Value]:
    """Turn texts into typed values; refuse what is not in the table."""
    return {name: _value(name, value) for name, value in values.items()}


def _value(name: str, value: object) -> Value:
    if name not in _HINTS:
        raise BadSwitchError(f"unknown switch {name!r}; known: {known()}")
    plain = get_args(_HINTS[name])[0]
    if get_origin(plain) is Literal:
        if str(value) not in get_args(plain):
            raise BadSwitchError(f"{name} cannot be {value!r}; known: {', '.join(get_args(plain))}")
        return str(value)
    return _plain(name, plain, value)


def _plain(name: str, plain: type, value: object) -> Value:
    try:
        if plain is bool:
            return FLAGS[str(value).lower()]
        if plain is int:
            return int(str(value))
        return float(str(value)) if plain is float else str(value)
    except (ValueError, KeyError) as error:
        raise BadSwitchError(f"{name} must be of type {plain.__name__}, not {value!r}") from error


def known() -> str:
    return ", ".join(_HINTS)


class Switchboard:
    """The switches that hold for every call which does not bring its own."""

    def __init__(self, **defaults: Value) -> None:
        self._defaults = Switches().with_overrides(check(defaults))
        self.now = self._defaults
        # Grows with each change, so that `submit_times` counts anew after it.
        self.generation = 0

    def set(self, **values: object) -> None:
        self.now = self.now.with_overrides(check(values))
        self.generation += 1

    def reset(self) -> None:
        self.now = self._defaults
        self.generation += 1

    def changed(self) -> dict[str, Value]:
        """What differs from the table's defaults."""
        plain = Switches()
        return {
            field.name: getattr(self.now, field.name)
            for field in fields(Switches)
            if getattr(self.now, field.name) != getattr(plain, field.name)
        }
