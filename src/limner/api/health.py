"""Is it alive, is it ready, how busy is it. Open to everybody: nothing here is about a customer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from time import perf_counter

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from limner.api.door import reply
from limner.errors import Unavailable
from limner.watch.delays import BOUNDS

router = APIRouter(tags=["health"])


@router.get("/healthz")
def say_alive() -> Response:
    """The process answers."""
    return reply({"status": "ok"})


@router.get("/readyz")
def say_ready(request: Request) -> Response:
    """The workspace is open and its kernels are warm; 503 until then."""
    if not request.app.state.ready.is_set():
        raise Unavailable("Limner is still starting.", hint="Ask again in some seconds.")
    return reply({"status": "ready"})


@router.get("/metrics", response_class=PlainTextResponse)
def show_metrics(request: Request) -> Response:
    """Prometheus text."""
    return Response(generate_latest(request.app.state.metrics), media_type=CONTENT_TYPE_LATEST)


def count_requests(app: FastAPI, asked: ASGIApp) -> CountedRequests:
    """What counts and times every request to ``asked`` by route, method and status."""
    app.state.metrics = CollectorRegistry()
    behind = Gauge("limner_intake_behind_bytes", "Acknowledged and not yet in the log.", registry=app.state.metrics)
    behind.set_function(lambda: app.state.workspace.intake.behind)
    app.state.metrics.register(CountedArrivals(app))
    app.state.metrics.register(EventDelays(app))
    app.state.metrics.register(LastParity(app))
    app.state.metrics.register(HeldCustomers(app))
    app.state.metrics.register(TagHealth(app))
    app.state.metrics.register(AudienceSizes(app))
    return CountedRequests(asked, app.state.metrics)


class CountedArrivals(Collector):
    """How much came in from each source, and what became of it."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def collect(self) -> Iterator[Metric]:
        told = CounterMetricFamily("limner_arrivals", "Events and what became of them.", labels=["source", "outcome"])
        for (source, outcome), count in self._app.state.workspace.parts.arrivals.counts().items():
            told.add_metric([source, outcome], count)
        yield told

    def describe(self) -> list[Metric]:
        return []


class EventDelays(Collector):
    """How long events took to each station of their way."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def collect(self) -> Iterator[Metric]:
        told = HistogramMetricFamily("limner_event_seconds", "Seconds of events to a station.", labels=["to"])
        for station, (buckets, seconds) in self._app.state.workspace.delays.read().items():
            bounds = [*(str(bound) for bound in BOUNDS), "+Inf"]
            told.add_metric([station], list(zip(bounds, accumulate(buckets), strict=True)), seconds)
        yield told

    def describe(self) -> list[Metric]:
        return []


class LastParity(Collector):
    """What the last comparison of the live state with the log found; nothing before the first."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def collect(self) -> Iterator[Metric]:
        parity = self._app.state.workspace.parity
        if parity is None:
            return
        told = {
            "limner_parity_differences": ("Values that are not what the log says.", parity.differing),
            "limner_parity_compared": ("Values that were compared.", parity.compared),
            "limner_parity_checked_at": ("When they were, in seconds since 1970.", parity.checked_at / 1_000_000),
            "limner_parity_seconds": ("How long that took.", parity.seconds),
        }
        for name, (meaning, value) in told.items():
            yield GaugeMetricFamily(name, meaning, value)

    def describe(self) -> list[Metric]:
        return []


class TagHealth(Collector):
    """What was found last about each tag."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def collect(self) -> Iterator[Metric]:
        coverage = GaugeMetricFamily("limner_tag_coverage", "Share of customers with a value.", labels=["tag"])
        stability = GaugeMetricFamily("limner_tag_stability", "PSI against a week ago.", labels=["tag"])
        newest = GaugeMetricFamily("limner_tag_newest_event", "Its newest event, seconds since 1970.", labels=["tag"])
        for finding in self._app.state.workspace.tags_measured():
            found = finding.found
            told = ((coverage, found["coverage"]), (stability, found["stability"]))
            for family, value in told:
                if value is not None:
                    family.add_metric([finding.name], value)
            if found["newest"] is not None:
                newest.add_metric([finding.name], found["newest"] / 1_000_000)
        yield from (coverage, stability, newest)

    def describe(self) -> list[Metric]:
        return []


class HeldCustomers(Collector):
    """How many customers are folded less often than others, and how many are blocked."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def collect(self) -> Iterator[Metric]:
        told = GaugeMetricFamily("limner_held_customers", "Customers who are not followed one by one.", labels=["held"])
        for held, count in self._app.state.workspace.count_held().items():
            told.add_metric([held], count)
        yield told

    def describe(self) -> list[Metric]:
        return []


class AudienceSizes(Collector):
    """How many are in each registered audience, and which sizes alarm."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def collect(self) -> Iterator[Metric]:
        sizes = GaugeMetricFamily("limner_audience_members", "Members of an audience.", labels=["audience"])
        alarms = GaugeMetricFamily("limner_audience_alarm", "1: this bound is passed.", labels=["audience", "alarm"])
        for audience in self._app.state.workspace.audience_sizes():
            if audience.members is not None:
                sizes.add_metric([audience.name], audience.members)
            passed = {each["alarm"] for each in audience.alarms}
            for name in audience.alarm:
                alarms.add_metric([audience.name, name], name in passed)
        yield sizes
        yield alarms

    def describe(self) -> list[Metric]:
        return []


class CountedRequests:
    """Plain ASGI: the framework's own kind of middleware costs more than many a request."""

    def __init__(self, app: ASGIApp, registry: CollectorRegistry) -> None:
        labels = ["method", "route", "status"]
        self._app = app
        self._requests = Counter("limner_requests", "HTTP requests.", labels, registry=registry)
        self._seconds = Histogram(
            "limner_request_seconds", "Seconds to answer.", ["method", "route"], registry=registry
        )
        self._known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = perf_counter(), 500

        async def note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, note_status)
        finally:
            route = getattr(scope.get("route"), "path", "unknown")
            self.count(scope["method"], route, status, perf_counter() - began)

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        counted, timed = self._of(method, route, status)
        counted.inc()
        timed.observe(seconds)

    def _of(self, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
        """Kept: to look them up costs more than to count."""
        found = self._known.get((method, route, status))
        if found is None:
            found = self._requests.labels(method, route, status), self._seconds.labels(method, route)
            self._known[method, route, status] = found
        return found
