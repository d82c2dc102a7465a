"""Two tiny apps beside the measured one: the empty route, and a provider that only says yes."""

from itertools import count
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

numbers = count(1)
webhooks: dict[str, str] = {}


async def read_and_answer(request: Request) -> Response:
    """What a durable route is compared with."""
    await request.body()
    return Response(status_code=204)


empty = Starlette(routes=[Route("/webhooks/{token}", read_and_answer, methods=["POST"])])


async def submit(request: Request) -> JSONResponse:
    """Take a job, remember where its webhook shall go."""
    name = f"{next(numbers):032x}"
    webhooks[name] = unquote(request.query_params["webhook"])
    prediction = {"id": name, "model": "bytedance/portrait", "outputs": [], "status": "created"}
    return JSONResponse({"code": 200, "message": "success", "data": prediction})


async def told(_request: Request) -> JSONResponse:
    """Every job so far and where its webhook goes."""
    return JSONResponse(webhooks)


provider = Starlette(
    routes=[
        Route("/api/v3/bytedance/portrait", submit, methods=["POST"]),
        Route("/webhooks", told, methods=["GET"]),
    ]
)
