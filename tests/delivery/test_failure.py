"""Every error of httpx is either a word for the client or a mistake of ours."""

import inspect
import socket
import ssl
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from delivery import failure
from delivery.address import AddressRefused
from delivery.attempt import Attempt, Verdict, attempt
from delivery.failure import OF_THE_PEER, Failure, failure_of

SECRET_URL = "http://hooks.example.test/SECRET"
WORDS = {
    "CloseError": Failure.ANSWER_BROKEN,
    "ConnectError": Failure.CONNECT_FAILED,
    "ConnectTimeout": Failure.TIMEOUT,
    "DecodingError": Failure.ANSWER_BROKEN,
    "HTTPError": Failure.ANSWER_BROKEN,
    "HTTPStatusError": Failure.ANSWER_BROKEN,
    "InvalidURL": Failure.ADDRESS_REFUSED,
    "LocalProtocolError": Failure.ANSWER_BROKEN,
    "NetworkError": Failure.ANSWER_BROKEN,
    "PoolTimeout": Failure.TIMEOUT,
    "ProtocolError": Failure.ANSWER_BROKEN,
    "ProxyError": Failure.CONNECT_FAILED,
    "ReadError": Failure.ANSWER_BROKEN,
    "ReadTimeout": Failure.TIMEOUT,
    "RemoteProtocolError": Failure.ANSWER_BROKEN,
    "RequestError": Failure.ANSWER_BROKEN,
    "TimeoutException": Failure.TIMEOUT,
    "TooManyRedirects": Failure.REDIRECT,
    "TransportError": Failure.ANSWER_BROKEN,
    "UnsupportedProtocol": Failure.ADDRESS_REFUSED,
    "WriteError": Failure.ANSWER_BROKEN,
    "WriteTimeout": Failure.TIMEOUT,
}
OURS = {
    "CookieConflict",
    "RequestNotRead",
    "ResponseNotRead",
    "StreamClosed",
    "StreamConsumed",
    "StreamError",
}
ERRORS: dict[str, type[Exception]] = {
    name: found
    for name in httpx.__all__
    if inspect.isclass(found := getattr(httpx, name)) and issubclass(found, Exception)
}


def made(name: str) -> Exception:
    """An error of that class; each wants other arguments."""
    error = ERRORS[name].__new__(ERRORS[name])
    error.args = (f"about {SECRET_URL}",)
    return error


async def attempt_that_meets(error: Exception) -> Attempt:
    async def fail(_request: httpx.Request) -> httpx.Response:
        raise error

    return await attempt(httpx.MockTransport(fail), SECRET_URL, b"{}", {}, 0)


def test_no_error_of_httpx_is_forgotten() -> None:
    assert set(ERRORS) == set(WORDS) | OURS


@pytest.mark.asyncio
@pytest.mark.parametrize("name", sorted(WORDS))
async def test_each_error_of_a_peer_is_a_word_and_another_try(name: str) -> None:
    result = await attempt_that_meets(made(name))
    assert result == Attempt(verdict=Verdict.RETRY, error=WORDS[name])
    assert "SECRET" not in repr(result)


@pytest.mark.asyncio
@pytest.mark.parametrize("name", sorted(OURS))
async def test_a_mistake_of_ours_is_not_blamed_on_the_receiver(name: str) -> None:
    assert not issubclass(ERRORS[name], OF_THE_PEER)
    with pytest.raises(ERRORS[name]):
        await attempt_that_meets(made(name))


def with_cause(behind: Exception) -> Exception:
    error = httpx.ConnectError("x")
    error.__cause__ = behind
    return error


def with_context_only(behind: Exception) -> Exception:
    """As httpcore's pool leaves it, which raises `from None`."""
    error = httpx.ConnectError("x")
    error.__context__ = behind
    error.__suppress_context__ = True
    return error


@pytest.mark.parametrize("chain", [with_cause, with_context_only])
@pytest.mark.parametrize(
    ("behind", "word"),
    [
        (ssl.SSLCertVerificationError(1, "wrong name"), Failure.TLS_FAILED),
        (ssl.SSLError(1, "no TLS"), Failure.TLS_FAILED),
        (socket.gaierror(socket.EAI_NONAME, "unknown"), Failure.NAME_UNKNOWN),
        (UnicodeError("label too long"), Failure.NAME_UNKNOWN),
        (ConnectionRefusedError(111, "refused"), Failure.CONNECT_FAILED),
        (OSError(24, "too many open files"), Failure.CONNECT_FAILED),
    ],
    ids=repr,
)
def test_behind_a_failed_connection_is_what_it_was(
    behind: Exception, word: Failure, chain: Callable[[Exception], Exception]
) -> None:
    assert failure_of(chain(behind)) is word


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (AddressRefused("private"), Failure.ADDRESS_REFUSED),
        (TimeoutError(), Failure.TIMEOUT),
        (ssl.SSLError(1, "bad record after the handshake"), Failure.ANSWER_BROKEN),
        (ConnectionResetError(104, "reset"), Failure.ANSWER_BROKEN),
    ],
    ids=repr,
)
def test_errors_below_httpx_have_words_too(error: Exception, word: Failure) -> None:
    assert isinstance(error, OF_THE_PEER)
    assert failure_of(error) is word


def test_httpx_errors_are_known_in_one_place_of_delivery() -> None:
    folder = Path(inspect.getfile(failure)).parent
    knowing = [file.name for file in folder.glob("*.py") if "httpx.HTTPError" in file.read_text()]
    assert knowing == ["failure.py"]
