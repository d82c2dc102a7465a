"""The load generator against a server that answers as it is told to."""

import pytest

from bench.load import Lost, fire, get, is_whole, post, quantile
from tests.bench.answering import NO_CONTENT, served


def requests(count: int) -> list[bytes]:
    return [post(f"/{number}", b"{}", content_type="application/json") for number in range(count)]


def test_every_request_is_sent_once_over_as_many_connections_as_asked() -> None:
    with served(lambda _: [NO_CONTENT]) as server:
        volley = fire(requests(50), 4, [server.port])
    assert sorted(server.seen) == sorted(requests(50))
    assert (server.connections, volley.sent, volley.fine) == (4, 50, 50)
    assert len(volley.latencies) == 50
    assert volley.per_second > 0
    assert volley.processor > 0


def test_connections_are_spread_over_the_ports() -> None:
    with served(lambda _: [NO_CONTENT]) as one, served(lambda _: [NO_CONTENT]) as other:
        fire(requests(40), 4, [one.port, other.port])
    assert (one.connections, other.connections) == (2, 2)


def test_another_status_than_the_expected_is_not_fine() -> None:
    def answer(request: bytes) -> list[bytes]:
        busy = b"HTTP/1.1 503 Unavailable\r\ncontent-length: 0\r\n\r\n"
        return [busy if request.startswith(b"POST /7 ") else NO_CONTENT]

    with served(answer) as server:
        volley = fire(requests(10), 2, [server.port])
    assert (volley.sent, volley.fine) == (10, 9)


def test_an_answer_in_pieces_is_put_together_and_kept_in_the_order_of_the_requests() -> None:
    def answer(request: bytes) -> list[bytes]:
        name = request.split(b" ")[1]
        whole = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(name), name)
        return [whole[:10], whole[10:-1], whole[-1:]]

    shots = [get(f"/{number}") for number in range(12)]
    with served(answer) as server:
        volley = fire(shots, 3, [server.port], expected=200, keep=True)
    assert [kept.rpartition(b"/")[2] for kept in volley.answers] == [
        str(number).encode() for number in range(12)
    ]


def test_a_server_that_hangs_up_is_an_error() -> None:
    with served(lambda _: []) as server, pytest.raises(Lost, match="closed"):
        fire(requests(3), 1, [server.port])


def test_at_a_pace_the_requests_are_spread_over_the_time() -> None:
    with served(lambda _: [NO_CONTENT]) as server:
        volley = fire(requests(20), 4, [server.port], per_second=100)
    assert volley.fine == 20
    assert volley.sent_at[-1] - volley.sent_at[0] >= 0.185
    assert list(volley.sent_at) == sorted(volley.sent_at)


@pytest.mark.parametrize(
    ("answer", "whole"),
    [
        (b"HTTP/1.1 204 No Content\r\n", False),
        (b"HTTP/1.1 304 Not Modified\r\netag: x\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\na", False),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nab", True),
    ],
)
def test_an_answer_is_whole_with_its_last_byte(answer: bytes, whole: bool) -> None:
    assert is_whole(answer) is whole


def test_a_quantile_is_one_of_the_values() -> None:
    values = [float(number) for number in range(100)]
    assert (quantile(values, 0.5), quantile(values, 0.99), quantile([1.0], 0.99)) == (50, 99, 1)
