"""A page around a face scan, and its elements as a browser reads them."""

from html.parser import HTMLParser

from domain.times import DAY
from handlers.pages import ScanView

VIEW = ScanView(
    state="start",
    language="en",
    name="Li Mei",
    start_url="https://likeness.example/scan/token/start",
    page_url="https://likeness.example/scan/token",
    return_url="https://client.example/back?a=1&b=2",
    expires_at=10 * DAY,
    now=9 * DAY,
    seconds_left=95,
    with_asset=True,
)


class Elements(HTMLParser):
    """The elements of a page with their attributes; scripts and styles with what stands in them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.raw = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem:
            self.raw += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]
