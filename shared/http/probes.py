"""/livez, /readyz and /metrics of an API process. Answered by the guard, before load shedding and
outside of the request metrics: who asks how we are must not be turned away for our being busy.
"""

from collections.abc import Awaitable, Callable

from starlette.responses import PlainTextResponse, Response

from shared.http.incoming import Parts
from shared.telemetry import metrics

Probe = Callable[[], Awaitable[Response]]


def probes(parts: Parts) -> dict[str, Probe]:
    """By path."""

    async def livez() -> Response:
        # The loop runs, or this would not.
        return PlainTextResponse("ok\n")

    async def readyz() -> Response:
        if parts.draining:
            return PlainTextResponse("stopping\n", 503)
        if not await parts.db.is_ready():
            return PlainTextResponse("the database does not answer\n", 503)
        # Kafka is not asked: while it is away the outbox keeps everything.
        return PlainTextResponse("ok\n")

    async def show_metrics() -> Response:
        return Response(metrics.exposition(), headers={"Content-Type": metrics.CONTENT_TYPE})

    return {"/livez": livez, "/readyz": readyz, "/metrics": show_metrics}
