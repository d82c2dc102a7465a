"""What went wrong with an attempt, in a word; the only place that knows httpx's errors for clients."""

import socket
import ssl
from collections.abc import Iterator
from enum import StrEnum

import httpx

from delivery.address import AddressRefused


class Failure(StrEnum):
    """Words that clients read; none tells what a name inside our network resolves to."""

    ADDRESS_REFUSED = "address_refused"
    NAME_UNKNOWN = "name_unknown"
    CONNECT_FAILED = "connect_failed"
    TLS_FAILED = "tls_failed"
    TIMEOUT = "timeout"
    REDIRECT = "redirect"
    ANSWER_BROKEN = "answer_broken"


OF_THE_PEER = (
    AddressRefused,
    TimeoutError,
    OSError,
    UnicodeError,
    httpx.HTTPError,
    httpx.InvalidURL,
)
"""What an attempt may raise for the peer's sake. The rest (httpx.StreamError, httpx.CookieConflict)
is a mistake of ours. OSError: TLS that breaks after the handshake comes as a bare ssl.SSLError.
UnicodeError: httpx reads a redirect's target also when it does not follow it, and idna's error for a
name that is none (xn--) goes through."""

IN_A_WORD: tuple[tuple[tuple[type[Exception], ...], Failure], ...] = (
    ((AddressRefused, httpx.InvalidURL, httpx.UnsupportedProtocol), Failure.ADDRESS_REFUSED),
    ((TimeoutError, httpx.TimeoutException), Failure.TIMEOUT),
    ((httpx.TooManyRedirects,), Failure.REDIRECT),
    ((httpx.ConnectError, httpx.ProxyError), Failure.CONNECT_FAILED),
)
"""Whatever else happens, happens after the connection stood."""


def failure_of(error: Exception) -> Failure:
    """The word for an error of `OF_THE_PEER`."""
    for kinds, word in IN_A_WORD:
        if isinstance(error, kinds):
            return _closer(error) if word is Failure.CONNECT_FAILED else word
    return Failure.ANSWER_BROKEN


def _closer(error: Exception) -> Failure:
    """httpx has one error for names, wires and certificates; what it was is behind it."""
    for behind in _chain(error):
        if isinstance(behind, ssl.SSLError):
            return Failure.TLS_FAILED
        if isinstance(behind, socket.gaierror | UnicodeError):
            return Failure.NAME_UNKNOWN
    return Failure.CONNECT_FAILED


def _chain(error: BaseException) -> Iterator[BaseException]:
    """httpcore's pool raises `from None`, so the cause is gone and only the context is left."""
    step = error.__cause__ or error.__context__
    while step is not None:
        yield step
        step = step.__cause__ or step.__context__
