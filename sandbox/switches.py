"""The misbehaviours that the sandbox can play, as one table."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Annotated, Any, Literal, Self, get_args, get_origin, get_type_hints

from sandbox.ai302_switches import Ai302Switches
from sandbox.alltoken_switches import AllTokenSwitches
from sandbox.cdn_switches import CdnSwitches
from sandbox.video_switches import VideoSwitches
from sandbox.wavespeed_switches import WaveSpeedSwitches

Value = str | int | float | bool
Overrides = Mapping[str, Value]

FLAGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


class BadSwitchError(ValueError):
    """A switch or a value that does not exist; the message names those that do."""


@dataclass(frozen=True, kw_only=True)
class Switches(CdnSwitches, VideoSwitches, AllTokenSwitches, Ai302Switches, WaveSpeedSwitches):
    """Name, type, default and one line of explanation of every misbehaviour.

    The fields of the last base come first.
    """

    latency: Annotated[float, "seconds until a submit or a portrait Action answers"] = 0.0
    media: Annotated[
        Literal["real", "tiny"], "tiny: no media is fetched, results are small and ready-made"
    ] = "real"

    submit_job: Annotated[
        Literal["usual", "yes", "no"], "whether a faulty submit or create leaves a paid job behind"
    ] = "usual"

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
    """Turn texts into typed values; refuse what is not in the table. A dot serves as `_`."""
    names = {name: name.replace(".", "_") for name in values}
    return {names[name]: _value(names[name], value) for name, value in values.items()}


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
