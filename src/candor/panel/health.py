"""`/healthz`, `/readyz` and `/metrics`: for load balancers, monitors and `candor doctor`."""

import asyncio
import time
from collections.abc import Mapping

from flask import Blueprint, Flask, Response, g, request
from prometheus_client import Histogram

from candor.panel.access import unguarded
from candor.panel.inward import run, services
from candor.panel.ports import Readiness, ReadinessCheck
from candor.panel.rendering import dump_json

CHECK_SECONDS = 3.0
blueprint = Blueprint("health", __name__)
request_seconds = Histogram(
    "candor_http_request_seconds", "Time to answer a request.", ("endpoint", "status")
)


@blueprint.get("/healthz")
@unguarded
def healthz() -> Response:
    """The process answers. Says nothing about what it depends on."""
    return _json({"status": "ok"}, 200)


@blueprint.get("/readyz")
@unguarded
def readyz() -> Response:
    """Each dependency by name; 503 when one that is required does not answer."""
    found = run(check_all(services().readiness))
    is_ready = all(item.is_ready for item in found.values() if item.is_required)
    parts = {
        name: {"ready": item.is_ready, "required": item.is_required, "detail": item.detail}
        for name, item in found.items()
    }
    return _json(
        {"status": "ready" if is_ready else "not ready", "parts": parts}, 200 if is_ready else 503
    )


@blueprint.get("/metrics")
@unguarded
def metrics() -> Response:
    return Response(services().metrics(), content_type="text/plain; version=0.0.4; charset=utf-8")


async def check_all(checks: Mapping[str, ReadinessCheck]) -> dict[str, Readiness]:
    """All checks side by side; one that takes longer than three seconds is not ready."""
    found = await asyncio.gather(*(_check(check) for check in checks.values()))
    return dict(zip(checks, found, strict=True))


async def _check(check: ReadinessCheck) -> Readiness:
    try:
        return await asyncio.wait_for(check(), CHECK_SECONDS)
    except TimeoutError:
        return Readiness(False, "It did not answer within three seconds.")
    except Exception as error:
        # Whatever a dependency throws: it is not ready.
        return Readiness(False, f"{type(error).__name__}: {error}"[:300])


def _json(body: object, status: int) -> Response:
    return Response(
        dump_json(body), status, {"Cache-Control": "no-store"}, content_type="application/json"
    )


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)

    @app.before_request
    def _start_clock() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def _measure(response: Response) -> Response:
        if (started := g.get("started")) is not None:
            endpoint = request.endpoint or "none"
            request_seconds.labels(endpoint, str(response.status_code)).observe(
                time.perf_counter() - started
            )
        return response
