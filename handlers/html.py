"""Pages as text: the one environment of templates, and the headers that every page carries."""

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

# No form-action: browsers apply it to redirects too, and Start redirects to the scan service.
HEADERS: dict[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
        "media-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}

TEMPLATES = Environment(
    loader=PackageLoader("handlers"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(template: str, **values: Any) -> str:
    return TEMPLATES.get_template(template).render(**values)
