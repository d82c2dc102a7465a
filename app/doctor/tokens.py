"""The keys that sign our tokens, read where the service reads them; none is made here."""

from app.doctor.aside import aside
from app.secret_file import NAME, read_keys
from app.settings import Settings
from engine.tokens import Tokens


async def tokens_of(settings: Settings) -> Tokens | None:
    """None before the first start, and where the file cannot be read."""
    if settings.secret_keys:
        return Tokens(settings.secret_keys)
    try:
        keys = await aside(lambda: read_keys(settings.data_dir / NAME))
    except OSError:
        return None
    return Tokens(keys) if keys else None
