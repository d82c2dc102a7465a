"""Settings: each variable is read, each bad value names its variable, production is strict."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from app.settings import BadSetting, Settings, client_variables, read_settings

PRODUCTION = {
    "LIKENESS_ENV": "production",
    "LIKENESS_PUBLIC_URL": "https://likeness.example",
    "LIKENESS_SECRET_KEYS": "0123456789abcdef",
}
GOOD: dict[str, tuple[str, str, Any]] = {
    "LIKENESS_ENV": ("development", "env", "development"),
    "LIKENESS_PUBLIC_URL": ("https://a.example/x/", "public_url", "https://a.example/x"),
    "LIKENESS_SECRET_KEYS": ("new, old", "secret_keys", ("new", "old")),
    "LIKENESS_DATA_DIR": ("/srv/likeness", "data_dir", Path("/srv/likeness")),
    "DATABASE_URL": ("sqlite:///a.db", "database_url", "sqlite:///a.db"),
    "PORT": ("9", "port", 9),
    "LIKENESS_HOST": ("::1", "host", "::1"),
    "WAVESPEED_API_KEY": ("k", "wavespeed_api_key", "k"),
    "WAVESPEED_BASE_URL": ("http://w", "wavespeed_base_url", "http://w"),
    "WAVESPEED_WEBHOOK_SECRETS": (
        "whsec_a,whsec_b",
        "wavespeed_webhook_secrets",
        ("whsec_a", "whsec_b"),
    ),
    "AI302_API_KEY": ("k", "ai302_api_key", "k"),
    "AI302_BASE_URL": ("http://a", "ai302_base_url", "http://a"),
    "AI302_PORTRAIT_RESULT_PATH": ("/q", "ai302_portrait_result_path", "/q"),
    "ALLTOKEN_API_KEY": ("k", "alltoken_api_key", "k"),
    "ALLTOKEN_BASE_URL": ("http://t", "alltoken_base_url", "http://t"),
    "LIKENESS_POLL_GRACE_S": ("0", "poll_grace", 0.0),
    "LIKENESS_POLL_INTERVAL_S": ("0.5", "poll_interval", 0.5),
    "LIKENESS_LIVENESS_TTL_S": ("60", "liveness_ttl", 60.0),
    "LIKENESS_SCAN_LINK_TTL_S": ("60", "scan_link_ttl", 60.0),
    "LIKENESS_DEADLINE_S": ("60", "deadline", 60.0),
    "LIKENESS_SETTLE_S": ("60", "settle", 60.0),
    "LIKENESS_DELIVERY_SCHEDULE_S": ("1, 2.5", "delivery_schedule", (1.0, 2.5)),
    "LIKENESS_OUTBOUND_ALLOW": (
        "10.0.0.0/8,fd00::/8",
        "outbound_allow",
        ("10.0.0.0/8", "fd00::/8"),
    ),
    "LIKENESS_ARCHIVE": ("s3://bucket/prefix", "archive", "s3://bucket/prefix"),
    "LIKENESS_RETENTION_DAYS": ("7", "retention_days", 7),
    "LIKENESS_METRICS_TOKEN": ("t", "metrics_token", "t"),
    "LIKENESS_METRICS_PORT": ("9001", "metrics_port", 9001),
    "OTEL_EXPORTER_OTLP_ENDPOINT": ("http://otel:4318/", "otlp_endpoint", "http://otel:4318"),
}
BAD = {
    "LIKENESS_ENV": ("staging", "Production"),
    "LIKENESS_PUBLIC_URL": (
        "likeness.example",
        "ftp://a",
        "https://",
        "https://a?b",
        "https://u@a",
    ),
    "LIKENESS_SECRET_KEYS": (",",),
    "DATABASE_URL": ("mysql://a", "sqlite:///", "likeness.db"),
    "PORT": ("-1", "65536", "http", "80.0", "٣"),
    "WAVESPEED_API_KEY": ("two words", "schlüssel", "a\nb"),
    "WAVESPEED_BASE_URL": ("api.wavespeed.ai",),
    "WAVESPEED_WEBHOOK_SECRETS": ("whsec_a,b", "whsec_"),
    "AI302_API_KEY": ("two words", "钥匙"),
    "AI302_BASE_URL": ("x",),
    "AI302_PORTRAIT_RESULT_PATH": ("doubao",),
    "ALLTOKEN_API_KEY": ("two words", "a\x7fb"),
    "ALLTOKEN_BASE_URL": ("x",),
    "LIKENESS_POLL_GRACE_S": ("-1", "soon"),
    "LIKENESS_POLL_INTERVAL_S": ("0", "nan", "inf"),
    "LIKENESS_LIVENESS_TTL_S": ("0",),
    "LIKENESS_SCAN_LINK_TTL_S": ("1 day",),
    "LIKENESS_DEADLINE_S": ("-5",),
    "LIKENESS_SETTLE_S": ("x",),
    "LIKENESS_DELIVERY_SCHEDULE_S": ("5,,6", "5;6", "0"),
    "LIKENESS_OUTBOUND_ALLOW": ("10.0.0.1/8", "intranet"),
    "LIKENESS_ARCHIVE": (
        "folder",
        "ftp://a/b",
        "https://a/b",
        "://a",
        "s3://",
        "s3:///",
        "s3:/a",
        "file://results",
    ),
    "LIKENESS_RETENTION_DAYS": ("0", "1.5", "forever"),
    "LIKENESS_METRICS_PORT": ("-1", "65536", "http"),
    "OTEL_EXPORTER_OTLP_ENDPOINT": (
        *("otel:4318", "grpc://otel:4317"),
        *("http://me:squirrel@otel", "http://:squirrel@otel"),
    ),
}
TAKES_ANYTHING = {
    "LIKENESS_DATA_DIR",
    "LIKENESS_HOST",
    "LIKENESS_METRICS_TOKEN",
}


def test_these_tests_know_every_variable() -> None:
    every = {field.metadata["variable"] for field in fields(Settings)}
    assert set(GOOD) == every
    assert set(BAD) | TAKES_ANYTHING == every


@pytest.mark.parametrize("variable", GOOD)
def test_a_variable_is_read(variable: str) -> None:
    text, name, value = GOOD[variable]
    assert getattr(read_settings({variable: f" {text} "}), name) == value


@pytest.mark.parametrize(
    ("variable", "text"), [(variable, text) for variable, texts in BAD.items() for text in texts]
)
def test_a_bad_value_names_its_variable_in_one_sentence(variable: str, text: str) -> None:
    with pytest.raises(BadSetting) as caught:
        read_settings({variable: text})
    sentence = str(caught.value)
    assert sentence.startswith(f"{variable} ")
    assert sentence.endswith(".")
    assert "\n" not in sentence


@pytest.mark.parametrize("variable", GOOD)
@pytest.mark.parametrize("nothing", ["", "  "])
def test_an_empty_variable_counts_as_unset(variable: str, nothing: str) -> None:
    assert read_settings({variable: nothing}) == Settings()


def test_none_allows_no_private_network() -> None:
    assert read_settings({"LIKENESS_OUTBOUND_ALLOW": "none"}).outbound_allow == ()


def test_no_secret_stands_in_the_settings_text() -> None:
    secrets = {
        "LIKENESS_SECRET_KEYS": "squirrel",
        "WAVESPEED_API_KEY": "squirrel",
        "AI302_API_KEY": "squirrel",
        "ALLTOKEN_API_KEY": "squirrel",
        "WAVESPEED_WEBHOOK_SECRETS": "whsec_squirrel",
        "LIKENESS_METRICS_TOKEN": "squirrel",
    }
    assert "squirrel" not in repr(read_settings(secrets))


def test_production_starts_with_all_that_it_needs() -> None:
    settings = read_settings(PRODUCTION)
    assert settings.production
    assert settings.listen_host == "0.0.0.0"  # noqa: S104 - what is tested


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("LIKENESS_PUBLIC_URL", ""),
        ("LIKENESS_PUBLIC_URL", "http://likeness.example"),
        ("LIKENESS_SECRET_KEYS", ""),
        ("LIKENESS_SECRET_KEYS", "short"),
        ("LIKENESS_SECRET_KEYS", "0123456789abcdef,short"),
    ],
)
def test_production_refuses_to_start(variable: str, text: str) -> None:
    with pytest.raises(BadSetting, match=variable):
        read_settings(PRODUCTION | {variable: text})


def test_the_database_lies_in_the_data_folder() -> None:
    assert read_settings({"LIKENESS_DATA_DIR": "/d"}).store_url == "sqlite:////d/likeness.db"
    assert read_settings({"DATABASE_URL": "sqlite:///x.db"}).store_url == "sqlite:///x.db"


def test_links_point_to_the_public_url_and_else_to_the_socket() -> None:
    assert read_settings({"PORT": "81"}).base_url == "http://127.0.0.1:81"
    assert read_settings({"LIKENESS_PUBLIC_URL": "http://a"}).base_url == "http://a"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("::1", "http://[::1]:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),  # noqa: S104 - what is tested
        ("192.0.2.7", "http://192.0.2.7:8000"),
        ("likeness.local", "http://likeness.local:8000"),
    ],
)
def test_links_can_be_opened_whatever_address_is_listened_on(host: str, url: str) -> None:
    assert read_settings({"LIKENESS_HOST": host}).base_url == url


@pytest.mark.parametrize("url", ["file", "off", "s3://b", "gs://b/p", "az://b/p", "file:///srv/a"])
def test_results_can_be_archived_in_these_places(url: str) -> None:
    assert read_settings({"LIKENESS_ARCHIVE": url}).archive == url


def test_the_command_line_has_two_variables_of_its_own() -> None:
    assert client_variables({}) == ("http://127.0.0.1:8000", None)
    given = {"LIKENESS_URL": " https://a/ ", "LIKENESS_API_KEY": "lk_a"}
    assert client_variables(given) == ("https://a", "lk_a")
