"""Every instant that is sent has one format: RFC 3339 in UTC, with a Z."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

import pytest
from sqlalchemy import text

from services.catalog.worker import SUBSCRIPTIONS, Intake
from shared.db import Database, Statement
from shared.kafka.relay import record_of
from shared.kernel.identity import PARK
from shared.kernel.instants import rfc3339
from tests.contract.examples import BODIES, AllServices
from tests.contract.operations import Operation, operations
from tests.kit.intake import intake
from tests.support.events.envelopes import enveloped
from tests.support.events.routing.shipments import a_shipment_booked, an_itinerary_leg

INSTANT: Final = re.compile(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[0-9:.]*(?:Z|[+-]\d\d(?::?\d\d)?)?")
OURS: Final = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z")
CHINA: Final = timezone(timedelta(hours=8))

CLOSED: Final = [o for o in operations() if o.scope is not None]


def odd_instants(content: bytes) -> list[bytes]:
    return [found for found in INSTANT.findall(content) if OURS.fullmatch(found) is None]


def in_china(body: Any) -> Any:
    """The same body with its instants written as somebody in China would."""
    if isinstance(body, dict):
        return {name: in_china(value) for name, value in body.items()}
    if isinstance(body, list):
        return [in_china(value) for value in body]
    if isinstance(body, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT.*", body):
        return datetime.fromisoformat(body).astimezone(CHINA).isoformat()
    return body


@pytest.mark.parametrize("operation", CLOSED, ids=str)
async def test_every_answer_and_every_event(operation: Operation, world: AllServices) -> None:
    await world.resource("sku")
    await world.resource("declaration_id")
    await world.resource("return_id")
    await world.resource("bill_id")
    if operation.path == "/v1/orders/{order_id}":
        await book(world)
    address = await world.address(operation, fresh=operation.is_change)
    body = BODIES[str(operation)](world) if str(operation) in BODIES else None
    headers = {"If-Match": "*"} if operation.is_conditional else {}
    answer = await world.send(operation, address=address, json=in_china(body), headers=headers)
    assert answer.is_success, answer.text
    assert odd_instants(answer.content) == []
    for database in world.databases.values():
        assert odd_instants(b"\n".join(await published(database))) == []


async def test_every_refusal(world: AllServices) -> None:
    tomorrow = rfc3339(world.clock.now() + timedelta(days=1))
    update = {"code": "RCF", "airport": "LGG", "occurred_at": tomorrow, "house_waybill": "EHAA1"}
    answer = await world.post("routing", "/v1/status-updates", {"items": [update]})
    assert answer.json()["items"][0]["error"]["code"] == "routing.status_update.in_future"
    assert odd_instants(answer.content) == []


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (datetime(2026, 11, 22, 8, 26, tzinfo=UTC), "2026-11-22T08:26:00Z"),
        (datetime(2026, 11, 22, 8, 26, 0, 5, tzinfo=UTC), "2026-11-22T08:26:00.000005Z"),
        (datetime(2026, 11, 22, 8, 26, tzinfo=CHINA), "2026-11-22T00:26:00Z"),
    ],
)
def test_the_form(at: datetime, written: str) -> None:
    assert rfc3339(at) == written


async def published(database: Database) -> Iterable[bytes]:
    """What the relay would send for the newest events: values and headers."""
    newest = f"""
        SELECT topic, aggregate_id, event_id, type, occurred_at, tenant_id, aggregate_version,
               traceparent, payload::text AS payload, 0 AS created_ms
        FROM {database.schema}.outbox ORDER BY id DESC LIMIT 50
    """
    async with database.read(PARK) as reader:
        rows = await reader.fetch_all(Statement(text(newest)))
    records = [record_of(row, b"source") for row in rows]
    return [part for r in records for part in (r.value or b"", *(v or b"" for _, v in r.headers))]


async def book(world: AllServices) -> None:
    """Sends catalog the itinerary that routing found for the world's order."""
    order_id, now = await world.resource("order_id"), world.clock.now()
    leg = an_itinerary_leg(departs_at=now, arrives_at=now)
    booked = a_shipment_booked(
        order_id=order_id,
        merchant_id=world.merchant_id,
        itinerary=(leg,),
        cut_off_at=now,
        promised_at=now,
    )
    envelope = enveloped(booked, at=now)
    catalog = world.databases["catalog"]
    async with catalog.transaction(world.merchant_id) as uow:
        await intake(SUBSCRIPTIONS, Intake(), world.clock)(uow, [envelope])
