"""The only place that creates Kafka clients, so that none can lack the park's settings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from shared.kafka.batches import read_tolerantly
from shared.settings import KafkaSettings

_RETRY_MS: Final = 250

read_tolerantly()


def producer(kafka: KafkaSettings, *, client_id: str, **more: object) -> AIOKafkaProducer:
    return AIOKafkaProducer(**_arguments(kafka, client_id), **more)


def consumer(
    kafka: KafkaSettings, *, client_id: str, group: str | None = None, **more: object
) -> AIOKafkaConsumer:
    """The caller commits offsets, never the client itself."""
    return AIOKafkaConsumer(
        **_arguments(kafka, client_id),
        group_id=None if group is None else kafka.wire_group(group),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        **more,
    )


@asynccontextmanager
async def admin(kafka: KafkaSettings, *, client_id: str) -> AsyncIterator[AIOKafkaAdminClient]:
    """A started client; closed at the end, even if it could not start."""
    client = AIOKafkaAdminClient(**_arguments(kafka, client_id))
    try:
        await client.start()
        yield client
    finally:
        await client.close()


def _arguments(kafka: KafkaSettings, client_id: str) -> dict[str, object]:
    arguments: dict[str, object] = {
        "bootstrap_servers": kafka.bootstrap_servers,
        "client_id": client_id,
        # How often a client retries while Kafka is down; there are a dozen clients in a park.
        "retry_backoff_ms": _RETRY_MS,
        "security_protocol": kafka.security_protocol,
        "ssl_context": kafka.ssl_context(),
    }
    if kafka.sasl_mechanism is not None and kafka.sasl_password is not None:
        arguments |= {
            "sasl_mechanism": kafka.sasl_mechanism,
            "sasl_plain_username": kafka.sasl_username,
            "sasl_plain_password": kafka.sasl_password.get_secret_value(),
        }
    return arguments
