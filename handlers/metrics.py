"""`GET /metrics`, for Prometheus: the counters of this process, and what the store says of all of them.

Rules of this file:
- Numbers are read when somebody asks. `latest_rows.py` asks the store, now and then.
- A store that is away makes no scrape fail: its numbers are left out, and `likeness_store_up` is 0.
"""

import hmac
from collections.abc import Iterator
from importlib.metadata import version

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)
from prometheus_client.metrics_core import (
    Metric as Family,
)
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from domain.errors import Unauthorized
from domain.measure import Histogram
from handlers.metrics_table import METRICS, Metric, Reading
from handlers.services import Services, services_of
from providers.kinds import KINDS


async def get(request: Request) -> Response:
    """GET /metrics"""
    services = services_of(request)
    _check(request, services.metrics_token)
    reading = await _read(services)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(OurNumbers(reading))
    for theirs in (ProcessCollector, PlatformCollector, GCCollector):
        theirs(registry=registry)
    encode, content_type = choose_encoder(request.headers.get("accept", ""))
    headers = {"Content-Type": content_type, "Cache-Control": "no-store"}
    return Response(encode(registry), headers=headers)


def _check(request: Request, token: str | None) -> None:
    if token is None:
        return
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    same = hmac.compare_digest(given.strip().encode("utf-8", "replace"), token.encode())
    if scheme.lower() != "bearer" or not same:
        raise Unauthorized


async def _read(services: Services) -> Reading:
    context = services.context
    return Reading(
        observed=context.observed,
        commits=context.store.commits,
        promised={kind.name: context.terms(kind).webhook for kind in KINDS.values()},
        version=version("likeness"),
        now=context.clock.now(),
        rows=await services.rows.latest(context),
    )


class OurNumbers(Collector):
    """The table of metrics, as the library reads it."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def collect(self) -> Iterator[Family]:
        for metric in METRICS:
            yield _family(metric, self._reading)


def _family(metric: Metric, reading: Reading) -> Family:
    samples = metric.read(reading)
    if metric.sort == "histogram":
        shown = HistogramMetricFamily(metric.name, metric.help, labels=metric.labels)
        for labels, number in samples:
            assert isinstance(number, Histogram)  # noqa: S101 - the table says so
            shown.add_metric(labels, buckets=_buckets(number), sum_value=number.total)
        return shown
    family = CounterMetricFamily if metric.sort == "counter" else GaugeMetricFamily
    plain: CounterMetricFamily | GaugeMetricFamily = family(
        metric.name, metric.help, labels=metric.labels
    )
    for labels, number in samples:
        assert not isinstance(number, Histogram)  # noqa: S101 - the table says so
        plain.add_metric(labels, number)
    return plain


def _buckets(histogram: Histogram) -> list[tuple[str, float]]:
    so_far = 0.0
    buckets = []
    for bound, count in zip((*histogram.bounds, float("inf")), histogram.counts, strict=True):
        so_far += count
        buckets.append(("+Inf" if bound == float("inf") else str(float(bound)), so_far))
    return buckets
