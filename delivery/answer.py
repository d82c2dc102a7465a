"""The beginning of a receiver's answer, made fit to be kept and shown.

Rules of this file:
- Receivers echo what they are sent and print their own environment: what looks like a secret, a
  link with a token in it or a person's address is left out. Rather too much than too little.
- Patterns have bounds, so that a hostile answer cannot make them slow.
"""

import re

LARGEST = 1024
"""Bytes of UTF-8 that are kept."""
LOOKED_AT = 4 * LARGEST
"""Bytes that are read for it; a secret that begins in the kept part is known by its beginning."""
REDACTED = "[redacted]"

SECRETS = re.compile(
    r"""
      (?P<url> https?://[^\s/?\#"'<>]{1,253} ) [/?\#][^\s"'<>]+          # a link keeps its host
    | (?P<name> (?:proxy-)?authorization["']?\s{0,8}[:=]\s{0,8}["']? ) [^\s"',;]+ (?:\s[^\s"',;]+)?
    | \b(?P<scheme> bearer|basic )\s{1,8}[^\s"',;]+
    | \b(?:whsec_|lk_|sk[-_]|pk_|rk_)[\w\-+/=.]+
    | [\w.+%-]{1,64}@[\w.-]{1,253}                                       # a mailbox
    | [\w\-+/=]{40,}                                                     # opaque: keys, base64
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)


def readable(body: bytes) -> str:
    """One line of at most 1 KiB: no control characters, no secrets."""
    text = body[:LOOKED_AT].decode(errors="replace")
    line = " ".join("".join(_visible(character) for character in text).split())
    clean = SECRETS.sub(_redacted, line)
    return clean.encode()[:LARGEST].decode(errors="ignore")


def _visible(character: str) -> str:
    """Also marks that turn the direction of writing are not printable."""
    return character if character.isprintable() else " "


def _redacted(found: re.Match[str]) -> str:
    if found["url"]:
        return f"{found['url']}/{REDACTED}"
    if found["scheme"]:
        return f"{found['scheme']} {REDACTED}"
    return f"{found['name'] or ''}{REDACTED}"
