"""A partner platform: a real webhook receiver that checks every signature and writes down what it
was told. Now and then it fails or is slow, as partners are, so that the park has to try again.
"""

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Self

import standardwebhooks
from aiohttp import web

from deploy.sandbox.chance import share
from deploy.sandbox.door import Door
from shared.kernel.clock import monotonic_s

_FAILS: Final = 0.008  # of webhooks, the first attempt
_SLOW: Final = 0.002
_SLOW_S: Final = 2.0
DESCRIPTION: Final = "sandbox partner: every event"
_STATUS_EVENTS: Final = {
    "catalog.order.placed": "placed",
    "catalog.order.backordered": "backordered",
}
_NEVER: Final = datetime(1, 1, 1, tzinfo=UTC)
_REFUSED: Final = (standardwebhooks.WebhookVerificationError, ValueError)


@dataclass
class Ledger:
    """What arrived. `types` by webhook-id; `attempts` counts every request of an id."""

    types: dict[str, str] = field(default_factory=dict)
    attempts: Counter[str] = field(default_factory=Counter)
    unverified: list[str] = field(default_factory=list)
    failed_on_purpose: int = 0
    slow_on_purpose: int = 0
    last_news_s: float = 0.0
    newest_at: datetime = _NEVER  # business time of the newest event
    # The orders' states as far as we were told, with instant and id of the telling event.
    status: dict[str, str] = field(default_factory=dict)
    told_by: dict[str, tuple[datetime, str]] = field(default_factory=dict)

    @property
    def repeated(self) -> int:
        """Requests beyond the first of their id."""
        return self.attempts.total() - len(self.attempts)


class Partner:
    """`async with Partner(seed) as partner: await partner.subscribe(door)`."""

    def __init__(self, seed: int) -> None:
        self.ledger = Ledger()
        self.url = ""
        self._seed = seed
        self._webhook: standardwebhooks.Webhook | None = None
        self._endpoint_id = ""
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=2**20)
        app.router.add_post("/hooks", self._receive)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/hooks"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def subscribe(self, door: Door, run: str) -> None:
        """Registers for every event; the endpoints of earlier runs are taken away first."""
        async for endpoint in door.pages("/v1/endpoints"):
            if endpoint.get("description") == DESCRIPTION:
                await door.delete(f"/v1/endpoints/{endpoint['id']}")
        body = {"url": self.url, "event_types": ["*"], "description": DESCRIPTION}
        made = (await door.post("/v1/endpoints", body, key=f"endpoint-{run}")).must()
        if "secret" not in made:  # our answer got lost, and the repeat does not show it again
            path = f"/v1/endpoints/{made['id']}:rotate-secret"
            made = (await door.post(path, key=f"rotate-{run}-{self.url}")).must()
        self._endpoint_id = made["id"]
        self._webhook = standardwebhooks.Webhook(made["secret"])

    async def unsubscribe(self, door: Door) -> None:
        await door.delete(f"/v1/endpoints/{self._endpoint_id}")

    async def pending(self, door: Door) -> int:
        """How many deliveries the park still owes us, counted up to one page."""
        answer = await door.get(
            "/v1/deliveries", endpoint_id=self._endpoint_id, status="pending", limit="200"
        )
        return len(answer.must()["items"])

    async def _receive(self, request: web.Request) -> web.Response:
        body = await request.read()
        webhook_id = request.headers.get("webhook-id", "")
        if self._webhook is None:
            return web.Response(status=503)
        try:
            self._webhook.verify(body, dict(request.headers))
        except _REFUSED as error:
            self.ledger.unverified.append(f"{webhook_id}: {error}")
            return web.Response(status=401)
        self.ledger.attempts[webhook_id] += 1
        if self.ledger.attempts[webhook_id] == 1:
            roll = share(self._seed, "webhook", webhook_id)
            if roll < _FAILS:
                self.ledger.failed_on_purpose += 1
                return web.Response(status=500, text="out of order")
            if roll < _FAILS + _SLOW:
                self.ledger.slow_on_purpose += 1
                await asyncio.sleep(_SLOW_S)
        self._write_down(webhook_id, json.loads(body))
        return web.Response(status=204)

    def _write_down(self, webhook_id: str, message: dict[str, Any]) -> None:
        if webhook_id in self.ledger.types:
            return
        event_type, data = message["type"], message["data"]
        self.ledger.types[webhook_id] = event_type
        self.ledger.last_news_s = monotonic_s()
        at = datetime.fromisoformat(message["timestamp"])
        self.ledger.newest_at = max(self.ledger.newest_at, at)
        status = _STATUS_EVENTS.get(event_type)
        if event_type == "catalog.order.status_changed":
            status = data["status"]
        if status is None:
            return
        order_id = data["order_id"]
        # What was tried again arrives late: only newer news count. Ids grow within an instant.
        by = (at, webhook_id)
        if order_id not in self.ledger.told_by or by > self.ledger.told_by[order_id]:
            self.ledger.told_by[order_id] = by
            self.ledger.status[order_id] = status
