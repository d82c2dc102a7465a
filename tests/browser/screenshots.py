"""The README's pictures, taken anew: `make screenshots`.

The demo's stage is set in a folder that goes again, some jobs are done, and the pages are looked at in
the system's Chromium. No picture shows a key, a token or a path of the machine.
"""

import asyncio
import base64
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.async_api import Browser, Page, async_playwright
from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from app.client import Json
from app.clock import SystemClock
from app.demo.stage import Stage, stage
from app.progress import FINAL
from engine.keys import make
from sandbox.sources import MEDIA_FOLDER
from store.store import open_store
from tests.browser.conftest import QUIET
from tests.browser.windows import CHROMIUM, DESKTOP, PHONE

IMAGES = Path(__file__).parents[2] / "docs" / "images"
LARGEST = 150_000
PORT = 8000
NAMES = ("Ada", "Grace", "Mary", "Katherine")
WIDE = (1200, 760)
FRAME = """
<body style="margin:0;padding:24px;display:inline-flex;gap:24px;background:#8a93a3">
{images}</body>
"""
ONE = '<img style="width:390px;border-radius:28px" src="data:image/png;base64,{content}">'


async def take() -> None:
    IMAGES.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder:
        async with stage(Path(folder) / "var", PORT, SystemClock()) as on, _chromium() as browser:
            admin = await _admin(on)
            portrait, scan = await _play(on)
            await _phone(browser, scan["action"]["url"])
            await _look(on, scan["id"])
            await _desk(on, browser, admin, portrait["id"])
            await _documents(on, browser)
            await _doctor(on, browser)
    for image in sorted(IMAGES.glob("*.png")):
        _pack(image)
        size = image.stat().st_size
        print(f"{image.name}: {size / 1000:.0f} kB")  # noqa: T201 - it is a program
        assert size <= LARGEST, image.name


async def _play(on: Stage) -> tuple[Json, Json]:
    """Jobs in every state; a portrait that is done, and a face scan that waits for its person."""
    face, voice = [
        f"upload://{(await on.client.upload(MEDIA_FOLDER / name))['id']}"
        for name in ("portrait.jpg", "speech.wav")
    ]
    portraits = [
        await on.client.submit("wavespeed/portrait", {"prompt": f"{name} in oil", "image": face})
        for name in NAMES
    ]
    await on.client.submit("302ai/portrait", {"image_input": face, "prompt": "in the snow"})
    fails = "a sketch [sandbox outcome=failed]"
    await on.client.submit("wavespeed/portrait", {"prompt": fails, "image": face})
    never = "in the rain [sandbox webhook=never duration=9999]"
    await on.client.submit("wavespeed/portrait", {"prompt": never, "image": face})
    for portrait in portraits:
        await _look(on, portrait["id"])
    await on.client.submit("wavespeed/avatar-omni-human", {"image": face, "audio": voice})
    scans = [
        await on.client.submit("alltoken/liveness", {"name": name, "asset": {"url": face}})
        for name in NAMES[:2]
    ]
    person = {"type": "image_url", "image_url": {"url": f"submission://{scans[0]['id']}"}}
    content = [person | {"role": "reference_image"}]
    film = {"model": "seedance-2.0", "prompt": "she smiles", "content": content}
    await on.client.submit("alltoken/video", film)
    return portraits[0], scans[0]


async def _look(on: Stage, submission_id: str) -> None:
    """Until it has ended."""
    seen = None
    while seen is None or seen.submission["status"] not in FINAL:
        seen = await on.client.look(submission_id, seen, 30)


