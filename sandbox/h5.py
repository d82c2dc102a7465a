"""The page behind H5Link: what the person sees on the phone instead of a real face scan."""

from dataclasses import dataclass
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.portraits import Session
from sandbox.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    lang: str
    title: str
    hint: str
    complete: str
    fail: str
    checking: str
    done: str
    gone: str


WORDS = {
    "zh": Words(
        lang="zh-CN",
        title="真人认证",
        hint="请将面部对准取景框。这是模拟页面，不会使用摄像头。",
        complete="完成",
        fail="认证失败",
        checking="认证仍在进行，请稍候。",
        done="认证已结束，可以关闭此页面。",
        gone="链接已失效，请重新发起认证。",
    ),
    "zh-Hant": Words(
        lang="zh-Hant",
        title="真人認證",
        hint="請將臉部對準取景框。這是模擬頁面，不會使用攝影機。",
        complete="完成",
        fail="認證失敗",
        checking="認證仍在進行，請稍候。",
        done="認證已結束，可以關閉此頁面。",
        gone="連結已失效，請重新發起認證。",
    ),
    "en": Words(
        lang="en",
        title="Liveness check",
        hint="Place your face in the frame. This page is simulated and uses no camera.",
        complete="Complete",
        fail="Scan fails",
        checking="The check is still running, please wait.",
        done="The check has ended. You may close this page.",
        gone="This link is no longer valid. Please begin a new check.",
    ),
}

STYLE = (
    "body{font:18px/1.5 system-ui,sans-serif;margin:0;background:#f4f5f7;color:#1c2430}"
    "main{max-width:24rem;margin:0 auto;padding:2rem 1.25rem;text-align:center}"
    ".face{width:13rem;height:13rem;margin:1.5rem auto;border:4px solid #3d6bff;border-radius:50%;"
    "background:radial-gradient(circle at 50% 40%,#e4b994 28%,#cfd8e6 29%)}"
    "button{display:block;width:100%;margin:.75rem 0;padding:.9rem;font:inherit;border:0;"
    "border-radius:.75rem;background:#3d6bff;color:#fff}"
    "button.plain{background:#e3e7ee;color:#1c2430}"
)


async def show(request: Request) -> Response:
    session = _session(request)
    words = WORDS.get(request.query_params.get("lng", "zh"), WORDS["en"])
    if session is None or _used_up(request, session):
        return _page(words, f"<p>{words.gone}</p>", 410)
    return _page(
        words,
        f'<div class="face"></div><p>{words.hint}</p>'
        f'<form method="post" action="{escape(_address(request))}">'
        f'<button name="end" value="complete">{words.complete}</button>'
        f'<button name="end" value="fail" class="plain">{words.fail}</button></form>',
    )


async def finish(request: Request) -> Response:
    session = _session(request)
    words = WORDS.get(request.query_params.get("lng", "zh"), WORDS["en"])
    if session is None or _used_up(request, session):
        return _page(words, f"<p>{words.gone}</p>", 410)
    form = await request.form()
    target = await _world(request).scan(session.token, form.get("end") != "fail")
    if target is not None:
        return RedirectResponse(target, 303)
    return _page(words, f"<p>{words.done if session.scanned else words.checking}</p>")


def _session(request: Request) -> Session | None:
    query = request.query_params
    token = query.get("bytedToken") or query.get("uid", "")[::-1]
    return _world(request).sessions.get(token)


def _used_up(request: Request, session: Session) -> bool:
    """One link, one scan, within the life of the token."""
    return bool(session.scanned) or session.expired(_world(request).now())


def _world(request: Request) -> World:
    world: World = request.app.state.world
    return world


def _address(request: Request) -> str:
    return f"{request.url.path}?{request.url.query}"


def _page(words: Words, inside: str, status: int = 200) -> Response:
    return HTMLResponse(
        f'<!doctype html><html lang="{words.lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{words.title}</title><style>{STYLE}</style>"
        '<link rel="icon" href="data:,"></head>'
        f"<body><main><h1>{words.title}</h1>{inside}</main></body></html>",
        status,
        {"cache-control": "no-store"},
    )


H5_ROUTES = [Route("/h5", show, methods=["GET"]), Route("/h5", finish, methods=["POST"])]
