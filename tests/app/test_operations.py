"""What an operator is given: the documents, the alerts and the dashboard name what there is, and all of it."""

import ast
import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from handlers.metrics_table import METRICS
from handlers.webhooks import COUNTED

ROOT = Path(__file__).parents[2]
OPS = ROOT / "ops"
DOCUMENT = (ROOT / "docs" / "operations.md").read_text("utf-8")
FOREIGN = {
    "up": {"job", "instance"},
    "process_cpu_seconds_total": {"job", "instance"},
    "process_resident_memory_bytes": {"job", "instance"},
}
ALWAYS = {"job", "instance"}
PARTS = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}
SAMPLES: dict[str, set[str]] = FOREIGN | {
    metric.name + part: {*metric.labels, *ALWAYS, *({"le"} if part == "_bucket" else ())}
    for metric in METRICS
    for part in PARTS[metric.sort]
}
WORDS = {
    "sum",
    "max",
    "min",
    "by",
    "on",
    "and",
    "or",
    "unless",
    "rate",
    "increase",
    "histogram_quantile",
}
LABELS_OF_GROUPS = re.compile(r"\b(?:by|on) \(([^)]*)\)")
LEVELS = {"info": "info", "warning": "warning", "exception": "error", "error": "error"}


def alerts() -> list[dict[str, Any]]:
    read = yaml.safe_load((OPS / "prometheus" / "alerts.yml").read_text("utf-8"))
    return [rule for group in read["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = json.loads(
        (OPS / "grafana" / "likeness.json").read_text("utf-8")
    )["panels"]
    return shown


EXPRESSIONS = {rule["alert"]: rule["expr"] for rule in alerts()} | {
    f"{panel['id']} {panel['title']} {target['refId']}": target["expr"]
    for panel in panels()
    for target in panel.get("targets", ())
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_an_expression_names_metrics_and_labels_that_there_are(name: str) -> None:
    expression = EXPRESSIONS[name]
    bare = re.sub(r'"[^"]*"|\[[^\]]*\]', "", expression)
    selected = re.findall(r"([a-z_]+)(?:\{([^}]*)\})?", re.sub(LABELS_OF_GROUPS, "", bare))
    metrics = [(found, labels) for found, labels in selected if found not in WORDS]
    assert metrics, expression
    grouped = {
        label.strip()
        for group in LABELS_OF_GROUPS.findall(expression)
        for label in group.split(",")
    }
    for found, labels in metrics:
        assert found in SAMPLES, f"{found} is not a metric"
        named = set(re.findall(r"([a-z_]+)\s*[=!]", labels))
        assert named <= SAMPLES[found], (found, named)
    assert grouped <= set().union(*(SAMPLES[found] for found, _ in metrics)), grouped


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: rule["alert"])
def test_an_alert_says_what_it_is_and_the_document_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert set(rule["annotations"]) == {"summary", "description"}
    assert f"| `{rule['alert']}` | " in DOCUMENT


def test_panels_do_not_lie_on_each_other() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert not cells & taken, panel["title"]
        taken |= cells
    assert len({panel["id"] for panel in panels()}) == len(panels())


def test_the_document_lists_every_metric_as_it_is() -> None:
    rows = [
        f"| `{metric.name}{'_total' if metric.sort == 'counter' else ''}` | {metric.sort} | "
        f"{', '.join(f'`{label}`' for label in metric.labels) or '-'} | {metric.help} |"
        for metric in METRICS
    ]
    start = DOCUMENT.index("| Metric | Type |")
    assert DOCUMENT[start:].partition("\n\n")[0].splitlines()[2:] == rows
    assert all(f"`{word}`" in DOCUMENT for word in COUNTED)


def _logged() -> set[tuple[str, str, str]]:
    """Every call of a logger in the code: event, level, and what stands beside it."""
    found = set()
    for folder in ("app", "delivery", "engine", "handlers", "store"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                match node:
                    case ast.Call(
                        func=ast.Attribute(value=ast.Name(id="log"), attr=method),
                        args=[ast.Constant(value=str(event))],
                        keywords=more,
                    ):
                        names = ", ".join(f"`{one.arg}`" for one in more if one.arg != "task")
                        found.add((event, LEVELS[method], names))
                    case _:
                        pass
    return found


def test_the_document_lists_every_line_of_the_log() -> None:
    start = DOCUMENT.index("| Event | Level |")
    rows = DOCUMENT[start:].partition("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    listed = {(event.strip("`"), level, beside) for event, level, beside, _ in cells}
    # A leftover that stays for an error of ours is told with a traceback; it is the same event.
    assert _logged() - {("a leftover stays", "error", "`kind`, `error`")} == listed


def test_the_image_installs_nothing_without_a_hash_of_the_lock() -> None:
    text = (OPS / "Dockerfile").read_text("utf-8")
    steps = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ").splitlines()
    installs = [
        step for step in steps if "pip" in step and " install " in step and "apt-get" not in step
    ]
    assert len(installs) == 3
    assert all("--require-hashes" in step or "--no-index" in step for step in installs)
    assert not re.search(r"https?://", text)
    copied = {word for step in steps if step.startswith("COPY") for word in step.split()[1:-1]}
    ours = {
        word for word in copied if not word.startswith("--from=build") and word != "/opt/likeness"
    }
    assert all((ROOT / word).exists() for word in ours)
    packages = re.search(r"packages = (\[.*\])", (ROOT / "pyproject.toml").read_text("utf-8"))
    assert packages is not None
    assert set(json.loads(packages[1])) <= ours
    assert re.findall(r"^USER (\w+)$", text, re.MULTILINE) == ["likeness"]
    assert 'ENTRYPOINT ["likeness"]' in steps
    assert "STOPSIGNAL SIGTERM" in steps


class Well(BaseHTTPRequestHandler):
    """Answers every question with 200, and says nothing about it."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - so is this
        pass


def test_the_health_check_asks_its_own_container_and_no_proxy() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Well) as server, closed_port() as closed:
        Thread(target=server.serve_forever, daemon=True).start()
        proxy = f"http://127.0.0.1:{closed}"
        given = {"PORT": closed, "LIKENESS_METRICS_PORT": str(server.server_port)}
        command = [sys.executable, str(OPS / "healthcheck.py")]
        answers = [
            subprocess.run(command, env=ports | {"http_proxy": proxy}, check=False).returncode
            for ports in (given, {"PORT": closed}, {})
        ]
        server.shutdown()
    assert answers == [0, 1, 1]


@contextmanager
def closed_port() -> Iterator[str]:
    """A port that is taken, and on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield str(taken.getsockname()[1])


@pytest.mark.parametrize("lock", ["build.lock", "requirements.lock"])
def test_the_locks_of_the_image_are_part_of_the_one_lock(lock: str) -> None:
    whole = (ROOT / "requirements.lock").read_text("utf-8")
    part = (OPS / lock).read_text("utf-8")
    packages = re.split(r"\n(?=[a-z0-9])", part.strip())
    assert len(packages) > 3
    assert all(f"\n{package}\n" in f"\n{whole}\n" for package in packages)


def test_the_units_differ_only_in_what_they_run() -> None:
    units = [
        (OPS / "systemd" / name).read_text("utf-8").partition("[Service]")[2].splitlines()
        for name in ("likeness.service", "likeness-worker@.service")
    ]
    web, worker = ({line for line in unit if line and not line.startswith("#")} for unit in units)
    assert web - worker == {"ExecStart=/opt/likeness/bin/likeness serve --no-worker"}
    assert worker - web == {
        "ExecStart=/opt/likeness/bin/likeness work",
        "Environment=LIKENESS_METRICS_PORT=900%i",
    }
    assert {"NoNewPrivileges=yes", "ProtectSystem=strict", "UMask=0077"} <= web & worker
    # Without /proc/stat there are no process_* metrics.
    assert not [line for line in web | worker if line.startswith("ProcSubset=")]
