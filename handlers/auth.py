"""Who is asking."""

from starlette.requests import Request

from domain.errors import Unauthorized
from engine.keys import hash_of
from handlers.services import context_of
from store.keys import ApiKey

__all__ = ["caller", "given_key", "hash_of"]


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
