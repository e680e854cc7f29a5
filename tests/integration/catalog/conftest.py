"""Catalog behind HTTP on a real PostgreSQL: its own signing key and its own tokens."""

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from fastapi import FastAPI
from httpx2 import AsyncClient, Response
from pydantic import SecretStr
from stdnum.cn import uscc

from services.catalog.app import create_app
from services.catalog.settings import Settings
from shared.db import Database
from shared.http import GivenKeys
from shared.kernel.identity import Role
from shared.testing.clock import ManualClock
from shared.testing.databases import Postgres

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


def an_order(*lines: tuple[str, int], **changes: Any) -> dict[str, Any]:
    return {
        "store": "UK",
        "order_number": f"N{next(_numbers)}",
        "ordered_at": "2026-11-22T08:26:00Z",
        "ship_to": {"country": "GB", "postal_code": "SW1A 1AA"},
        "currency": "GBP",
        "lines": [
            {"line": number, "sku": sku, "quantity": quantity, "unit_price": "2.55"}
            for number, (sku, quantity) in enumerate(lines, 1)
        ],
    } | changes


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

    async def adjusted(self, sku: str, quantity: int, reason: str = "received") -> None:
        body = {"sku": sku, "quantity": quantity, "reason": reason}
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
        assert body["available"] == body["on_hand"] - body["reserved"]
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


NewMerchant = Callable[[], Awaitable[Merchant]]


@pytest.fixture(scope="session")
def signing_key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("catalog") / "signing-key.pem"
    key = Ed25519PrivateKey.generate()
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


@pytest.fixture(scope="session")
async def settings(postgres: Postgres, signing_key_file: Path) -> Settings:
    await postgres.migrated("catalog")
    return Settings(
        database_url=postgres.app_dsn("catalog"),
        signing_key_file=signing_key_file,
        operator_client_id=OPERATOR_ID,
        operator_client_secret=SecretStr(OPERATOR_SECRET),
    )


@pytest.fixture(scope="session")
def catalog_clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(scope="session")
def app(settings: Settings, catalog_clock: ManualClock, jwks: dict[str, Any]) -> FastAPI:
    own = create_app(settings).state.catalog.identity.key.jwks
    both = GivenKeys({"keys": [*own["keys"], *jwks["keys"]]})
    return create_app(settings, clock=catalog_clock, keys=both)


@pytest.fixture(scope="session")
async def client(app: FastAPI, client_for: Any) -> AsyncIterator[AsyncClient]:
    """Nobody: without a token."""
    async with client_for(app) as client:
        yield client


@pytest.fixture(scope="session")
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


def as_bearer(client: AsyncClient, token: str, **headers: str) -> AsyncClient:
    """Another caller of the same running app."""
    return AsyncClient(
        transport=client._transport,
        base_url=client.base_url,
        headers={"Authorization": f"Bearer {token}", **headers},
    )


@pytest.fixture(scope="session")
def operator(client: AsyncClient, token_for: Any) -> AsyncClient:
    return as_bearer(client, token_for(Role.OPERATOR, scopes=["catalog:read", "catalog:write"]))


@pytest.fixture(scope="session")
def new_merchant(
    client: AsyncClient, operator: AsyncClient, token_for: Any, db_for: Any
) -> NewMerchant:
    async def register() -> Merchant:
        body = {
            "name": {"en": "Ezhou Lamps", "zh-CN": "鄂州灯具"},
            "uscc": a_uscc(),
            "belt": "home_furnishing",
        }
        answer = await operator.post("/v1/merchants", json=body)
        assert answer.status_code == 201, answer.text
        merchant_id = answer.json()["id"]
        token = token_for(Role.MERCHANT, merchant_id, ["catalog:read", "catalog:write"])
        return Merchant(merchant_id, as_bearer(client, token), await db_for("catalog"))

    return register


@pytest.fixture
async def merchant(new_merchant: NewMerchant) -> Merchant:
    return await new_merchant()


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
