"""A partner platform: a webhook receiver that checks every signature and records what arrived. Now
and then it fails or is slow, as partners are, so that the park has to retry.
"""

import asyncio
import json
from typing import Final, Self

import standardwebhooks
from aiohttp import web

from deploy.sandbox.api_client import ServiceClient
from deploy.sandbox.chance import share
from deploy.sandbox.partner.ledger import WebhookLedger
from shared.kernel.clock import monotonic_s

_FAILS: Final = 0.008  # of webhooks, the first attempt
_SLOW: Final = 0.002
_SLOW_S: Final = 2.0
DESCRIPTION: Final = "sandbox partner: every event"
_REFUSED: Final = (standardwebhooks.WebhookVerificationError, ValueError)


class Partner:
    """`async with Partner(seed) as partner: await partner.subscribe(client, run)`."""

    def __init__(self, seed: int) -> None:
        self.ledger = WebhookLedger()
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

    async def subscribe(self, client: ServiceClient, run: str) -> None:
        """Registers for every event; the endpoints of earlier runs are taken away first."""
        async for endpoint in client.pages("/v1/endpoints"):
            if endpoint.get("description") == DESCRIPTION:
                await client.delete(f"/v1/endpoints/{endpoint['id']}")
        body = {"url": self.url, "event_types": ["*"], "description": DESCRIPTION}
        made = (await client.post("/v1/endpoints", body, key=f"endpoint-{run}")).must()
        if "secret" not in made:  # our answer got lost, and the repeat does not show it again
            path = f"/v1/endpoints/{made['id']}:rotate-secret"
            made = (await client.post(path, key=f"rotate-{run}-{self.url}")).must()
        self._endpoint_id = made["id"]
        self._webhook = standardwebhooks.Webhook(made["secret"])

    async def unsubscribe(self, client: ServiceClient) -> None:
        await client.delete(f"/v1/endpoints/{self._endpoint_id}")

    async def pending(self, client: ServiceClient) -> int:
        """How many deliveries the park still owes us, counted up to one page."""
        answer = await client.get(
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
        self.ledger.record(webhook_id, json.loads(body), monotonic_s())
        return web.Response(status=204)
