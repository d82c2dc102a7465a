"""A server that answers as it is told to, and keeps what it was sent."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Answer = Callable[[bytes], list[bytes]]
NO_CONTENT = b"HTTP/1.1 204 No Content\r\ndate: x\r\n\r\n"


class Server(socketserver.ThreadingTCPServer):
    """Keeps what it was sent, connection by connection."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.seen: list[bytes] = []
        self.connections = 0
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def port(self) -> int:
        port: int = self.server_address[1]
        return port


class Handler(socketserver.BaseRequestHandler):
    """One keep-alive connection."""

    server: Server

    def handle(self) -> None:
        self.server.connections += 1
        while request := self.request.recv(65536):
            self.server.seen.append(request)
            parts = self.server.answer(request)
            if not parts:
                return
            for part in parts:
                self.request.sendall(part)


@contextmanager
def served(answer: Answer) -> Iterator[Server]:
    with Server(answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
