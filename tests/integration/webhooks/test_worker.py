"""The whole worker on a real broker: an event on Kafka becomes a verified request, once."""

import asyncio
from typing import Any

import pytest

from services.webhooks.settings import Settings
from services.webhooks.worker import create_worker
from shared.contracts.topics import CUSTOMS_DECLARATIONS
from shared.kafka.publisher import OutgoingRecord, Publisher
from shared.kernel.tasks import PartEnded
from shared.settings import KafkaSettings, SettingsError
from tests.kit.receiver import WebhookReceiver
from tests.support.worlds.webhooks import WebhooksWorld

pytestmark = pytest.mark.real_broker

KEY = "test:" + "A" * 43 + "="


async def test_an_event_on_kafka_is_delivered_once(
    world: WebhooksWorld, kafka_topics: Any, postgres: Any, receiver: WebhookReceiver
) -> None:
    endpoint = await world.register(receiver.url)
    receiver.trust(endpoint.secret)
    worker = create_worker(
        Settings(
            database_url=postgres.app_dsn("webhooks"),
            kafka=kafka_topics.settings,
            secret_key=KEY,
            allow_private_addresses=True,
            pool_size=4,
        )
    )
    event = world.event(tenant=endpoint.tenant)
    record = OutgoingRecord(
        CUSTOMS_DECLARATIONS, event.subject.encode(), event.data, event.headers()
    )
    publisher = Publisher(kafka_topics.settings, client_id="test")
    stop = asyncio.Event()
    await worker.db.open()
    serving = asyncio.create_task(worker.serve(stop))

    try:
        await publisher.publish([record, record])
        await receiver.wait_for(1, timeout_s=30)
        await world.until_all_have(endpoint.id, "delivered")
    finally:
        stop.set()
        await serving
        await worker.db.close()
        await publisher.close()

    assert [hit.webhook_id for hit in receiver.hits] == [event.id]
    assert receiver.rejected == []


@pytest.mark.parametrize("wrong", [{"secret_key": None}, {"secret_key": "x"}, {"lease_s": 5}])
def test_a_setting_that_cannot_work_is_named(wrong: dict[str, Any]) -> None:
    values: dict[str, Any] = {"database_url": "postgresql://nowhere/none", "secret_key": KEY}

    with pytest.raises(SettingsError) as refusal:
        create_worker(Settings(**values | wrong))

    assert "WEBHOOKS_" in refusal.value.lines[0]
    assert "AAAA" not in refusal.value.lines[0]


async def test_a_worker_with_a_dead_part_is_not_ready_and_ends_with_an_error(
    world: WebhooksWorld, postgres: Any
) -> None:
    worker = create_worker(
        Settings(
            database_url=postgres.app_dsn("webhooks"),
            kafka=KafkaSettings(bootstrap_servers="127.0.0.1:9"),
            secret_key=KEY,
            pool_size=2,
        )
    )
    is_asked = asyncio.Event()

    async def dies(_: asyncio.Event) -> None:
        return

    async def takes_its_time(_: asyncio.Event) -> None:
        await is_asked.wait()

    worker.parts = {"dies": dies, "takes its time": takes_its_time}
    stop = asyncio.Event()
    await worker.db.open()

    try:
        assert (await worker.probes.answer("GET", "/readyz", {})).status == 200
        serving = asyncio.create_task(worker.serve(stop))
        await stop.wait()
        await asyncio.sleep(0)
        page = await worker.probes.answer("GET", "/readyz", {})
        is_asked.set()
        with pytest.raises(PartEnded):
            await serving
    finally:
        await worker.db.close()

    assert page.status == 503
