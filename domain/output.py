"""Outputs of a submission, by their places, and the tasks that copy them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from domain.submission import Submission
from domain.task import Task, TaskKind

RESULTS = ("result", "late_result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What lies in the archive, under its submission's id and its hash."""

    sha256: str
    content_type: str
    bytes: int
    archive: str = "file"
    """Which archive: LIKENESS_ARCHIVE as it was then."""


def outputs_of(submission: Submission) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every output with its place, such as `result/0`."""
    for name in RESULTS:
        result = getattr(submission, name) or {}
        for index, output in enumerate(result.get("outputs", ())):
            yield f"{name}/{index}", output


def output_at(submission: Submission, place: str) -> dict[str, Any] | None:
    return dict(outputs_of(submission)).get(place)


def in_base64(output: dict[str, Any]) -> bool:
    """Whether the provider has given its content; there is no link then."""
    return output["url"] is None


def copying(
    submission: Submission, places: Iterable[str], due_at: int, attempt: int = 0
) -> tuple[Task, ...]:
    """The tasks that copy these outputs."""
    return tuple(
        Task(
            submission_id=submission.id,
            kind=TaskKind.ARCHIVE,
            key=place,
            lane="archive",
            due_at=due_at,
            urgency=due_at,
            attempt=attempt,
        )
        for place in places
    )


def copying_all(submission: Submission, name: str, due_at: int) -> tuple[Task, ...]:
    """The tasks that copy every output of a new `result` or `late_result`."""
    return copying(
        submission,
        [place for place, _ in outputs_of(submission) if place.startswith(f"{name}/")],
        due_at,
    )
