"""Canaries in a chain of all kinds: no token, link or key of ours in a log, an answer or an event."""

from pathlib import Path

import pytest

from tests.house import KEY, House, running_house
from tests.journeys.aigc import KIND
from tests.journeys.chains import all_final, enhance, of, paint
from tests.journeys.files import PICTURE, VOICE, upload
from tests.journeys.test_secrets import listening, signature_of
from tests.journeys.wavespeed import rows
from tests.journeys.wishes import words

pytestmark = pytest.mark.asyncio

KEYS = {
    "WAVESPEED_API_KEY": "wskey-canary-81c1",
    "ALLTOKEN_API_KEY": "atkey-canary-92d2",
    "AI302_API_KEY": "sk-canary-73e3",
}
OURS = ("/webhooks/", "/uploads/", "/files/")


def links(value: object, house: House) -> set[str]:
    """Every link of ours with a token in it, wherever it stands in what was sent."""
    if isinstance(value, dict):
        return set().union(*(links(one, house) for one in value.values()))
    if isinstance(value, list):
        return set().union(*(links(one, house) for one in value))
    if isinstance(value, str) and value.startswith(house.url):
        return {value} if any(path in value for path in OURS) else set()
    return set()


def sent(house: House) -> set[str]:
    return {link for call in house.world.calls for link in links([call.body, call.query], house)}


async def test_a_chain_of_all_kinds_gives_no_secret_away(tmp_path: Path) -> None:
    async with running_house(tmp_path, **KEYS) as house:
        with listening() as heard:
            picture, voice = await upload(house, PICTURE), await upload(house, VOICE)
            first = await paint(house, ai302_submit=503, ai302_submit_times=1)
            based = await paint(house, picture, ai302_base64="yes")
            again = await paint(house, of(based))
            second = await enhance(house, first)
            sound = {"url": voice, "asset_type": "Audio"}
            asset = await house.submit(KIND, {"name": words(), "asset": sound})
            item = {"type": "image_url", "image_url": {"url": picture}}
            prompts = [
                words(video_callback="garbage", video_poll=500, video_poll_times=2),
                words(video_create="cut", video_callback="final"),
                words(video_create=400),
            ]
            films = [
                await house.submit(
                    "alltoken/video", {"model": "seedance-2.0", "prompt": one, "content": [item]}
                )
                for one in prompts
            ]
            refused = await paint(house, picture, ai302_submit=401, ai302_shape="openai")
            posted = [first, based, again, second, asset, *films, refused]
            done = await all_final(house, *posted)
            assert [one["status"] for one in done[:-2]] == ["succeeded"] * 7
            shown = [str(one) for one in done if one["id"] != based["id"]]
            shown += [str(await house.events(one["id"])) for one in posted]
            shown.append((await house.client.get("/v1/kinds")).text)
        assert "webhook quarantined" in heard.getvalue()
        secrets = {signature_of(link) for link in sent(house)} | {KEY, *KEYS.values()}
        assert len(secrets) > 8
        spoken = [heard.getvalue(), *shown, str(rows(house, "SELECT * FROM events"))]
        assert [one for one in secrets for text in spoken if one in text] == []
