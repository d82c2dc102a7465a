"""WaveSpeedAI: submit, results, history, balance, and the webhook secret.

https://wavespeed.ai/docs/rest-api
"""

import secrets
from functools import partial

from starlette.responses import Response
from starlette.routing import Route

from sandbox.faults import SLOW, due, leaves_job
from sandbox.gate import Handler, Visit, guarded
from sandbox.history import delete, history
from sandbox.jobs import Job, prediction
from sandbox.models import MODELS, Model, problem, schema
from sandbox.studio import make
from sandbox.uploads import UPLOAD_ROUTES
from sandbox.wavespeed_answers import faulty, refuse, success
from sandbox.webhooks import be_early, follow
from sandbox.world import World

SYNC_STEP = 0.1


async def submit(visit: Visit) -> Response:
    model = MODELS.get(visit.text("model"))
    if model is None:
        return refuse(404, f"Model not found: {visit.text('model')}")
    webhook = visit.request.query_params.get("webhook")
    wrong = problem(model, visit.body) or _webhook_problem(webhook)
    if wrong:
        return refuse(400, wrong)
    fault = _submit_fault(visit)
    job = None
    if leaves_job(fault, visit.switches):
        job = open_job(visit, model, webhook)
        await _begin(visit.world, job)
    await visit.world.sleep(visit.switches.latency + (SLOW if fault == "slow" else 0))
    if job is None or fault not in ("ok", "slow"):
        return faulty(fault, None if job is None else success(prediction(job, "created")))
    if visit.body.get("enable_sync_mode"):
        return await _wait(visit.world, job)
    return success(prediction(job, "created"))


def open_job(visit: Visit, model: Model, webhook: str | None) -> Job:
    """The moment that costs money."""
    duration = visit.switches.duration
    job = Job(
        id=secrets.token_hex(16),
        model=model.id,
        customer=visit.customer,
        input=visit.body,
        webhook=webhook,
        switches=visit.switches,
        overrides=visit.overrides,
        created_at=visit.world.now(),
        duration=duration if duration >= 0 else model.duration,
        base_url=visit.world.base_url,
    )
    visit.world.jobs[job.id] = job
    visit.world.charge("wavespeed", visit.customer, job.id, [visit.body, webhook])
    return job


async def _begin(world: World, job: Job) -> None:
    if job.switches.webhook == "early":
        await be_early(world, job)
    else:
        world.spawn(partial(follow, world, job))


async def _wait(world: World, job: Job) -> Response:
    """Sync mode: the answer is the finished prediction, or says that it will come later.

    https://wavespeed.ai/docs/sync-mode
    """
    end = world.now() + job.switches.sync_wait
    while (now := world.now()) < min(end, job.due):
        await world.sleep(min(SYNC_STEP, end - now))
    if now >= job.due:
        await make(world, job)
        return success(prediction(job, job.status(now)))
    shown = prediction(job, "processing")
    late = f"Sync mode timed out; query the result at {shown['urls']['get']}"
    return success(shown | {"code": 5004, "error": late})


def _webhook_problem(webhook: str | None) -> str:
    # What WaveSpeed does with a bad address is documented nowhere.
    if webhook is None or webhook.startswith(("http://", "https://")):
        return ""
    return "invalid webhook URL"


def _submit_fault(visit: Visit) -> str:
    fault = visit.switches.submit
    return fault if fault != "ok" and due(visit, "submit", visit.switches.submit_times) else "ok"


async def result(visit: Visit) -> Response:
    world, job = visit.world, visit.world.jobs.get(visit.text("id"))
    if job is None or job.customer != visit.customer or job.expired(world.now()):
        return refuse(404, f"Prediction not found: {visit.text('id')}")
    job.polls += 1
    switches = world.switches.now.with_overrides({**job.overrides, **visit.overrides})
    if switches.poll != "ok" and (not switches.poll_times or job.polls <= switches.poll_times):
        return faulty(switches.poll)
    if world.now() >= job.due:
        await make(world, job)
    return success(prediction(job, job.status(world.now())))


async def balance(visit: Visit) -> Response:
    # Nothing says what a job costs here, so only the count of paid jobs is told apart.
    return success({"balance": round(100.0 - 0.01 * visit.world.paid_submits("wavespeed"), 2)})


async def webhook_secret(visit: Visit) -> Response:
    match visit.switches.secret_endpoint:
        case "500":
            return refuse(500)
        case "missing":
            return refuse(404)
        case _:
            return success({"secret": visit.world.secrets[0]})


async def models(visit: Visit) -> Response:
    return success([schema(model) for model in MODELS.values()])


def _route(path: str, handler: Handler, method: str) -> Route:
    return Route(f"/api/v3/{path}", guarded(handler, refuse), methods=[method])


# The model route matches any path, so it stands last.
WAVESPEED_ROUTES = [
    _route("predictions", history, "POST"),
    _route("predictions/delete", delete, "POST"),
    _route("predictions/{id}", result, "GET"),
    _route("predictions/{id}/result", result, "GET"),
    _route("balance", balance, "GET"),
    _route("webhook/secret", webhook_secret, "GET"),
    _route("models", models, "GET"),
    *UPLOAD_ROUTES,
    _route("{model:path}", submit, "POST"),
]
