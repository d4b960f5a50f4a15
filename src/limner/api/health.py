"""Is it alive, is it ready, how busy is it. Open to everybody: nothing here is about a customer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from time import perf_counter

from fastapi import APIRouter, FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest

from limner.api.door import reply
from limner.errors import Unavailable

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


@router.get("/metrics")
def show_metrics(request: Request) -> Response:
    """Prometheus text."""
    return Response(generate_latest(request.app.state.metrics), media_type=CONTENT_TYPE_LATEST)


def count_requests(app: FastAPI) -> None:
    """Count and time every request by route, method and status."""
    registry = CollectorRegistry()
    app.state.metrics = registry
    labels = ["method", "route", "status"]
    requests = Counter("limner_requests", "HTTP requests.", labels, registry=registry)
    seconds = Histogram("limner_request_seconds", "Seconds to answer.", ["method", "route"], registry=registry)

    @app.middleware("http")
    async def count(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
        began = perf_counter()
        response = await answer(request)
        route = getattr(request.scope.get("route"), "path", "unknown")
        requests.labels(request.method, route, response.status_code).inc()
        seconds.labels(request.method, route).observe(perf_counter() - began)
        return response
