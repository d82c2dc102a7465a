"""Who is asking."""

import hashlib

from starlette.requests import Request

from domain.errors import Unauthorized
from handlers.services import context_of
from store.keys import ApiKey


async def caller(request: Request) -> ApiKey:
    """The living key of this request; Unauthorized else."""
    found = await context_of(request).store.key(given_key(request))
    if found is None or found.revoked_at is not None:
        raise Unauthorized
    return found


def given_key(request: Request) -> str:
    """The hash of the key that this request carries; Unauthorized when it carries none."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip().startswith("lk_"):
        raise Unauthorized
    return hash_of(key.strip())


def hash_of(key: str) -> str:
    """API keys are long and random, so a plain hash hides them well enough."""
    return hashlib.sha256(key.encode()).hexdigest()
