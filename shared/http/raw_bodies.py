"""Bodies that a route takes as bytes, whatever is in them, under a limit of its own.

    RAW = raw_body(bytes_max=16 * 1024 * 1024)

    @api.post("/v1/receipts", openapi_extra=…)
    async def post_receipts(call: CustomsWrite, raw: Annotated[bytes, Depends(RAW)]) -> …:

Nothing is parsed before the route is called, JSON neither. A body that may be longer than an
ordinary one waits for its turn as batches do, so that large ones cannot fill the memory.
"""

from dataclasses import dataclass

from fastapi.dependencies.models import Dependant
from starlette.requests import Request

from shared.http import incoming


@dataclass(frozen=True, eq=False)
class RawBody:
    """What `Depends(raw_body(…))` holds: admission reads the body before the route is called."""

    bytes_max: int

    async def __call__(self, request: Request) -> bytes:
        return incoming.of(request.scope).body


def raw_body(*, bytes_max: int) -> RawBody:
    return RawBody(bytes_max)


def raw_body_of(dependant: Dependant) -> RawBody | None:
    """Whether a route takes its body as bytes, found among its dependencies."""
    found = (one.call for one in dependant.dependencies)
    return next((one for one in found if isinstance(one, RawBody)), None)
