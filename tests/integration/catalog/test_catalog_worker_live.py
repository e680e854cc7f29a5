"""The whole worker on a real broker: an order goes out, and what others say about it comes back."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from services.catalog.settings import Settings
from services.catalog.worker import create_worker
from shared.contracts.envelope import Envelope
from shared.contracts.topics import CATALOG_ORDERS, CUSTOMS_DECLARATIONS, ROUTING_SHIPMENTS
from shared.kafka.publisher import Publisher
from shared.kafka.reading import read_all
from shared.settings import KafkaSettings
from tests.kit.plugin import Broker
from tests.kit.waiting import until
from tests.support.events.customs.declarations import (
    a_declaration_released,
    a_declaration_submitted,
)
from tests.support.events.envelopes import a_record
from tests.support.worlds.catalog import (
    Merchant,
)
from tests.support.worlds.order_way import OrderWay

pytestmark = pytest.mark.real_broker


@pytest.fixture
async def running(settings: Settings, kafka_topics: Broker) -> AsyncIterator[Broker]:
    here = {"kafka": kafka_topics.settings}
    worker = create_worker(settings.model_copy(update=here))
    stop = asyncio.Event()
    await worker.db.open()
    task = asyncio.create_task(worker.serve(stop))
    yield kafka_topics
    stop.set()
    await task
    await worker.db.close()


async def _is_on_kafka(kafka: KafkaSettings, order_id: str, kind: str) -> bool:
    found = [record.envelope for record in await read_all(kafka, [CATALOG_ORDERS])]
    return any(e is not None and (e.subject, e.type) == (order_id, kind) for e in found)


async def test_an_order_goes_out_and_its_way_comes_back(
    merchant: Merchant, running: Broker
) -> None:
    await merchant.stocked("A-1", 0)
    order = await merchant.ordered(("A-1", 2))
    await merchant.adjusted("A-1", 5)

    async def status_is(status: str) -> bool:
        return bool((await merchant.order(order["id"]))["status"] == status)

    await until(lambda: status_is("placed"))
    placed = (order["id"], "catalog.order.placed")
    await until(lambda: _is_on_kafka(running.settings, *placed))

    way = OrderWay(merchant, order["id"])
    said: list[tuple[str, Envelope]] = [
        (ROUTING_SHIPMENTS, way.booked()),
        (CUSTOMS_DECLARATIONS, way.declared(a_declaration_submitted)),
        (CUSTOMS_DECLARATIONS, way.declared(a_declaration_released, channel="green")),
        (ROUTING_SHIPMENTS, way.departed()),
    ]
    stranger = (ROUTING_SHIPMENTS, OrderWay(merchant, "ord_" + "0" * 32).booked())
    publisher = Publisher(running.settings, client_id="test")
    # Everything twice, and a stranger between: effects once, and nobody is held up.
    await publisher.publish(a_record(*pair) for pair in [*said, stranger, *said])
    await publisher.close()
    await until(lambda: status_is("departed"))
    await until(lambda: _timeline_has(merchant, order["id"], 6))
    assert await merchant.stock("A-1") == (3, 0)
    await merchant.ledger_equals_counters()


async def _timeline_has(merchant: Merchant, order_id: str, entries: int) -> bool:
    return len((await merchant.order(order_id))["timeline"]) == entries
