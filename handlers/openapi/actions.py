"""The portrait Actions: what each takes, and the two shapes of their answers."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from handlers.codes.actions import GATEWAY
from handlers.openapi.answers import Shown
from handlers.openapi.headers import BEARER_ASKED, RETRY_LATER
from handlers.openapi.operation import JSON, Answer
from handlers.openapi.schemas import Components, Schema, or_null
from providers.alltoken_action import ACTIONS, Action
from providers.alltoken_action_fields import Rule, Rules

WORDS: Mapping[str, str] = {
    "CreateVisualValidateSession": "Begin a face scan: gives `BytedToken` and `H5Link`, which live 120 seconds.",
    "GetVisualValidateResult": "Exchange the token of a finished scan for the person's `GroupId`, once.",
    "CreateAssetGroup": "Make a group for assets of invented people.",
    "GetAssetGroup": "Show a group.",
    "ListAssetGroups": "List your key's groups.",
    "UpdateAssetGroup": "Change a group's name or description.",
    "DeleteAssetGroup": "Delete a group with all that is in it.",
    "CreateAsset": "Make an asset of a picture, film or recording.",
    "GetAsset": "Show an asset: `Processing`, `Active` or `Failed`.",
    "ListAssets": "List your key's assets.",
    "UpdateAsset": "Change an asset's name.",
    "DeleteAsset": "Delete an asset.",
}


class Refusal(Shown):
    """Why an Action was not done."""

    Code: str = Field(description="See the table of codes.", examples=["Forbidden"])
    Message: str = Field(description="For people.")


class ResponseMetadata(BaseModel):
    """What was asked; the provider may add fields of its own."""

    model_config = ConfigDict(strict=True, extra="allow")

    RequestId: str = Field(description="Names this call.")
    Action: str = Field(description="As it was asked.")
    Version: str = Field(description="2024-01-01.")
    Service: str = Field(description="ark.")
    Region: str = Field(description="cn-beijing.")
    Error: Refusal | None = Field(default=None, description="Left out when it was done.")


class ActionAnswer(Shown):
    """What an Action has come to: `Result` when it was done, `ResponseMetadata.Error` when not."""

    ResponseMetadata: ResponseMetadata
    Result: dict[str, Any] | None = Field(
        default=None, description="As the provider gave it; of a list only what is your key's."
    )


class GatewayFault(Shown):
    """An error of the gateway."""

    code: str = Field(description="See the table of codes.", examples=["invalid_api_key"])
    message: str = Field(description="For people.")
    type: str = Field(description="Such as authentication_error.")
    param: str | None = Field(description="Always null.")
    request_id: str = Field(description="Names this call.")


class GatewayError(Shown):
    """An error in the words of AllToken's gateway."""

    error: GatewayFault


def bodies(components: Components) -> dict[str, Any]:
    """The Request Body Object: the fields of whichever Action is asked."""
    refs = [components.add(f"{one.name}Request", action_fields(one)) for one in ACTIONS.values()]
    return {
        "description": "The fields of the Action that the query names; fields that are not listed are handed on.",
        "required": True,
        "content": {JSON: {"schema": {"anyOf": refs}}},
    }


def action_fields(action: Action) -> Schema:
    """The JSON Schema of an Action's body."""
    return _object(action.fields) | {"title": action.name, "description": WORDS[action.name]}


def _object(rules: Rules) -> Schema:
    required = [name for name, rule in rules.items() if rule.required]
    shown: Schema = {
        "type": "object",
        "properties": {name: _field(rule) for name, rule in rules.items()},
    }
    return shown | {"required": required} if required else shown


def _field(rule: Rule) -> Schema:
    shown = dict(rule.schema) if rule.inside is None else _object(rule.inside)
    shown["description"] = f"{rule.right[:1].upper()}{rule.right[1:]}."
    return shown if rule.required else or_null(shown)


def errors() -> dict[int, Answer]:
    """The answers that are HTTP errors, in the words of the gateway."""
    words: dict[int, list[str]] = {}
    for code in GATEWAY.values():
        words.setdefault(code.status or 500, []).append(f"`{code.name}`: {code.meaning}")
    headers: dict[int, Mapping[str, Any]] = {401: BEARER_ASKED, 503: RETRY_LATER}
    return {
        status: Answer(words="\n\n".join(its), model=GatewayError, headers=headers.get(status, {}))
        for status, its in words.items()
    }
