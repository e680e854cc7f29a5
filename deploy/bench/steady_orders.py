"""Orders that arrive at a steady rate, whatever else the database does: each is sent at its time,
and its latency counts from then, so that waiting for a slow predecessor counts, too.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from deploy.bench.http_client import request_bytes
from deploy.bench.http_ratio import OPERATOR, SetupClient, create_merchant, order, signing_key
from deploy.bench.rig import process, sleep_until, wait_for
from deploy.engines import free_port

_PER_S: Final = 25
_CONNECTIONS: Final = 16
# Fewer would say little about the slowest twentieth.
ORDERS_MIN: Final = 150


class SteadyOrders:
    """Places orders of one merchant through an API process."""

    def __init__(self, url: str, token: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        self._numbers = count(1)

    async def during(self, work: Awaitable[object]) -> list[float]:
        """Seconds for each order, until the work is done and there were ORDERS_MIN."""
        doing = asyncio.ensure_future(work)
        connections = asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]]()
        for _ in range(_CONNECTIONS):
            connections.put_nowait(await asyncio.open_connection(self._host, self._port))
        begun = time.perf_counter()
        placing: list[asyncio.Task[float]] = []
        while not doing.done() or len(placing) < ORDERS_MIN:
            due = begun + len(placing) / _PER_S
            await sleep_until(due)
            placing.append(asyncio.create_task(self._place(connections, due)))
        latencies = await asyncio.gather(*placing)
        await doing
        while not connections.empty():
            connections.get_nowait()[1].close()
        return latencies

    async def _place(
        self,
        connections: "asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]]",
        due: float,
    ) -> float:
        body = json.dumps(order(next(self._numbers), 0)).encode()
        reader, writer = await connections.get()
        writer.write(request_bytes("POST", "/v1/orders", self._headers, body))
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        at = head.find(b"content-length:") + 15
        await reader.readexactly(int(head[at:].split(b"\r\n", 1)[0]))
        assert head[9:12] == b"201", head
        connections.put_nowait((reader, writer))
        return time.perf_counter() - due


@contextmanager
def steady_orders(home: Path, dsn: str) -> Iterator[SteadyOrders]:
    """With an API process, and a merchant with products in stock."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    env = {
        "CATALOG_DATABASE_URL": dsn,
        "CATALOG_API_PORT": str(port),
        "CATALOG_SIGNING_KEY_FILE": str(signing_key(home)),
        "CATALOG_OPERATOR_CLIENT_ID": OPERATOR[0],
        "CATALOG_OPERATOR_CLIENT_SECRET": OPERATOR[1],
        "AIRLANE_ISSUER": url,
    }
    with process("-m", "services.catalog", "api", env=env, log=home / "api.log"):
        wait_for(f"{url}/readyz")
        _, token = create_merchant(SetupClient(url))
        yield SteadyOrders(url, token)
