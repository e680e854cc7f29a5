"""/livez, /readyz and /metrics of an API process. Answered by the guard, before load shedding and
outside of the request metrics: who asks how we are must not be turned away for our being busy.
"""

from collections.abc import Awaitable, Callable

from starlette.responses import PlainTextResponse, Response
from starlette.types import Scope

from shared.http.incoming import Parts

Probe = Callable[[Scope], Awaitable[Response]]


def probes(parts: Parts) -> dict[str, Probe]:
    """By path."""

    async def livez(_scope: Scope) -> Response:
        # The loop runs, or this would not.
        return PlainTextResponse("ok\n")

    async def readyz(_scope: Scope) -> Response:
        if parts.draining:
            return PlainTextResponse("stopping\n", 503)
        if not await parts.db.is_ready():
            return PlainTextResponse("the database does not answer\n", 503)
        # Kafka is not asked: while it is away the outbox keeps everything.
        return PlainTextResponse("ok\n")

    async def show_metrics(scope: Scope) -> Response:
        page = await parts.exposition.page(dict(scope["headers"]))
        return Response(page.body, page.status, page.headers)

    return {"/livez": livez, "/readyz": readyz, "/metrics": show_metrics}
