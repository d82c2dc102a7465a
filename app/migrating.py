"""The database is brought up to date."""

from app.console import plain, tell
from app.settings import Settings
from app.settings_table import without_password
from store.migrate import migrate as bring_up_to_date
from store.opening import connected


async def migrate(settings: Settings, *, as_json: bool) -> None:
    async with connected(settings.store_url) as database:
        applied = await bring_up_to_date(database)
    shown = plain(without_password(settings.store_url).removeprefix("sqlite:///"))
    news = f"now has {', '.join(applied)}" if applied else "is up to date"
    tell({"applied": applied}, f"The database {shown} {news}.", as_json=as_json)
