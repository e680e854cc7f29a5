"""Webhook deliveries a second: claimed, signed, sent, answered and recorded with their attempt.

The worker of webhooks finds a backlog for some endpoints and sends it to a receiver that answers at
once; PostgreSQL is durable, and all of them share the machine.
"""

import asyncio
import base64
import os
import time
from pathlib import Path
from typing import Final

import aiohttp
import asyncpg

from deploy.bench.rig import Figure, Spread, folder, make_service, postgres, process, wait_for
from deploy.bench.tokens import TokenIssuer
from deploy.engines import KafkaServer, PostgresServer, free_port, start_kafka
from shared.contracts.topics import TOPICS
from shared.kafka.admin import ensure_topics
from shared.kernel.identity import Role
from shared.settings import KafkaSettings

ENDPOINTS: Final = 4
MESSAGES: Final = 10_000

_FILL: Final = (
    """
    INSERT INTO webhooks.messages (event_id, tenant_id, type, occurred_at, received_at, body)
    SELECT 'evt_' || lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint), 12, '0')
               || '7000' || lpad(to_hex(n), 16, '0'), 'mer_bench', 'catalog.order.placed', now(),
           now(),
           convert_to(jsonb_build_object('type', 'catalog.order.placed', 'timestamp', now(),
               'data', jsonb_build_object('n', n, 'text', repeat('货', 250)))::text, 'UTF8')
    FROM generate_series(1, $1) AS n
    """,
    """
    INSERT INTO webhooks.deliveries (id, endpoint_id, event_id, tenant_id, event_type, status,
        due_at, received_at)
    SELECT 'dlv_' || left(m.event_id, -4) || left(md5(e.id), 4) || right(m.event_id, 4), e.id,
           m.event_id, e.tenant_id, m.type, 'pending', now(), now()
    FROM webhooks.endpoints e, webhooks.messages m
    """,
)
_DELIVERED: Final = "SELECT count(*) FROM webhooks.deliveries WHERE status = 'delivered'"
_WHY: Final = (
    "SELECT d.status, a.result, a.error, count(*), max(d.due_at) - now() AS due, count(d.claim_id)"
    " FROM webhooks.deliveries d LEFT JOIN webhooks.attempts a ON a.delivery_id = d.id"
    " GROUP BY 1, 2, 3"
)
_RECORDED: Final = "SELECT count(*) FROM webhooks.attempts WHERE result = 'delivered'"


async def _make_endpoints(api: str, sink: str, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for n in range(ENDPOINTS):
            body = {"url": f"{sink}/{n}", "event_types": ["catalog.order.placed"]}
            async with session.post(f"{api}/v1/endpoints", json=body) as answer:
                assert answer.status == 201, await answer.text()


async def _fill(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    messages, deliveries = _FILL
    await connection.execute(messages, MESSAGES)
    await connection.execute(deliveries)
    await connection.execute("ANALYZE")
    await connection.close()


async def _rate(dsn: str) -> float:
    """Deliveries a second between the first tenth and the last."""
    total = ENDPOINTS * MESSAGES
    connection = await asyncpg.connect(dsn)
    marks: list[tuple[float, int]] = []
    deadline = time.perf_counter() + 90
    while not marks or marks[-1][1] < total:
        assert time.perf_counter() < deadline, (marks[-1:], await connection.fetch(_WHY))
        marks.append((time.perf_counter(), await connection.fetchval(_DELIVERED)))
        await asyncio.sleep(0.25)
    recorded = await connection.fetchval(_RECORDED)
    await connection.close()
    assert recorded == total, recorded
    first = next(m for m in marks if m[1] >= total * 0.1)
    last = next(m for m in marks if m[1] >= total * 0.9)
    return (last[1] - first[1]) / (last[0] - first[0])


def _measure(server: PostgresServer, broker: KafkaServer, home: Path) -> list[Figure]:
    asyncio.run(ensure_topics(KafkaSettings(bootstrap_servers=broker.bootstrap), TOPICS.values()))
    dsn = asyncio.run(make_service(server, "webhooks"))
    issuer = TokenIssuer(home)
    api_port, worker_port, sink_port = free_port(), free_port(), free_port()
    env = {
        "WEBHOOKS_DATABASE_URL": dsn,
        "WEBHOOKS_API_PORT": str(api_port),
        "WEBHOOKS_WORKER_PORT": str(worker_port),
        "WEBHOOKS_SECRET_KEY": f"k1:{base64.b64encode(os.urandom(32)).decode()}",
        "WEBHOOKS_ALLOW_PRIVATE_ADDRESSES": "true",
        "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap,
        "AIRLANE_JWKS_URL": issuer.jwks_url,
        "AIRLANE_ISSUER": issuer.issuer,
    }
    token = issuer.token(Role.OPERATOR, scopes=["webhooks:read", "webhooks:write"])
    api = f"http://127.0.0.1:{api_port}"
    with process("-m", "deploy.bench.sink", str(sink_port), env={}, log=home / "sink.log"):
        with process("-m", "services.webhooks", "api", env=env, log=home / "api.log"):
            wait_for(f"{api}/readyz")
            asyncio.run(_make_endpoints(api, f"http://127.0.0.1:{sink_port}", token))
        admin = server.dsn(database="airlane")
        asyncio.run(_fill(admin))
        with process("-m", "services.webhooks", "worker", env=env, log=home / "worker.log"):
            rate = asyncio.run(_rate(admin))
    return [
        Figure(
            f"webhooks, signed and recorded, {ENDPOINTS} endpoints",
            Spread((rate,)),
            "deliveries/s",
            2_000,
        )
    ]


def measure() -> list[Figure]:
    with folder() as home, postgres(home) as server:
        broker = start_kafka(home / "kafka", free_port(), free_port())
        try:
            return _measure(server, broker, home)
        finally:
            broker.stop()
