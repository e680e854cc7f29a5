"""The whole chain under load: orders in, declarations out, with all processes of a park running.

Runs as the foreground program of a park (`python -m deploy.local bench`). An order counts when its
`customs.declaration.submitted` is on Kafka: by then catalog has reserved stock, routing has booked
every leg, customs has matched three documents and passed the list to the Single Window, and
analytics and webhooks (one endpoint, all events) have had their share of the two cores.
Latency is real time from the answer to `POST /v1/orders` to Kafka's timestamp of that event.
"""

import asyncio
import json
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp

from deploy.bench.rig import Figure, Spread, percentile, sleep_until
from deploy.sandbox.merchants.uscc import uscc
from shared.contracts.customs.declarations import DeclarationBlocked, DeclarationSubmitted
from shared.contracts.routing.shipments import ShipmentUnroutable
from shared.contracts.topics import CUSTOMS_DECLARATIONS, ROUTING_SHIPMENTS
from shared.kafka.reading import follow
from shared.kernel.clock import real_now
from shared.settings import KafkaSettings

MERCHANTS = 8
PRODUCTS = 50
IN_CHAIN_MAX = 200
SUSTAINED_S = 60.0
STEADY_S = 30.0
STEADY_PER_S = 20.0
_DESTINATIONS = ("DE", "FR", "GB", "US", "JP", "IT", "ES", "NL", "AU", "PL")
_EZHOU = "420700"  # administrative division of the made-up firms
_RUN = int(real_now().timestamp())


@dataclass
class OrderTimes:
    """When orders were accepted and submitted, in real seconds since 1970. `failures`: why an order
    will not be submitted."""

    accepted_at: dict[str, float] = field(default_factory=dict)
    submitted_at: dict[str, float] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def in_chain(self) -> int:
        return len(self.accepted_at.keys() - self.submitted_at.keys() - self.failures.keys())

    def latencies_s(self, since: float) -> list[float]:
        return [
            self.submitted_at[order] - at
            for order, at in self.accepted_at.items()
            if at >= since and order in self.submitted_at
        ]


