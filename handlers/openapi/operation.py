"""One operation as it is described: what it takes, and every answer that it can give."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from handlers.codes.code import Code
from handlers.codes.problems import PROBLEMS
from handlers.errors import TITLES
from handlers.openapi.answers import Problem
from handlers.openapi.examples import ANSWERS
from handlers.openapi.headers import BEARER_ASKED, RETRY_LATER
from handlers.openapi.schemas import Components

JSON = "application/json"
PROBLEM = "application/problem+json"
USUAL = ("unauthorized", "internal_error", "store_unavailable")
"""What every call with a key may be answered in our own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer that is no problem document. `model` is its JSON; `content` any other media types."""

    words: str
    model: type[BaseModel] | None = None
    content: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, Any] = field(default_factory=dict)
    links: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A method of a path. `codes` are those beside the usual ones of a call with a key."""

    method: str
    path: str
    name: str
    tag: str
    summary: str
    words: str
    answers: Mapping[int, Answer]
    parameters: Sequence[Mapping[str, Any]] = ()
    body: Mapping[str, Any] | None = None
    codes: Sequence[str] = ()
    secured: bool = True
    security: Sequence[Mapping[str, Any]] = ()
    """How to say who you are where it is not the API key."""
    own_words: bool = True
    """Whether what is usual is answered as problem documents, and not in a provider's words."""

    def shown(self, components: Components) -> dict[str, Any]:
        """The Operation Object of OpenAPI."""
        shown: dict[str, Any] = {
            "operationId": self.name,
            "tags": [self.tag],
            "summary": self.summary,
            "description": self.words,
        }
        if self.parameters:
            shown["parameters"] = list(self.parameters)
        if self.body is not None:
            shown["requestBody"] = dict(self.body)
        shown["responses"] = self._responses(components)
        if not self.secured:
            shown["security"] = list(self.security)
        return shown

    def _responses(self, components: Components) -> dict[str, Any]:
        usual = USUAL if self.secured and self.own_words else ()
        codes = [PROBLEMS[code] for code in (*self.codes, *usual)]
        by_status: dict[int, list[Code]] = {}
        for code in codes:
            by_status.setdefault(code.status or 500, []).append(code)
        responses = {status: _answer(components, one) for status, one in self.answers.items()}
        for status in responses:
            example = ANSWERS.get((self.name, status))
            if example is not None:
                responses[status]["content"][JSON]["example"] = example
        for status, its in by_status.items():
            if status in responses:
                responses[status]["content"] |= _refusal(components, status, its)["content"]
            else:
                responses[status] = _refusal(components, status, its)
        return {str(status): responses[status] for status in sorted(responses)}


def _answer(components: Components, answer: Answer) -> dict[str, Any]:
    shown: dict[str, Any] = {"description": answer.words}
    if answer.headers:
        shown["headers"] = dict(answer.headers)
    content = dict(answer.content)
    if answer.model is not None:
        content = {JSON: {"schema": components.of(answer.model)}} | content
    if content:
        shown["content"] = content
    if answer.links:
        shown["links"] = dict(answer.links)
    return shown


def _refusal(components: Components, status: int, codes: Sequence[Code]) -> dict[str, Any]:
    words = [f"`{code.name}`: {code.meaning}" for code in codes]
    narrowed = {
        "properties": {
            "status": {"const": status},
            "code": {"enum": [code.name for code in codes]},
        }
    }
    shown: dict[str, Any] = {
        "description": "\n\n".join(words) or TITLES[status],
        "content": {PROBLEM: {"schema": {"allOf": [components.of(Problem), narrowed]}}},
    }
    headers = {401: BEARER_ASKED, 503: RETRY_LATER}.get(status)
    return shown | {"headers": headers} if headers else shown
