"""Settings: read once from the environment, checked, and listed from the same table.

Rules of this file:
- Nothing else reads the environment. An empty variable counts as unset.
- A bad value is one sentence that names its variable.
- SETTINGS is the one list: the README's table, `likeness settings` and the reading are made from it.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from domain.errors import LikenessError


class BadSetting(LikenessError):
    """A variable has a value that cannot be used; the text is for the operator."""


def _text(value: str) -> str:
    return value


def _api_key(value: str) -> str:
    if not (value.isascii() and value.isprintable()) or " " in value:
        raise ValueError("must be plain characters without blanks")
    return value


def _environment(value: str) -> str:
    if value not in ("development", "production"):
        raise ValueError("must be development or production")
    return value


def _url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an http:// or https:// URL")
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("must have no query, fragment or user name")
    return value.rstrip("/")


def _database(value: str) -> str:
    if value.startswith("sqlite:///") and len(value) > len("sqlite:///"):
        return value
    if value.startswith(("postgres://", "postgresql://")):
        return value
    raise ValueError("must look like sqlite:///var/likeness.db or postgresql://user@host/likeness")


def _path(value: str) -> str:
    if not value.startswith("/"):
        raise ValueError("must begin with /")
    return value


def _port(value: str) -> int:
    port = int(value) if value.isascii() and value.isdigit() else -1
    if not 0 <= port <= 65535:
        raise ValueError("must be a port, 0 to 65535")
    return port


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds <= 10 * 365 * 86400:
        raise ValueError("must be a positive number of seconds")
    return seconds


def _grace(value: str) -> float:
    return 0.0 if value == "0" else _seconds(value)


def _days(value: str) -> int:
    if not (value.isascii() and value.isdigit() and 0 < int(value) <= 36500):
        raise ValueError("must be a whole number of days, at least 1")
    return int(value)


def _waits(value: str) -> tuple[float, ...]:
    return tuple(_seconds(part.strip()) for part in value.split(","))


def _list(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _secret_keys(value: str) -> tuple[str, ...]:
    keys = _list(value)
    if not keys:
        raise ValueError("must be a comma list of keys")
    return keys


def _webhook_secrets(value: str) -> tuple[str, ...]:
    secrets = _list(value)
    if not all(secret.startswith("whsec_") and len(secret) > len("whsec_") for secret in secrets):
        raise ValueError("must be a comma list of secrets that begin with whsec_")
    return secrets


def _networks(value: str) -> tuple[str, ...]:
    if value.strip() == "none":
        return ()
    for part in _list(value):
        try:
            ip_network(part)
        except ValueError as error:
            raise ValueError("must be a comma list of CIDRs such as 10.0.0.0/8, or none") from error
    return _list(value)


def _archive(value: str) -> str:
    scheme, _, rest = value.partition("://")
    # What stands before a path is a host: of file://results nothing would be left but this folder.
    known = rest.startswith("/") if scheme == "file" else scheme in ("s3", "gs", "az")
    if value in ("file", "off") or (known and rest.strip("/")):
        return value
    raise ValueError("must be file, off or an object-store URL such as s3://bucket/prefix")


LOOPBACK = ("127.0.0.0/8", "::1/128")


def setting(
    variable: str, read: Callable[[str], Any], meaning: str, *, default: Any = None, shown: str = ""
) -> Any:
    """A field that is read from `variable`; `shown` is how a default that depends is told."""
    secret = read in (_secret_keys, _webhook_secrets) or variable.endswith(
        ("_API_KEY", "_TOKEN", "DATABASE_URL")
    )
    return field(
        default=default,
        repr=not secret,
        metadata={
            "variable": variable,
            "read": read,
            "meaning": meaning,
            "shown": shown,
            "secret": secret,
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that an operator can set. Durations are in seconds."""

    env: str = setting(
        "LIKENESS_ENV",
        _environment,
        "`production` refuses to start with a missing secret or public URL, and reaches no private network",
        default="development",
    )
    public_url: str | None = setting(
        "LIKENESS_PUBLIC_URL",
        _url,
        "where providers and phones reach us; without it everything completes by polling and face scans are refused",
    )
    secret_keys: tuple[str, ...] = setting(
        "LIKENESS_SECRET_KEYS",
        _secret_keys,
        "comma list, newest first: the first signs our tokens, all verify",
        default=(),
        shown="made once, kept in the data folder",
    )
    data_dir: Path = setting(  # noqa: RUF009 - a frozen Path is a fine shared default
        "LIKENESS_DATA_DIR",
        Path,
        "the embedded database, uploads and archived results",
        default=Path("var"),
    )
    database_url: str = setting(
        "DATABASE_URL",
        _database,
        "where the rows are: an SQLite file, or `postgresql://user:password@host/name`, also with several hosts",
        default="",
        shown="sqlite:///<data dir>/likeness.db",
    )
    port: int = setting("PORT", _port, "where `serve` listens", default=8000)
    host: str = setting(
        "LIKENESS_HOST",
        _text,
        "the address that `serve` listens on",
        default="",
        shown="127.0.0.1, in production 0.0.0.0",
    )
    wavespeed_api_key: str | None = setting(
        "WAVESPEED_API_KEY", _api_key, "your key of WaveSpeedAI"
    )
    wavespeed_base_url: str = setting(
        "WAVESPEED_BASE_URL", _url, "where WaveSpeedAI is", default="https://api.wavespeed.ai"
    )
    wavespeed_webhook_secrets: tuple[str, ...] = setting(
        "WAVESPEED_WEBHOOK_SECRETS",
        _webhook_secrets,
        "comma list of `whsec_…`; without it the secret is fetched from WaveSpeedAI",
        default=(),
        shown="fetched",
    )
    ai302_api_key: str | None = setting("AI302_API_KEY", _api_key, "your key of 302.AI")
    ai302_base_url: str = setting(
        "AI302_BASE_URL", _url, "where 302.AI is", default="https://api.302.ai"
    )
    ai302_portrait_result_path: str = setting(
        "AI302_PORTRAIT_RESULT_PATH",
        _path,
        "the path of its portrait query",
        default="/doubao/drawing/portrait_result",
    )
    alltoken_api_key: str | None = setting("ALLTOKEN_API_KEY", _api_key, "your key of AllToken")
    alltoken_base_url: str = setting(
        "ALLTOKEN_BASE_URL", _url, "where AllToken is", default="https://api.alltoken.ai"
    )
    poll_grace: float = setting(
        "LIKENESS_POLL_GRACE_S",
        _grace,
        "silence after which a job with a promised webhook is polled anyway",
        default=20.0,
    )
    poll_interval: float | None = setting(
        "LIKENESS_POLL_INTERVAL_S",
        _seconds,
        "first wait between two questions, for all kinds",
        shown="2 image, 5 video, 3 asset and face scan",
    )
    liveness_ttl: float = setting(
        "LIKENESS_LIVENESS_TTL_S",
        _seconds,
        "how long a BytedToken and an H5Link live",
        default=120.0,
    )
    scan_link_ttl: float = setting(
        "LIKENESS_SCAN_LINK_TTL_S", _seconds, "how long our own scan link lives", default=86400.0
    )
    deadline: float = setting(
        "LIKENESS_DEADLINE_S",
        _seconds,
        "a submission expires after this; waiting for a person does not count",
        default=86400.0,
    )
    settle: float | None = setting(
        "LIKENESS_SETTLE_S",
        _seconds,
        "how long a submit of unknown outcome may wait for its webhook",
        shown="600 image, 7200 avatar and video",
    )
    delivery_schedule: tuple[float, ...] = setting(
        "LIKENESS_DELIVERY_SCHEDULE_S",
        _waits,
        "waits between attempts to tell a client",
        default=(5.0, 300.0, 1800.0, 7200.0, 18000.0, 36000.0, 50400.0, 72000.0, 86400.0),
    )
    outbound_allow: tuple[str, ...] | None = setting(
        "LIKENESS_OUTBOUND_ALLOW",
        _networks,
        "CIDRs of private networks that calls to client and media URLs may reach; `none` allows nothing",
        shown="loopback in development, nothing in production",
    )
    archive: str = setting(
        "LIKENESS_ARCHIVE",
        _archive,
        "where outputs are copied: `file`, `off`, or an object-store URL such as `s3://bucket/prefix`",
        default="file",
    )
    retention_days: int = setting(
        "LIKENESS_RETENTION_DAYS",
        _days,
        "finished submissions are erased after this",
        default=30,
    )
    metrics_token: str | None = setting("LIKENESS_METRICS_TOKEN", _text, "a bearer for `/metrics`")
    metrics_port: int | None = setting(
        "LIKENESS_METRICS_PORT",
        _port,
        "where `work`, which has no other HTTP, shows `/metrics`, `/healthz` and `/readyz`: on 127.0.0.1, or on `LIKENESS_HOST` when that is set",
    )
    otlp_endpoint: str | None = setting(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        _url,
        "an OpenTelemetry collector that takes OTLP over HTTP; traces go there when `likeness[otel]` is installed",
    )

    @property
    def production(self) -> bool:
        return self.env == "production"

    @property
    def listen_host(self) -> str:
        return self.host or ("0.0.0.0" if self.production else "127.0.0.1")  # noqa: S104 - as the contract says

    @property
    def store_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'likeness.db'}"

    @property
    def shared(self) -> bool:
        """Whether processes on several machines may use the same rows."""
        return not self.store_url.startswith("sqlite:///")

    @property
    def base_url(self) -> str:
        """Where our own links point."""
        host = "127.0.0.1" if self.listen_host == "0.0.0.0" else self.listen_host  # noqa: S104 - compared, not bound
        shown = f"[{host}]" if ":" in host else host
        return self.public_url or f"http://{shown}:{self.port}"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process; BadSetting names the first variable that is wrong."""
    settings, wrong = read_leniently(environment)
    if wrong:
        raise BadSetting(wrong[0])
    return settings


def read_leniently(environment: Mapping[str, str] | None = None) -> tuple[Settings, list[str]]:
    """The settings, and a sentence for each variable that is wrong and so left at its default."""
    variables = os.environ if environment is None else environment
    given: dict[str, Any] = {}
    wrong: list[str] = []
    for item in fields(Settings):
        text = variables.get(item.metadata["variable"], "").strip()
        if not text:
            continue
        try:
            given[item.name] = item.metadata["read"](text)
        except ValueError as error:
            wrong.append(f"{item.metadata['variable']} {error}.")
    settings = Settings(**given)
    return settings, wrong + (_missing_in_production(settings) if settings.production else [])


def given_variables(environment: Mapping[str, str] | None = None) -> list[str]:
    """The names of all that is set to something."""
    variables = os.environ if environment is None else environment
    return [name for name, text in variables.items() if text.strip()]


def client_variables(environment: Mapping[str, str] | None = None) -> tuple[str, str | None]:
    """Which service the command line talks to, and with which API key; no settings of a service."""
    variables = os.environ if environment is None else environment
    url = variables.get("LIKENESS_URL", "").strip() or "http://127.0.0.1:8000"
    return url.rstrip("/"), variables.get("LIKENESS_API_KEY", "").strip() or None


def _missing_in_production(settings: Settings) -> list[str]:
    missing = []
    if not settings.secret_keys or min(len(key) for key in settings.secret_keys) < 16:
        missing.append(
            "LIKENESS_SECRET_KEYS is missing or too short: production needs keys of at least 16 characters."
        )
    if settings.public_url is None:
        missing.append(
            "LIKENESS_PUBLIC_URL is missing: production needs the URL that phones reach."
        )
    elif not settings.public_url.startswith("https://"):
        missing.append("LIKENESS_PUBLIC_URL must begin with https:// in production.")
    return missing
