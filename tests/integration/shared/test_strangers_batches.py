"""Batches of other producers: any compression that Kafka supports, names that are not text."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiokafka.record.util import calc_crc32c
from confluent_kafka import Producer

from shared.contracts.envelope import Envelope
from shared.kafka import connection
from tests.kit.clock import ManualClock
from tests.kit.databases import Postgres
from tests.kit.plugin import Broker
from tests.support.worlds.parcels import ParcelWorld, Serving, an_event, parcel_world

pytestmark = pytest.mark.real_broker

_NAME = "no-text-this-is"
_CRC_AT, _CRC_OF = 17, 21  # bytes of a batch


@pytest.fixture
async def world(
    postgres: Postgres, kafka: Broker, clock: ManualClock
) -> AsyncIterator[ParcelWorld]:
    async with parcel_world(postgres, kafka.settings, clock, partitions=1) as world:
        yield world


async def _send_with_a_name_that_is_no_text(world: ParcelWorld, *events: Envelope) -> None:
    """All in one batch; the second one has the strange header."""
    async with connection.producer(world.kafka, client_id="stranger") as producer:
        batch = producer.create_batch()
        for number, event in enumerate(events):
            headers = event.headers() + ([(_NAME, b"1")] if number == 1 else [])
            batch.append(timestamp=None, key=b"k", value=event.data, headers=headers)
        packed = bytearray(batch._build().replace(_NAME.encode(), b"\xff" * len(_NAME)))
        packed[_CRC_AT:_CRC_OF] = calc_crc32c(bytes(packed[_CRC_OF:])).to_bytes(4)
        batch._buffer = packed
        await (await producer.send_batch(batch, world.topic, partition=0))


async def test_header_whose_name_is_no_text_stops_nobody(world: ParcelWorld) -> None:
    events = [an_event(version=n) for n in range(1, 4)]
    await _send_with_a_name_that_is_no_text(world, *events)
    async with Serving(world.worker()):
        effects = await world.effects_become(3)
    assert [effect["version"] for effect in effects] == [1, 2, 3]


async def test_batches_packed_in_every_way_are_read(world: ParcelWorld) -> None:
    for version, codec in enumerate(("gzip", "lz4", "snappy", "zstd")):
        event = an_event(version=version)
        settings = {
            "bootstrap.servers": world.kafka.bootstrap_servers,
            "compression.type": codec,
        }
        producer = Producer(settings)
        # Packed only if that makes it smaller.
        producer.produce(world.topic, event.data + b" " * 2000, headers=dict(event.headers()))
        assert await asyncio.to_thread(producer.flush, 10) == 0
    async with Serving(world.worker()):
        effects = await world.effects_become(4)
    assert [effect["version"] for effect in effects] == [0, 1, 2, 3]
