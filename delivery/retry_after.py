"""How long a receiver asks us to wait."""

from datetime import UTC
from email.utils import parsedate_to_datetime

from domain.times import DAY, SECOND

LONGEST = DAY


def retry_after(value: str | None, now: int) -> int | None:
    """Milliseconds from now, 0 to 24 hours, from seconds or an HTTP date (RFC 9110 10.2.3);
    None where there is nothing that can be read."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        # Python refuses to read numbers of thousands of digits.
        seconds = int(text[:10]) if len(text.lstrip("0")) <= 10 else LONGEST
        return min(seconds * SECOND, LONGEST)
    moment = _moment(text)
    return None if moment is None else max(0, min(moment - now, LONGEST))


def _moment(text: str) -> int | None:
    try:
        date = parsedate_to_datetime(text)
        # A date of the form "-0000" comes without a zone; HTTP dates are always GMT.
        return round((date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()) * SECOND
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