async def _phone(browser: Browser, link: str) -> None:
    """Start by day and by night, and the end of the scan."""
    shots = []
    for scheme in ("light", "dark"):
        async with _window(browser, PHONE, scheme) as page:
            await page.goto(link)
            shots.append(await page.screenshot())
    async with _window(browser, PHONE) as page:
        await page.goto(link)
        await page.get_by_role("button", name="Start").click()
        await page.get_by_role("button", name="Complete").click()
        await page.get_by_role("heading", name="All done").wait_for()
        shots.append(await page.screenshot())
    encoded = [base64.b64encode(shot).decode() for shot in shots]
    async with _window(browser, (1300, 900)) as page:
        await page.set_content(FRAME.format(images="".join(ONE.format(content=c) for c in encoded)))
        await page.locator("body").screenshot(path=IMAGES / "phone.png")


async def _desk(on: Stage, browser: Browser, admin: str, submission_id: str) -> None:
    async with _window(browser, DESKTOP) as page:
        await page.goto(f"{on.url}/dashboard/login")
        await page.get_by_label("key").fill(admin)
        await page.get_by_role("button").first.click()
        await page.wait_for_url(f"{on.url}/dashboard")
        await page.screenshot(path=IMAGES / "dashboard.png")
        await page.emulate_media(color_scheme="dark")
        await page.goto(f"{on.url}/dashboard/submissions/{submission_id}")
        await page.screenshot(path=IMAGES / "submission.png")


async def _documents(on: Stage, browser: Browser) -> None:
    async with _window(browser, WIDE) as page:
        await page.goto(f"{on.url}/docs")
        await page.screenshot(path=IMAGES / "docs.png")


async def _doctor(on: Stage, browser: Browser) -> None:
    """What it says at a terminal, in a terminal's colours."""
    providers = {
        f"{name}_{rest}": value
        for name in ("WAVESPEED", "AI302", "ALLTOKEN")
        for rest, value in (("API_KEY", "sandbox"), ("BASE_URL", on.sandbox_url))
    }
    own = {"LIKENESS_PUBLIC_URL": on.url, "LIKENESS_DATA_DIR": on.folder.name, "PORT": str(PORT)}
    root = str(Path(__file__).parents[2])
    terminal = {"FORCE_COLOR": "1", "COLUMNS": "104", "PYTHONPATH": root}
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "app", "doctor"],
        cwd=on.folder.parent,
        env=providers | own | terminal,
        capture_output=True,
        text=True,
        check=True,
    )
    console = Console(record=True, width=104, file=StringIO())
    said = [line for line in done.stderr.splitlines() if line.strip() and "looking" not in line]
    console.print(Text.from_ansi("\n".join(["$ likeness doctor", done.stdout.rstrip(), "", *said])))
    page_text = console.export_html(theme=MONOKAI, code_format=TERMINAL)
    async with _window(browser, WIDE) as page:
        await page.set_content(page_text)
        await page.locator("pre").screenshot(path=IMAGES / "doctor.png")


TERMINAL = """
<style>{stylesheet}
pre {{ display: inline-block; margin: 0; padding: 20px 24px; color: #d7dce5; background: #15181e;
font: 14px/1.45 "DejaVu Sans Mono", monospace; }}</style><pre>{code}</pre>
"""


def _pack(image: Path) -> None:
    """With 256 colours of its own a page looks the same, and takes a third."""
    with Image.open(image) as opened:
        packed = opened.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    packed.save(image, optimize=True)


async def _admin(on: Stage) -> str:
    async with open_store(f"sqlite:///{on.folder / 'likeness.db'}") as store:
        made = await make(store, on.clock.now(), "operator", admin=True)
    assert made is not None
    return made.api_key


@asynccontextmanager
async def _chromium() -> AsyncIterator[Browser]:
    assert CHROMIUM is not None, "apt-get install chromium-headless-shell, or chromium"
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield running
        await running.close()


@asynccontextmanager
async def _window(
    browser: Browser, size: tuple[int, int], scheme: str = "light"
) -> AsyncIterator[Page]:
    page = await browser.new_page(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        locale="en",
        has_touch=size == PHONE,
    )
    try:
        yield page
    finally:
        await page.close()


if __name__ == "__main__":
    asyncio.run(take())
