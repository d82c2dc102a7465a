"""Callback tokens: signed, dated, bound to one purpose and one submission; they travel in paths.

Rules of this file:
- The purpose is the salt, so a token of one purpose is a forgery for every other.
- Only the exact text that we made is accepted. base64 has several spellings of one signature (other
  last characters, padding), so the signature is made anew and compared as text, never decoded.
- Keys are given newest first; the first signs, all verify.
"""

import hashlib
import hmac
from collections.abc import Sequence

from itsdangerous import Signer, TimestampSigner
from itsdangerous.encoding import base64_decode, bytes_to_int

from domain.errors import BadToken
from domain.times import MINUTE, SECOND

LONGEST = 512


class Dated(TimestampSigner):
    """A signer whose date is given, not asked of the machine."""

    date: int = 0

    def get_timestamp(self) -> int:
        return self.date


class Tokens:
    """Mints and reads tokens with a list of secret keys."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = keys
        self._signers: dict[str, list[Dated]] = {}

    def mint(self, purpose: str, value: str, dated: int) -> str:
        """A path-safe token for `value`; the same three arguments make the same token."""
        return self.mint_all(purpose, value, dated)[0]

    def mint_all(self, purpose: str, value: str, dated: int) -> list[str]:
        """The same by each key, newest first: what may be out there since before a rotation."""
        tokens = []
        for signer in self._of(purpose):
            signer.date = dated // SECOND
            tokens.append(signer.sign(value).decode("ascii"))
        return tokens

    def read(self, purpose: str, token: str) -> str:
        """The value inside; BadToken for everything that we did not make for this purpose."""
        if len(token) > LONGEST or not token.isascii():
            raise BadToken
        dated, _, signature = token.rpartition(".")
        value = dated.rpartition(".")[0]
        given = signature.encode("ascii")
        if value and any(
            hmac.compare_digest(signer.get_signature(dated), given) for signer in self._of(purpose)
        ):
            return value
        raise BadToken

    def read_young(self, purpose: str, token: str, now: int, life: int) -> str:
        """The value inside a token that was made at most `life` milliseconds ago; BadToken else."""
        value = self.read(purpose, token)
        dated = bytes_to_int(base64_decode(token.rsplit(".", 2)[1])) * SECOND
        if not -MINUTE <= now - dated <= life:
            raise BadToken
        return value

    def _of(self, purpose: str) -> list[Dated]:
        if purpose not in self._signers:
            self._signers[purpose] = [_signer(key, purpose) for key in self._keys]
        return self._signers[purpose]


def _signer(key: str, purpose: str) -> Dated:
    """The key of a purpose is derived once, not at each signature."""
    derived = Signer(
        key, salt=f"likeness.{purpose}", key_derivation="hmac", digest_method=hashlib.sha256
    ).derive_key()
    return Dated(derived, key_derivation="none", digest_method=hashlib.sha256)
