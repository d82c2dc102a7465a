"""What stands behind a URL's question mark."""

from starlette.requests import Request

from domain.errors import FieldError


def once(request: Request, name: str, errors: list[FieldError]) -> str | None:
    """A parameter's value, None without it; given twice, it is an error."""
    values = request.query_params.getlist(name)
    if len(values) > 1:
        errors.append(FieldError(pointer=f"/{name}", message="must be given once"))
        return None
    return values[0] if values else None
