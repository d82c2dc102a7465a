"""API keys on the command line: made, listed, revoked, and their webhook secrets rotated."""

from rich.table import Table

from app.clock import SystemClock
from app.console import grid, plain, show_rows, tell
from app.ending import Code, Stop
from app.settings import Settings
from domain.errors import Refused
from domain.times import rfc3339
from engine.keys import check_name, check_notify, make, rotate
from store.keys import ApiKey
from store.store import open_store


async def create(
    settings: Settings, name: str, *, admin: bool, notify: str | None, as_json: bool
) -> None:
    _check(name, notify)
    async with open_store(settings.store_url) as store:
        made = await make(store, SystemClock().now(), name, admin=admin, notify=notify)
    if made is None:
        raise Stop(f"There is already a key named {name}; names are used once.", Code.FAILED)
    tell(
        made.as_json(),
        f"[green]Key {plain(name)} is made.[/green] It is shown only now: keep both lines. Send the first "
        "as `Authorization: Bearer lk_...`; with the second you verify our webhooks to you.",
        as_json=as_json,
        result=f"  api_key         {made.api_key}\n  webhook_secret  {made.webhook_secret}",
    )


async def show_all(settings: Settings, *, as_json: bool) -> None:
    async with open_store(settings.store_url) as store:
        keys = await store.keys()
    none = "There is no key yet. Make one with `likeness keys create NAME`."
    show_rows([_shown(key) for key in keys], _table(keys), as_json=as_json, none=none)


async def revoke(settings: Settings, name: str, *, as_json: bool) -> None:
    async with open_store(settings.store_url) as store:
        now = SystemClock().now()
        done = await store.revoke_key(name, now)
    if not done:
        raise _unknown(name)
    told = f"Key {plain(name)} is revoked; nobody can use it from now on."
    tell({"name": name, "revoked_at": rfc3339(now)}, told, as_json=as_json)


async def rotate_secret(settings: Settings, name: str, *, force: bool, as_json: bool) -> None:
    """Also when that ends a secret early, if it is forced."""
    early, rotated = None, None
    async with open_store(settings.store_url) as store:
        try:
            rotated = await rotate(store, SystemClock().now(), name, force=force)
        except Refused as error:
            early = error.message
    if early is not None:
        raise Stop(f"{early} With --force that one ends now.", Code.FAILED)
    if rotated is None:
        raise _unknown(name)
    secret = rotated.webhook_secret
    tell(
        {"name": name, "webhook_secret": secret},
        f"[green]Key {plain(name)} has a new webhook secret.[/green] It is shown only now. "
        f"The old one signs as well until {rfc3339(rotated.until)}.",
        as_json=as_json,
        result=f"  webhook_secret  {secret}",
    )


def _check(name: str, notify: str | None) -> None:
    try:
        check_name(name)
    except ValueError as error:
        raise Stop(f"NAME {error}.") from error
    if notify is None:
        return
    try:
        check_notify(notify)
    except ValueError as error:
        raise Stop(f"--notify: {error}.") from error


def _unknown(name: str) -> Stop:
    return Stop(f"There is no living key named {name}.", Code.FAILED)


def _shown(key: ApiKey) -> dict[str, str | bool | None]:
    return {
        "id": key.id,
        "name": key.name,
        "admin": key.admin,
        "notify_url": key.notify_url,
        "created_at": rfc3339(key.created_at),
        "revoked_at": rfc3339(key.revoked_at) if key.revoked_at is not None else None,
    }


def _table(keys: list[ApiKey]) -> Table:
    table = grid("Name", "Rights", "Notify", "Created", "Revoked")
    # A name may be long, and is typed rather than copied.
    table.columns[0].no_wrap = False
    for key in keys:
        shown = _shown(key)
        table.add_row(
            plain(key.name),
            "admin" if key.admin else "client",
            plain(key.notify_url or "-"),
            str(shown["created_at"]),
            str(shown["revoked_at"] or "-"),
        )
    return table
