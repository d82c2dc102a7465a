"""Resolvers that say what a test wants."""

from collections.abc import Sequence

from delivery.address import networks
from delivery.guarded import Resolve

LOOPBACK = networks(["127.0.0.0/8", "::1/128"])


class Rebinding:
    """Another answer each time; the last one stays."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, name: str, _port: int) -> Sequence[str]:
        self.asked.append(name)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def always(*addresses: str) -> Resolve:
    return Rebinding(addresses)


def never(error: Exception) -> Resolve:
    async def fail(_name: str, _port: int) -> Sequence[str]:
        raise error

    return fail
