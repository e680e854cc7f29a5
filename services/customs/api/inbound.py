"""/v1/inbound-messages: what the port sent, as it came, and reading it again. For operators."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.customs.api.deps import InboundDigest, ParkRead, ParkWrite
from services.customs.domain.inbound.message import InboundStatus
from services.customs.queries import inbound
from services.customs.schemas.inbound import (
    InboundMessageOut,
    InboundMessageWithRaw,
    ReplayedOut,
    ReplayIn,
)
from services.customs.use_cases.inbound.arrivals import replay_message, replay_messages
from shared.db import UnitOfWork
from shared.documents.fields import AnyInstant
from shared.http import Page, PageOf, Reply, json_reply, problems
from shared.kernel.clock import real_now

inbound_api = APIRouter(tags=["inbound-messages"])


@dataclass(frozen=True)
class InboundFilters:
    """What a list of messages of the port can be narrowed to."""

    status: Annotated[InboundStatus | None, Query()] = None
    message_type: Annotated[str | None, Query(pattern=r"^[A-Za-z0-9]{1,20}$")] = None
    received_from: Annotated[AnyInstant | None, Query()] = None
    received_to: Annotated[AnyInstant | None, Query(description="Before this instant.")] = None


@inbound_api.get(
    "/v1/inbound-messages", response_model=Page[InboundMessageOut], responses=problems(422)
)
async def list_inbound_messages(
    call: ParkRead, given: Annotated[InboundFilters, Depends()], page: PageOf
) -> Response:
    """List messages of the port, newest first.

    Without their bytes.
    """
    asked = page.of(given, datetime, str)
    async with call.read() as reader:
        found = await inbound.list_messages(reader, asked.window, asked.filters)
    shown = asked.page(
        found,
        lambda one: InboundMessageOut.of(one, call.locale),
        key=lambda one: (one.received_at, one.digest),
    )
    return json_reply(shown)


@inbound_api.get(
    "/v1/inbound-messages/{digest}",
    response_model=InboundMessageWithRaw,
    responses=problems(404, 422),
)
async def get_inbound_message(digest: InboundDigest, call: ParkRead) -> Response:
    """Read a message of the port.

    With its bytes as they came.
    """
    async with call.read() as reader:
        message = await inbound.get_message(reader, digest=digest)
    return json_reply(InboundMessageWithRaw.whole(message, call.locale))


@inbound_api.post(
    "/v1/inbound-messages/{digest}:replay",
    status_code=202,
    response_model=ReplayedOut,
    responses=problems(404, 422),
)
async def replay_inbound_message(digest: InboundDigest, call: ParkWrite) -> Response:
    """Replay a message of the port.

    It is read again from its bytes. Receipts that are known change nothing.
    """

    async def act(uow: UnitOfWork) -> Reply:
        await replay_message(
            uow,
            digest=digest,
            by=call.principal.subject,
            now=call.clock.now(),
            real_now=real_now(),
        )
        return Reply(202, ReplayedOut(replayed=1, is_complete=True))

    return await call.once(act)


@inbound_api.post(
    "/v1/inbound-messages:replay",
    status_code=202,
    response_model=ReplayedOut,
    responses=problems(422),
)
async def replay_inbound_messages(body: ReplayIn, call: ParkWrite) -> Response:
    """Replay messages of the port.

    Those that an earlier version of the reader has read, unless `includes_current` is true. The
    oldest go first, up to 10,000 for each request.
    """

    async def act(uow: UnitOfWork) -> Reply:
        replayed, is_complete = await replay_messages(
            uow,
            chosen=body.to_domain(),
            by=call.principal.subject,
            now=call.clock.now(),
            real_now=real_now(),
        )
        return Reply(202, ReplayedOut(replayed=replayed, is_complete=is_complete))

    return await call.once(act)
