"""Callback tokens: signed, dated, bound to one purpose and one submission; they travel in paths.

Rules of this file:
- The purpose is the salt, so a token of one purpose is a forgery for every other.
- Only the exact text that we made is accepted: base64 has several spellings of one signature
  (other last characters, padding), and the library forgives them.
- Keys are given newest first; the first signs, all verify.
"""

import hashlib
from collections.abc import Sequence

from itsdangerous import BadData, TimestampSigner
from itsdangerous.encoding import base64_decode, base64_encode

from domain.errors import BadToken
from domain.times import SECOND

LONGEST = 512


class Dated(TimestampSigner):
    """A signer whose date is given, not asked of the machine."""

    date: int = 0

    def get_timestamp(self) -> int:
        return self.date


class Tokens:
    """Mints and reads tokens with a list of secret keys."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = [key.encode() for key in reversed(keys)]
        self._signers: dict[str, Dated] = {}

    def mint(self, purpose: str, value: str, dated: int) -> str:
        """A path-safe token for `value`; the same three arguments make the same token."""
        signer = self._signer(purpose)
        signer.date = dated // SECOND
        return signer.sign(value).decode("ascii")

    def read(self, purpose: str, token: str) -> str:
        """The value inside; BadToken for everything that we did not make for this purpose."""
        if len(token) > LONGEST or not token.isascii():
            raise BadToken
        try:
            value = self._signer(purpose).unsign(token)
            signature = token.rpartition(".")[2].encode("ascii")
            if base64_encode(base64_decode(signature)) != signature:
                raise BadToken
            return value.decode("ascii")
        except (BadData, UnicodeError) as error:
            raise BadToken from error

    def _signer(self, purpose: str) -> Dated:
        if purpose not in self._signers:
            self._signers[purpose] = Dated(
                self._keys,
                salt=f"likeness.{purpose}",
                key_derivation="hmac",
                digest_method=hashlib.sha256,
            )
        return self._signers[purpose]
