"""What catalog's integration tests say and check: bodies, a merchant with a client, refusals."""

import itertools
from dataclasses import dataclass
from typing import Any

from httpx2 import AsyncClient, Response
from stdnum.cn import uscc

from services.catalog.jobs import place_back_orders
from services.catalog.queries.orders import list_restocked_tenants
from shared.db import Database
from shared.kafka import JobContext
from shared.kernel.identity import PARK

OPERATOR_ID = "cli_operator_of_the_tests"
OPERATOR_SECRET = "airlane_test_" + "0" * 48

_numbers = itertools.count(1)


def a_uscc() -> str:
    """Valid, and another one each time."""
    body = f"91420700MA{next(_numbers):07d}"
    return body + uscc.calc_check_digit(body)


def a_product(**changes: Any) -> dict[str, Any]:
    return {
        "title": {"en": "White hanging heart T-light holder", "zh-CN": "白色心形烛台"},
        "hs_code": "940550",
        "origin_country": "CN",
        "net_weight_g": 180,
        "gross_weight_g": 220,
        "size_mm": [120, 80, 60],
        "price": {"amount": "2.55", "currency": "GBP"},
        "battery": False,
    } | changes


def an_overlay(**changes: Any) -> dict[str, Any]:
    return {
        "status": "active",
        "title": {"de": "Teelichthalter mit weißem Herz"},
        "brand": "Herzlich",
    } | changes


def a_parent(**changes: Any) -> dict[str, Any]:
    return {"title": {"en": "Lace wig", "zh-CN": "蕾丝假发"}, "axes": ["colour"]} | changes


def a_schema(**properties: Any) -> dict[str, Any]:
    """Of goods with a length in inches, which is required, and whatever else is named."""
    length = {
        "title": "Length",
        "x-titles": {"zh-CN": "长度"},
        "x-unit": "in",
        "type": "number",
        "minimum": 4,
        "maximum": 60,
    }
    return {
        "type": "object",
        "properties": {"length_in": length, **properties},
        "required": ["length_in"],
        "additionalProperties": False,
    }


def a_product_type(**changes: Any) -> dict[str, Any]:
    return {
        "name": {"en": "Tresses", "zh-CN": "发束"},
        "schema": a_schema(),
        "hs_prefixes": ["6704"],
        "source": "Park office",
        "as_of": "2026-11-22",
    } | changes


def an_order(*lines: tuple[str, int], **changes: Any) -> dict[str, Any]:
    return {
        "store": "UK",
        "order_number": f"N{next(_numbers)}",
        "ordered_at": "2026-11-22T08:26:00Z",
        "ship_to": {"country": "GB", "postal_code": "SW1A 1AA"},
        "lines": [a_line(number, *line) for number, line in enumerate(lines, 1)],
    } | changes


def a_line(
    number: int, sku: str, quantity: int, amount: str = "2.55", currency: str = "GBP"
) -> dict[str, Any]:
    price = {"amount": amount, "currency": currency}
    return {"line": number, "sku": sku, "quantity": quantity, "unit_price": price}


def an_adjustment(sku: str, delta: int, **changes: Any) -> dict[str, Any]:
    """With a reference of its own."""
    reference = f"GR-{next(_numbers)}"
    return {"sku": sku, "delta": delta, "reason": "received", "reference": reference} | changes


