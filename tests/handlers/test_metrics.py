"""`/metrics`: what has happened stands there, and nothing that is secret or endless."""

import re
from importlib.metadata import version
from pathlib import Path

import httpx
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as of_openmetrics
from prometheus_client.parser import text_string_to_metric_families

from handlers.metrics_table import METRICS
from tests.delivery.receiver import says
from tests.handlers.live import reading, running_hall
from tests.house import KEY, SECRET, House, running_house
from tests.journeys.phone import Phone
from tests.journeys.scans import invite, start
from tests.journeys.told import client, done, until_attempts, until_state
from tests.journeys.wavespeed import prediction, running, signature, tell, webhook_url
from tests.wire import PATIENT

pytestmark = pytest.mark.asyncio

TOKEN = "metrics-canary-7c1e"
ID = re.compile(r"(?:sub|evt|dlv|upl|key|ses)_[0-9A-Z]{20,}|[0-9a-f]{32}|https?://")
Numbers = dict[tuple[str, frozenset[tuple[str, str]]], float]


async def scraped(asking: httpx.AsyncClient) -> Numbers:
    answer = await asking.get("/metrics")
    assert answer.status_code == 200, answer.text
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def number(numbers: Numbers, name: str, **labels: str) -> float:
    return numbers[name, frozenset(labels.items())]


async def test_each_outcome_of_a_webhook_is_counted(house: House) -> None:
    await running(house)
    body = prediction(house)
    url = webhook_url(house)
    answers = [
        await house.client.post(url + "x", content=body),
        await house.client.get(url),
        await house.client.post(url, content=b"{" * (1024 * 1024 + 1)),
        await house.client.post(url, content=body),
        await house.client.post(url, content=b"{", headers=signature(house, b"{")),
        await tell(house, prediction(house, id="0" * 31 + "1")),
        await tell(house, body),
        await tell(house, body),
        await house.client.post("/webhooks/squirrel-canary/x", content=body),
    ]
    assert [one.status_code for one in answers] == [404, 405, 413, 401, 400, 204, 204, 204, 404]
    numbers = await scraped(house.client)
    words = ["bad_token", "method_not_allowed", "too_large", "bad_signature", "bad_format"]
    for word in [*words, "other_job", "taken", "unchanged"]:
        labels = {"provider": "wavespeed", "outcome": word}
        assert number(numbers, "likeness_webhooks_total", **labels) == 1, word
    unknown = {"provider": "unknown", "outcome": "bad_token"}
    assert number(numbers, "likeness_webhooks_total", **unknown) == 1
    assert number(numbers, "likeness_webhook_seconds_count") == 9
    assert number(numbers, "likeness_quarantined") == 2


async def test_who_finishes_a_job_is_counted_and_what_it_took(house: House) -> None:
    numbers = await scraped(house.client)
    kind = {"kind": "wavespeed/portrait", "status": "succeeded"}
    assert number(numbers, "likeness_jobs_finished_total", **kind, source="webhook") == 0
    for lane in ("wavespeed.submit", "archive", "deliver"):
        assert number(numbers, "likeness_tasks_begun_total", lane=lane) == 0
    first = await house.portrait()
    await house.until_final(first["id"])
    house.world.switches.set(webhook="never")
    second = await house.portrait()
    await house.until_final(second["id"])
    await house.until(lambda: _copied(house, 2))
    numbers = await scraped(house.client)
    assert number(numbers, "likeness_jobs_finished_total", **kind, source="webhook") == 1
    assert number(numbers, "likeness_jobs_finished_total", **kind, source="poll") == 1
    call = {"provider": "wavespeed", "operation": "submit"}
    assert number(numbers, "likeness_provider_calls_total", **call, outcome="ok") == 2
    assert number(numbers, "likeness_provider_call_seconds_count", **call) == 2
    assert number(numbers, "likeness_tasks_begun_total", lane="wavespeed.submit") == 2
    assert number(numbers, "likeness_task_lag_seconds_count", lane="wavespeed.submit") == 2
    assert number(numbers, "likeness_webhook_promised", kind="wavespeed/portrait") == 1
    assert number(numbers, "likeness_commit_items_count") == number(
        numbers, "likeness_commit_seconds_count"
    )
    posted = {"route": "/v1/submissions", "method": "POST", "status": "202"}
    assert number(numbers, "likeness_http_requests_total", **posted) == 2


async def _copied(house: House, wanted: int) -> bool:
    numbers = await scraped(house.client)
    return number(numbers, "likeness_archive_copies_total", outcome="copied") == wanted


async def test_a_scan_is_owed_to_its_callback(house: House) -> None:
    phone = Phone(client=house.client)
    for _ in range(2):
        posted = await invite(house)
        session = await start(house, phone, posted)
        await house.world.scan(session.token, visit=len(house.world.sessions) == 1)
        await house.until_final(posted["id"])
    numbers = await scraped(house.client)
    kind = {"kind": "alltoken/liveness", "status": "succeeded"}
    assert number(numbers, "likeness_jobs_finished_total", **kind, source="callback") == 1
    assert number(numbers, "likeness_jobs_finished_total", **kind, source="poll") == 1
    assert number(numbers, "likeness_scans_total", outcome="opened") == 2
    assert number(numbers, "likeness_scans_total", outcome="verified") == 2


