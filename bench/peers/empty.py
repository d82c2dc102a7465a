"""What every durable route is compared with: it reads the body and answers 204."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


async def read_and_answer(request: Request) -> Response:
    await request.body()
    return Response(status_code=204)


app = Starlette(
    routes=[
        Route("/webhooks/{provider}/{token}", read_and_answer, methods=["POST"]),
        Route("/v1/submissions", read_and_answer, methods=["POST"]),
        Route("/v1/submissions/{submission_id}", read_and_answer, methods=["GET"]),
    ]
)
