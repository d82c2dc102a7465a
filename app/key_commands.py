"""API keys on the command line: made, listed, revoked, and their webhook secrets rotated."""

import base64
import secrets
from dataclasses import dataclass, field

from rich.table import Table

from app.clock import SystemClock
from app.console import OUT, grid, plain, say, show_json, show_table
from app.ending import Code, Stop
from app.settings import Settings
from domain.ids import new_id
from domain.media import check_link
from domain.times import DAY, Clock, rfc3339
from handlers.auth import hash_of
from store.keys import ApiKey, NewSecret
from store.store import Store, open_store


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key as its owner sees it, once."""

    name: str
    api_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)

    def as_json(self) -> dict[str, str]:
        return {
            "name": self.name,
            "api_key": self.api_key,
            "webhook_secret": self.webhook_secret,
        }


async def add(
    store: Store, clock: Clock, name: str, *, admin: bool = False, notify: str | None = None
) -> NewKey | None:
    """Make a key of which only a hash is kept; None when the name is taken."""
    now = clock.now()
    made = NewKey(
        name=name, api_key=f"lk_{secrets.token_urlsafe(32)}", webhook_secret=_webhook_secret()
    )
    key = ApiKey(
        id=new_id("key", now),
        name=name,
        hash=hash_of(made.api_key),
        admin=admin,
        notify_url=notify,
        webhook_secret=made.webhook_secret,
        created_at=now,
    )
    return made if await store.add_key(key) else None


async def create(
    settings: Settings, name: str, *, admin: bool, notify: str | None, as_json: bool
) -> None:
    _check(name, notify)
    async with open_store(settings.store_url) as store:
        made = await add(store, SystemClock(), name, admin=admin, notify=notify)
    if made is None:
        raise Stop(f"There is already a key named {name}; names are used once.", Code.FAILED)
    if as_json:
        show_json(made.as_json(), lines=True)
        return
    say(f"[green]Key {plain(name)} is made.[/green] Keep both lines: they are shown only now.")
    OUT.print(f"  api_key         {plain(made.api_key)}")
    OUT.print(f"  webhook_secret  {plain(made.webhook_secret)}")
    say(
        "Send the first as `Authorization: Bearer lk_...`; with the second you verify our webhooks to you."
    )


async def show_all(settings: Settings, *, as_json: bool) -> None:
    async with open_store(settings.store_url) as store:
        keys = await store.keys()
    if as_json:
        show_json([_shown(key) for key in keys])
    elif not keys:
        say("There is no key yet. Make one with `likeness keys create NAME`.")
    else:
        show_table(_table(keys))


async def revoke(settings: Settings, name: str) -> None:
    async with open_store(settings.store_url) as store:
        done = await store.revoke_key(name, SystemClock().now())
    if not done:
        raise _unknown(name)
    say(f"Key {plain(name)} is revoked; nobody can use it from now on.")


async def rotate_secret(settings: Settings, name: str, *, force: bool, as_json: bool) -> None:
    """Two secrets sign at most, so a second rotation within the day would end the first secret."""
    secret, now = _webhook_secret(), SystemClock().now()
    until = now + DAY
    async with open_store(settings.store_url) as store:
        signing = [key.previous_until or 0 for key in await store.keys() if key.name == name]
        early = not force and any(now < end for end in signing)
        wish = NewSecret(name=name, webhook_secret=secret, until=until)
        done = not early and await store.rotate_secret(wish)
    if early:
        raise Stop(
            f"The secret of {name} was rotated within the last day, and the one before signs "
            f"until {rfc3339(max(signing))}. With --force that one ends now.",
            Code.FAILED,
        )
    if not done:
        raise _unknown(name)
    if as_json:
        show_json({"name": name, "webhook_secret": secret}, lines=True)
        return
    say(f"[green]Key {plain(name)} has a new webhook secret.[/green] It is shown only now.")
    OUT.print(f"  webhook_secret  {plain(secret)}")
    say(f"The old one signs as well until {rfc3339(until)}.")


def _webhook_secret() -> str:
    """As Standard Webhooks has it: base64 of random bytes after `whsec_`."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def _check(name: str, notify: str | None) -> None:
    if not name.strip() or not name.isprintable() or len(name) > 100:
        raise Stop("NAME must be 1 to 100 printable characters.")
    if notify is None:
        return
    try:
        check_link(notify)
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