class OperatorClient:
    """The APIs of a running park, used as an operator who may act for any merchant."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self._headers: dict[str, str] = {}

    async def log_in(self) -> None:
        form = {
            "grant_type": "client_credentials",
            "client_id": os.environ["CATALOG_OPERATOR_CLIENT_ID"],
            "client_secret": os.environ["CATALOG_OPERATOR_CLIENT_SECRET"],
        }
        async with self._session.post(_url("catalog", "/oauth/token"), data=form) as answer:
            token = (await answer.json())["access_token"]
        self._headers = {"Authorization": f"Bearer {token}"}

    async def post(
        self, service: str, path: str, body: object, tenant: str | None = None
    ) -> dict[str, Any]:
        headers = self._headers | ({"Airlane-Tenant": tenant} if tenant else {})
        async with self._session.post(_url(service, path), json=body, headers=headers) as answer:
            result: dict[str, Any] = await answer.json()
            assert answer.status < 300, (path, answer.status, result)
        return result


def _url(service: str, path: str) -> str:
    return os.environ[f"AIRLANE_{service.upper()}_URL"] + path


async def _create_merchants(park: OperatorClient) -> list[str]:
    """With products and more stock than a run can sell; returns their ids."""
    merchants = []
    for n in range(MERCHANTS):
        merchant = await park.post(
            "catalog",
            "/v1/merchants",
            {
                "name": {"en": f"Bench Factory {n}", "zh-CN": f"基准工厂{n}"},
                "uscc": uscc(_EZHOU, _RUN % 1_000_000 * 10 + n),
                "belt": "home_furnishing",
                "synthetic": True,
            },
        )
        merchants.append(merchant["id"])
        skus = [f"SKU-{k}" for k in range(PRODUCTS)]
        products = [{"sku": sku} | _PRODUCT for sku in skus]
        await park.post("catalog", "/v1/products:batch", {"items": products}, merchants[-1])
        stock = [
            {"sku": sku, "delta": 100_000_000, "reason": "received", "reference": "bench"}
            for sku in skus
        ]
        await park.post("catalog", "/v1/stock-adjustments:batch", {"items": stock}, merchants[-1])
    return merchants


_PRODUCT = {
    "title": {"en": "Lamp", "zh-CN": "灯"},
    "brand": "无品牌",
    "material": "铁",
    "hs_code": "940521",
    "origin_country": "CN",
    "net_weight_g": 300,
    "gross_weight_g": 350,
    "size_mm": [100, 100, 100],
    "price": {"amount": "12.99", "currency": "GBP"},
    "battery": False,
    "synthetic": True,
}


def _order(n: int) -> dict[str, Any]:
    return {
        "store": "direct",
        "order_number": f"C{_RUN}-{n}",
        "ordered_at": "2026-11-22T10:00:00Z",
        "ship_to": {"country": _DESTINATIONS[n % len(_DESTINATIONS)]},
        "lines": [
            {
                "line": k + 1,
                "sku": f"SKU-{(n + 11 * k) % PRODUCTS}",
                "quantity": 1,
                "unit_price": {"amount": "12.99", "currency": "GBP"},
            }
            for k in range(2)
        ],
    }


async def _watch(times: OrderTimes) -> None:
    async for record in follow(KafkaSettings(), (CUSTOMS_DECLARATIONS, ROUTING_SHIPMENTS)):
        if record.envelope is None:
            continue
        kind = record.envelope.type
        if kind == DeclarationSubmitted.event_type:
            order = record.envelope.payload(DeclarationSubmitted).order_id
            times.submitted_at[order] = record.timestamp_ms / 1000
        elif kind in (DeclarationBlocked.event_type, ShipmentUnroutable.event_type):
            data = json.loads(record.envelope.data)
            times.failures[data["order_id"]] = str(data.get("code") or data.get("detail"))
        else:
            continue
        times.changed.set()


async def _steady(place: Callable[[], Awaitable[None]]) -> None:
    """Open loop: an order every 1/20 s, whatever the chain does."""
    started = time.perf_counter()
    pending = []
    for n in range(int(STEADY_S * STEADY_PER_S)):
        await sleep_until(started + n / STEADY_PER_S)
        pending.append(asyncio.ensure_future(place()))
    await asyncio.gather(*pending)


async def _sustained(times: OrderTimes, place: Callable[[], Awaitable[None]]) -> None:
    """As fast as the chain accepts them: at most IN_CHAIN_MAX orders in progress."""
    until = time.perf_counter() + SUSTAINED_S

    async def worker() -> None:
        while time.perf_counter() < until:
            if times.in_chain >= IN_CHAIN_MAX:
                times.changed.clear()
                await asyncio.wait_for(times.changed.wait(), 30)
                continue
            await place()

    await asyncio.gather(*(worker() for _ in range(8)))


async def _drain(times: OrderTimes, seconds: float = 30) -> None:
    deadline = time.perf_counter() + seconds
    while times.in_chain and (left := deadline - time.perf_counter()) > 0:
        times.changed.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(times.changed.wait(), left)


async def measure() -> list[Figure]:
    times = OrderTimes()
    numbers = count()
    connector = aiohttp.TCPConnector(limit=32)
    async with aiohttp.ClientSession(connector=connector) as session:
        park = OperatorClient(session)
        await park.log_in()
        merchants = await _create_merchants(park)
        watch = asyncio.create_task(_watch(times))

        async def place() -> None:
            n = next(numbers)
            order = await park.post("catalog", "/v1/orders", _order(n), merchants[n % MERCHANTS])
            times.accepted_at[order["id"]] = real_now().timestamp()

        await _steady(place)
        await _drain(times)
        steady = times.latencies_s(0)
        await park.log_in()
        started = real_now().timestamp()
        await _sustained(times, place)
        in_window = [t for t in times.submitted_at.values() if started <= t < started + SUSTAINED_S]
        await _drain(times)
        watch.cancel()
    assert not times.in_chain, f"{times.in_chain} orders were never submitted"
    assert not times.failures, set(times.failures.values())
    loaded = times.latencies_s(started)
    return [
        Figure(
            "whole chain, sustained for 60 s", _one(len(in_window) / SUSTAINED_S), "orders/s", 50
        ),
        Figure("… accepted → submitted, p50", _one(percentile(loaded, 0.5)), "s"),
        Figure("… accepted → submitted, p95", _one(percentile(loaded, 0.95)), "s"),
        Figure("accepted → submitted at 20 orders/s, p50", _one(percentile(steady, 0.5)), "s"),
        Figure(
            "accepted → submitted at 20 orders/s, p95",
            _one(percentile(steady, 0.95)),
            "s",
            2.0,
            higher_is_better=False,
        ),
    ]


def _one(value: float) -> Spread:
    return Spread((value,))


def main() -> int:
    figures = asyncio.run(measure())
    out = Path(os.environ["AIRLANE_STATE_DIR"]) / "chain.json"
    out.write_text(json.dumps([figure.as_json() for figure in figures]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