@dataclass
class Merchant:
    """A registered merchant with a client that carries its token."""

    id: str
    client: AsyncClient
    db: Database

    async def stocked(self, sku: str, quantity: int, **changes: Any) -> str:
        """A product with stock; its id."""
        answer = await self.client.put(f"/v1/products/{sku}", json=a_product(**changes))
        assert answer.status_code == 201, answer.text
        if quantity:
            await self.adjusted(sku, quantity)
        return str(answer.json()["id"])

    async def patched(self, sku: str, patch: dict[str, Any]) -> None:
        """Whatever its version is."""
        headers = {"If-Match": "*", "Content-Type": "application/merge-patch+json"}
        answer = await self.client.patch(f"/v1/products/{sku}", json=patch, headers=headers)
        assert answer.status_code == 200, answer.text

    async def batch(self, sku: str, product: dict[str, Any]) -> None:
        """One product by POST /v1/products:batch."""
        answer = await self.client.post(
            "/v1/products:batch", json={"items": [{"sku": sku, **product}]}
        )
        assert answer.status_code == 207, answer.text
        assert answer.json()["items"][0]["status"] < 300, answer.text

    async def adjusted(self, sku: str, quantity: int, reason: str = "received") -> None:
        body = an_adjustment(sku, quantity, reason=reason)
        answer = await self.client.post("/v1/stock-adjustments", json=body)
        assert answer.status_code == 201, answer.text

    async def ordered(self, *lines: tuple[str, int], **changes: Any) -> dict[str, Any]:
        answer = await self.client.post("/v1/orders", json=an_order(*lines, **changes))
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def order(self, order_id: str) -> dict[str, Any]:
        return dict((await self.client.get(f"/v1/orders/{order_id}")).json())

    async def stock(self, sku: str) -> tuple[int, int]:
        """On hand and reserved."""
        body = (await self.client.get(f"/v1/stock/{sku}")).json()
        free = body["on_hand"] - body["reserved"]
        assert (body["available"], body["shortfall"]) == (max(free, 0), max(-free, 0))
        return body["on_hand"], body["reserved"]

    async def events(self, subject: str | None = None) -> list[dict[str, Any]]:
        """What the outbox holds of this merchant, in the order of writing."""
        async with self.db.read(self.id) as reader:
            rows = await reader._connection.fetch(
                "SELECT type, aggregate_id, aggregate_version, tenant_id, payload::jsonb AS data"
                " FROM catalog.outbox WHERE tenant_id = $1 AND ($2::text IS NULL"
                " OR aggregate_id = $2) ORDER BY id",
                self.id,
                subject,
            )
        return [dict(row) for row in rows]

    async def ledger_equals_counters(self) -> None:
        async with self.db.read(self.id) as reader:
            rows = await reader._connection.fetch(
                "SELECT s.product_id, s.on_hand, s.reserved,"
                " coalesce(sum(l.on_hand_delta), 0) AS on_hand_sum,"
                " coalesce(sum(l.reserved_delta), 0) AS reserved_sum"
                " FROM catalog.stock s LEFT JOIN catalog.stock_ledger l USING (product_id)"
                " WHERE s.tenant_id = $1 GROUP BY s.product_id",
                self.id,
            )
        assert rows
        for row in rows:
            assert (row["on_hand"], row["reserved"]) == (row["on_hand_sum"], row["reserved_sum"])


@dataclass
class BackOrders:
    """The worker's job that places them."""

    context: JobContext

    async def tick(self) -> None:
        await place_back_orders(self.context)

    async def has_work_for(self, merchant: Merchant) -> bool:
        async with self.context.db.read(PARK) as reader:
            return merchant.id in await list_restocked_tenants(reader)


def as_bearer(client: AsyncClient, token: str, **headers: str) -> AsyncClient:
    """Another caller of the same running app."""
    return AsyncClient(
        transport=client._transport,
        base_url=client.base_url,
        headers={"Authorization": f"Bearer {token}", **headers},
    )


def refused(answer: Response, status: int, code: str, pointer: str | None = None) -> dict[str, Any]:
    """Checks a problem document and returns it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    codes = {body["code"], *(fault["code"] for fault in body["errors"])}
    assert code in codes, body
    if pointer is not None:
        assert pointer in {fault["pointer"] for fault in body["errors"]}, body
    return body


async def ask_for_token(client: AsyncClient, **form: str) -> Response:
    return await client.post("/oauth/token", data={"grant_type": "client_credentials", **form})


async def token_of(client: AsyncClient, credential: dict[str, Any], **form: str) -> str:
    answer = await ask_for_token(
        client,
        client_id=credential["client_id"],
        client_secret=credential["client_secret"],
        **form,
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


async def a_credential(caller: AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await caller.post("/v1/credentials", json={"description": "x", **body})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())