async def test_what_waits_is_told_by_the_store(house: House) -> None:
    await running(house)
    await house.submit("alltoken/liveness", {"name": "Ada"})
    house.clock.advance(90)
    await house.breathe()
    (newest, *_) = (await house.client.get("/v1/submissions")).json()["items"]
    async with reading(house.client, newest["id"]):
        numbers = await scraped(house.client)
    # A stream has been answered when it begins, hours before it is over.
    stream = "/v1/submissions/{submission_id}/events"
    assert number(numbers, "likeness_http_request_seconds_count", route=stream) == 1
    person = {"kind": "alltoken/liveness", "status": "action_required", "waiting_for": "person"}
    works = {"kind": "wavespeed/portrait", "status": "processing", "waiting_for": "provider"}
    for group in (person, works):
        assert number(numbers, "likeness_submissions_unfinished", **group) == 1
        assert 90 <= number(numbers, "likeness_submissions_oldest_seconds", **group) < 120
        assert number(numbers, "likeness_submissions_overdue", **group) == 0
    assert number(numbers, "likeness_store_up") == 1
    assert number(numbers, "likeness_tasks_due_seconds") < 2


async def test_deliveries_are_counted_by_outcome_and_by_how_long_they_took(house: House) -> None:
    async with client() as receiver:
        receiver.answers = [says(500), says(200), says(410)]
        first = await done(house, receiver)
        await until_state(house, first, "delivered")
        second = await done(house, receiver)
        await until_state(house, second, "dead")
        with_a_refused_address = receiver.url.replace("127.0.0.1", "10.0.0.1")
        third = await done(house, receiver, url=with_a_refused_address)
        await until_attempts(house, third, 1)
    numbers = await scraped(house.client)
    for outcome in ("5xx", "delivered", "4xx", "address_refused"):
        assert number(numbers, "likeness_delivery_attempts_total", outcome=outcome) == 1
    for state in ("delivered", "dead"):
        assert number(numbers, "likeness_deliveries_ended_total", state=state) == 1
    assert number(numbers, "likeness_delivery_latency_seconds_count") == 1
    assert 4 <= number(numbers, "likeness_delivery_latency_seconds_sum") < 8
    assert number(numbers, "likeness_dead_letters") == 1


async def test_no_metric_holds_an_id_an_address_or_a_secret(tmp_path: Path) -> None:
    keys = {"WAVESPEED_API_KEY": "wskey-canary-81c1", "LIKENESS_METRICS_TOKEN": TOKEN}
    async with running_house(tmp_path, **keys) as house, client() as receiver:
        refused = await house.client.get("/metrics")
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
        headers = {"authorization": f"Bearer {TOKEN}"}
        ours = httpx.AsyncClient(base_url=house.url, headers=headers, **PATIENT)
        await done(house, receiver, url=f"{receiver.url}&token=hook-canary-5d2f")
        posted = await running(house)
        await tell(house, prediction(house))
        scan = await invite(house, mode="direct")
        session_of = await house.until_status(scan["id"], "action_required", within=5)
        paths = ("/v1/submissions/squirrel-canary", "/scan/squirrel-canary", "/squirrel-canary")
        for path in (*paths, webhook_url(house), f"/v1/submissions/{posted['id']}"):
            await house.client.request("PROPFIND" if "squirrel" in path else "GET", path)
        async with ours:
            text = (await ours.get("/metrics")).text
            open_metrics = {"accept": "application/openmetrics-text; version=1.0.0"}
            answer = await ours.get("/metrics", headers=open_metrics)
            wrong = [(b"authorization", "Bearer \u00fc".encode())]
            assert (await ours.get("/metrics", headers=wrong)).status_code == 401
            assert (await ours.head("/metrics")).status_code == 200
    assert "application/openmetrics-text" in answer.headers["content-type"]
    assert [family.name for family in of_openmetrics(answer.text)]  # type: ignore[no-untyped-call]
    assert 'route="unknown"' in text
    assert 'method="OTHER"' in text
    for secret in (KEY, SECRET[6:], TOKEN, "canary", posted["id"], session_of["action"]["url"]):
        assert secret not in text
    shown = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    assert ID.search(shown) is None, ID.search(shown)


@pytest.mark.asyncio(loop_scope="module")
async def test_every_name_has_few_labels_and_stands_there_once(shared: House) -> None:
    families = (await shared.client.get("/metrics")).text
    for path in ("/metrics", "/healthz", "/readyz"):
        looked = await shared.client.head(path)
        assert (looked.status_code, looked.content) == (200, b"")
    for metric in METRICS:
        name = f"{metric.name}_total" if metric.sort == "counter" else metric.name
        assert families.count(f"# TYPE {name} {metric.sort}\n") == 1, name
    sizes: dict[str, int] = {}
    for sample in (line for line in families.splitlines() if line.startswith("likeness_")):
        sizes[sample.partition("{")[0]] = sizes.get(sample.partition("{")[0], 0) + 1
    assert max(sizes.values()) < 200
    assert "process_resident_memory_bytes" in families


async def test_while_the_store_is_away_the_rest_is_told_and_asking_often_reads_once(
    tmp_path: Path,
) -> None:
    async with running_hall(tmp_path) as hall:
        asking = hall.house.client
        for _ in range(3):
            await scraped(asking)
        assert hall.database.reads["waiting_by_reason"] == 1
        hall.database.away = True
        hall.house.clock.advance(6)
        numbers = await scraped(asking)
        assert number(numbers, "likeness_store_up") == 0
        assert not [name for name, _ in numbers if name.startswith("likeness_submissions")]
        assert number(numbers, "likeness_build_info", version=version("likeness")) == 1
        hall.database.away = False
        hall.house.clock.advance(6)
        assert number(await scraped(asking), "likeness_store_up") == 1
