"""`upload`: a file of this machine becomes an `upload://`, or one sentence says why not."""

import json
import os
import re
from pathlib import Path

import httpx
import pytest

from app.client import Client
from app.ending import Problem
from domain.upload import LARGEST
from tests.app.program import Program, id_of, likeness
from tests.app.service import Service

MEDIA = Path(__file__).parents[2] / "sandbox" / "media"
PORTRAIT = MEDIA / "portrait.jpg"


@pytest.mark.usefixtures("shared_service")
def test_a_file_is_uploaded_and_told_how_long_it_is_kept(
    tmp_path: Path, started: list[Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    piped = likeness("upload", str(PORTRAIT))
    assert re.fullmatch(r"upl_\w{26}", id_of(piped))
    monkeypatch.setenv("FORCE_COLOR", "1")
    shown = likeness("upload", str(PORTRAIT))
    monkeypatch.delenv("FORCE_COLOR")
    assert (shown.exit_code, bool(re.fullmatch(r"upload://upl_\w{26}\n", shown.stdout))) == (
        0,
        True,
    )
    assert re.search(r"image/jpeg, 61,368 bytes, and is kept until \d{4}-\S+Z\.", shown.stderr)

    odd = tmp_path / '声 "1".dat'
    odd.write_bytes((MEDIA / "speech.wav").read_bytes())
    own_process = Program(tmp_path, "upload", str(odd), "--json")
    started.append(own_process)
    assert own_process.ended() == 0, own_process.output
    told = json.loads(own_process.output)
    assert (told["content_type"], told["bytes"]) == ("audio/wav", 132158)

    text = tmp_path / "portrait.jpg"
    text.write_text("not a picture, but long enough to tell")
    refused = likeness("upload", str(text))
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "none of JPEG, PNG" in refused.stderr

    text.write_bytes(b"")
    empty = likeness("upload", str(text))
    assert (empty.exit_code, "/file: is empty" in empty.stderr) == (2, True)

    stranger = likeness("upload", str(PORTRAIT), "--key", "lk_stranger")
    assert (stranger.exit_code, "unauthorized" in stranger.stderr) == (2, True)


def test_an_upload_and_a_submission_can_be_named_in_an_input(shared_service: Service) -> None:
    picture = f"upload://{id_of(likeness('upload', str(PORTRAIT)))}"
    fields = json.dumps({"image_input": picture, "prompt": "in the snow"})
    portrait = id_of(likeness("submit", "302ai/portrait", "-", given=fields))
    voice = f"upload://{id_of(likeness('upload', str(MEDIA / 'speech.wav')))}"
    fields = json.dumps({"image": f"submission://{portrait}", "audio": voice})
    avatar = likeness("submit", "wavespeed/avatar-omni-human", "-", given=fields)
    assert avatar.exit_code == 0, avatar.output
    assert "likeness watch sub_" in avatar.stderr
    assert shared_service.final(id_of(avatar))["status"] == "succeeded"


def _fifo(folder: Path) -> Path:
    os.mkfifo(folder / "fifo")
    return folder / "fifo"


def test_what_is_no_file_is_not_sent(tmp_path: Path) -> None:
    for path, why in (
        (tmp_path / "none.jpg", "No such file or directory"),
        (tmp_path, "is not a file"),
        (_fifo(tmp_path), "is not a file"),
    ):
        result = likeness("upload", str(path), "--key", "lk_a", "--url", "http://127.0.0.1:1")
        assert (result.exit_code, result.stdout) == (2, "")
        assert why in result.stderr
        assert path.name in result.stderr


def test_what_is_too_large_is_not_sent(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    result = likeness("upload", str(path), "--key", "lk_a", "--url", "http://127.0.0.1:1")
    assert result.exit_code == 2
    assert "has 52,428,801 bytes; an upload may have at most 52,428,800 (50 MB)." in result.stderr


@pytest.mark.asyncio
async def test_a_file_is_read_piece_by_piece(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    with path.open("wb") as file:
        file.truncate(5_000_000)
    wire = Pieces()
    await _client(wire).upload(path)
    assert sum(wire.sizes) > 5_000_000
    assert max(wire.sizes) < 1_000_000


class Pieces(httpx.AsyncBaseTransport):
    """Looks at how a body comes; httpx's own MockTransport gathers it first."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.AsyncByteStream)
        self.sizes = [len(piece) async for piece in request.stream]
        return httpx.Response(201, json={"id": "upl_1"})


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (httpx.Response(413, text="<h1>Too large</h1>"), "does not let so much through"),
        (
            httpx.Response(413, json={"code": "too_large", "detail": "At most 1 byte."}),
            r"At most 1 byte. \(too_large\)",
        ),
    ],
    ids=["a proxy", "Likeness"],
)
async def test_who_finds_it_too_large_is_told(answer: httpx.Response, why: str) -> None:
    async def refuse(request: httpx.Request) -> httpx.Response:
        return answer

    with pytest.raises(Problem, match=why):
        await _client(httpx.MockTransport(refuse)).upload(PORTRAIT)


def _client(transport: httpx.AsyncBaseTransport) -> Client:
    return Client(httpx.AsyncClient(transport=transport, base_url="http://likeness.test"))
