"""A connection that breaks off before any answer."""

import httpx
from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class Cut(Response):
    """Closes the socket under the answer.

    ASGI has no word for this. Under uvicorn `receive` is a method of the object that also holds the
    transport, so the socket is really aborted; without a socket (httpx.ASGITransport) the caller
    gets the exception that a broken socket would have raised.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = getattr(getattr(receive, "__self__", None), "transport", None)
        if transport is None:
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
        transport.abort()
        # The body was read at the gate, so this waits for the end of the connection.
        await receive()
