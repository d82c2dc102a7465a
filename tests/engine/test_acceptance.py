"""The only way in, the links out, and the terms that the settings make."""

import base64
from dataclasses import replace
from pathlib import Path

import pytest

from domain.errors import BadToken, StoreUnavailable
from domain.event import Completed
from domain.submission import Stage, Status, Waiting
from domain.times import DAY, HOUR, MINUTE, SECOND
from engine.inputs import for_provider
from engine.links import CALLBACK, FILE, SCAN, callback_url, file_url, scan_url, webhook_url
from providers.kinds import KINDS
from tests.domain.given import OUTPUTS
from tests.engine.bench import IMAGE, PUBLIC, Bench, MoodyStore, running_bench

pytestmark = pytest.mark.asyncio

JPEG = b"\xff\xd8\xff\xe0 a face"
TEXT = base64.b64encode(JPEG).decode()
PORTRAIT, LIVENESS = KINDS["wavespeed/portrait"], KINDS["alltoken/liveness"]


async def test_an_accepted_job_is_kept_with_its_first_task(bench: Bench) -> None:
    submission = await bench.portrait()
    kept = await bench.get(submission)
    assert (kept, kept.status, kept.stage) == (submission, Status.PENDING, Stage.QUEUED)
    now = bench.clock.now()
    assert await bench.context.store.next_due(["wavespeed.submit"], now) == now
    assert kept.deadline_at == bench.clock.now() + DAY


@pytest.mark.parametrize("given", [TEXT, f"data:image/jpeg;base64,{TEXT}", f"DATA:;BASE64,{TEXT}"])
async def test_content_is_set_aside_once_and_comes_back_as_it_was(bench: Bench, given: str) -> None:
    submission = await bench.portrait(image=given)
    stored = submission.input["image"]
    assert TEXT not in str(submission.input)
    assert stored["bytes"] == len(JPEG)
    restored = await for_provider(bench.context, submission)
    assert restored["image"] == given
    assert restored["prompt"] == "in oil"


async def test_a_link_stays_a_link(bench: Bench) -> None:
    assert (await bench.portrait()).input["image"] == IMAGE


async def test_a_hosted_scan_begins_with_an_invitation(bench: Bench) -> None:
    submission = await bench.scan()
    assert (submission.status, submission.waiting_for) == (Status.ACTION_REQUIRED, Waiting.PERSON)
    assert submission.action is not None
    assert submission.action["url"].startswith(f"{PUBLIC}/scan/")
    assert submission.action["qr"] == submission.action["url"] + "/qr.svg"
    assert submission.deadline_at is None
    assert submission.time_left == DAY


async def test_a_direct_scan_begins_with_its_session(bench: Bench) -> None:
    submission = await bench.scan(mode="direct")
    assert (submission.status, submission.stage) == (Status.PENDING, Stage.OPENING)
    assert submission.action is None


async def test_what_could_not_be_stored_is_not_accepted(bench: Bench) -> None:
    store = MoodyStore(bench.context.store)
    store.away["accept"] = 1
    moody = replace(bench, context=replace(bench.context, store=store))
    with pytest.raises(StoreUnavailable):
        await moody.portrait()


async def test_each_link_carries_a_token_of_its_own_purpose_in_its_path(bench: Bench) -> None:
    submission = await bench.portrait()
    context = bench.context
    links: dict[str, str | None] = {
        "webhook.wavespeed": webhook_url(context, submission, "wavespeed"),
        CALLBACK: callback_url(context, submission),
        SCAN: scan_url(context, submission.id, submission.created_at),
    }
    for purpose, link in links.items():
        assert link is not None
        token = link.rpartition("/")[2]
        assert context.tokens.read(purpose, token) == submission.id
        assert not set("?#%") & set(link)
        for other in set(links) - {purpose}:
            with pytest.raises(BadToken):
                context.tokens.read(other, token)


async def test_a_links_text_is_always_the_same(bench: Bench) -> None:
    submission = await bench.portrait()
    before = webhook_url(bench.context, submission, "wavespeed")
    bench.clock.advance(3600)
    assert webhook_url(bench.context, submission, "wavespeed") == before


async def test_a_files_link_names_its_content(bench: Bench) -> None:
    submission = await bench.portrait()
    token = file_url(bench.context, submission, "f" * 64).rpartition("/")[2]
    named = bench.context.tokens.read(FILE, token)
    assert named.startswith(submission.id)
    assert named.endswith("f" * 64)


async def test_without_a_public_url_no_webhook_is_promised(bench: Bench) -> None:
    silent = replace(bench.context, public_url=None)
    assert webhook_url(silent, await bench.portrait(), "wavespeed") is None
    assert not silent.terms(PORTRAIT).webhook
    assert bench.context.terms(PORTRAIT).webhook
    assert not bench.context.terms(LIVENESS).webhook


async def test_the_kind_says_what_the_settings_leave_open(bench: Bench) -> None:
    terms = bench.context.terms(PORTRAIT)
    assert (terms.poll_interval, terms.settle) == (2 * SECOND, 10 * MINUTE)
    assert (terms.poll_grace, terms.session_ttl) == (20 * SECOND, 2 * MINUTE)


async def test_the_settings_overrule_every_kind(tmp_path: Path) -> None:
    async with running_bench(
        tmp_path,
        LIKENESS_POLL_GRACE_S="0",
        LIKENESS_POLL_INTERVAL_S="0.5",
        LIKENESS_SETTLE_S="7",
        LIKENESS_DEADLINE_S="60",
        LIKENESS_LIVENESS_TTL_S="30",
        LIKENESS_SCAN_LINK_TTL_S="3600",
    ) as bench:
        terms = bench.context.terms(PORTRAIT)
        scan = await bench.scan()
    assert (terms.poll_grace, terms.poll_interval, terms.settle) == (0, 500, 7 * SECOND)
    assert (terms.deadline, terms.session_ttl) == (MINUTE, 30 * SECOND)
    assert scan.state["link_expires_at"] == scan.created_at + HOUR


async def test_news_is_decided_by_the_flow_of_its_kind(bench: Bench) -> None:
    job, scan = await bench.portrait(), await bench.scan()
    done = Completed(outputs=OUTPUTS)
    assert (await bench.context.tell(job.id, done)).changed
    assert not (await bench.context.tell(scan.id, done)).changed
