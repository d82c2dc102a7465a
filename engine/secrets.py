"""The secrets with which WaveSpeed signs: given, or fetched from it and kept while we run."""

import asyncio
from collections.abc import Mapping, Sequence

from domain.errors import BadSignature
from domain.times import MINUTE, SECOND
from engine.context import Context
from engine.wire import Lost, send
from providers.base import Account, Reply
from providers.wavespeed_webhook import read_webhook_secret, verify, webhook_secret

PATIENCE = 3.0
"""Seconds for the provider to tell its secret."""


class NoSecret(Exception):
    """No secret is known, and the provider did not tell one."""


class WebhookSecrets:
    """Verifies webhooks; asks the provider for a new secret at most once a minute."""

    def __init__(self, given: Sequence[str]) -> None:
        self._given = list(given)
        self._known = list(given)
        self._asked_at: dict[str, int] = {}
        self._asking = asyncio.Lock()

    async def check(self, context: Context, headers: Mapping[str, str], body: bytes) -> None:
        """BadSignature when no known secret has signed; NoSecret when none can be had."""
        known = self._known
        if known:
            try:
                verify(headers, body, known, context.clock.now())
            except BadSignature:
                await self._refresh(context, known)
                # Also when it was another webhook's question that brought the new one.
                if self._known is known:
                    raise
            else:
                return
        else:
            await self._refresh(context, known)
            if not self._known:
                raise NoSecret
        verify(headers, body, self._known, context.clock.now())

    async def _refresh(self, context: Context, known: list[str]) -> None:
        """Ask for more than is `known`, unless that was done just now; the new goes before the old."""
        account = context.accounts.get("wavespeed")
        if self._given or account is None:
            return
        async with self._asking:
            if self._known is not known:
                # Another webhook's question has brought it meanwhile.
                return
            # The first answer is no refresh: a secret that changed right after it is asked for.
            purpose, pause = ("refresh", MINUTE) if self._known else ("first", 5 * SECOND)
            now = context.clock.now()
            if 0 <= now - self._asked_at.get(purpose, -pause) < pause:
                return
            self._asked_at[purpose] = now
            answer = await _ask(context, account)
            secret = None if isinstance(answer, Lost) else read_webhook_secret(answer)
            if secret is not None and secret not in self._known:
                # The one before goes on verifying what was signed and sent before it changed.
                self._known = [secret, *self._known[:1]]


async def _ask(context: Context, account: Account) -> Reply | Lost:
    """A webhook waits for this, and must itself be answered within four seconds."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await send(context.asking, webhook_secret(account), context.observed)
    except TimeoutError:
        return Lost(left=True, reason="timeout")
