"""How many statements each operation takes: a number of its own, whatever the number of rows.

Without BEGIN and COMMIT; the outbox is one of those that change something. A new operation needs a
line here. Who changes a number says why in the commit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from httpx2 import AsyncClient, Response

from tests.integration.catalog.conftest import NewMerchant
from tests.kit.statements import statements_run
from tests.support.worlds.catalog import (
    Merchant,
    a_credential,
    a_parent,
    a_product,
    a_product_type,
    a_uscc,
    an_adjustment,
    an_order,
    an_overlay,
    ask_for_token,
)

ROWS: Final = 50
ANY: Final = {"If-Match": "*"}


TYPED: Final = {"product_type": "counted", "attributes": {"length_in": 20}}


def a_variant(number: int, **changes: Any) -> dict[str, Any]:
    options = {"colour": f"{number}"}
    return a_product(sku=f"V-{number}", parent_sku="MANY", options=options, **changes)


def _a_merchant() -> dict[str, Any]:
    return {"name": {"en": "Ezhou Lamps"}, "uscc": a_uscc(), "belt": "home_furnishing"}


# Path → statements, and the body if it has one.
ONE: Final[dict[str, tuple[int, Callable[[], object] | None]]] = {
    "GET /v1/products/{sku}": (1, None),
    "PUT /v1/products/{sku}": (3, lambda: a_product(battery=True)),
    # One more than PUT: it is read before it is locked, because its parent is locked first.
    "PATCH /v1/products/{sku}": (4, lambda: {"battery": True}),
    "DELETE /v1/products/{sku}": (7, None),
    "GET /v1/products/{sku}?market=DE&locale=de": (2, None),
    "GET /v1/products/{sku}/markets/{market}": (2, None),
    "PUT /v1/products/{sku}/markets/{market}": (4, lambda: an_overlay(brand="Other")),
    "PATCH /v1/products/{sku}/markets/{market}": (4, lambda: {"brand": "Other"}),
    "DELETE /v1/products/{sku}/markets/{market}": (4, None),
    "GET /v1/products/{sku}/media": (3, None),
    # Read before and after.
    "POST /v1/products/{sku}/media:recheck": (7, None),
    "GET /v1/parents/{parent_sku}/media": (2, None),
    "POST /v1/parents/{parent_sku}/media:recheck": (5, None),
    "GET /v1/products/{sku}/markets/{market}/prices": (2, None),
    "PUT /v1/products/{sku}/markets/{market}/prices": (4, lambda: {"prices": []}),
    "POST /v1/orders": (3, lambda: an_order(("STOCKED", 1))),
    "GET /v1/orders/{order_id}": (2, None),
    "POST /v1/orders/{order_id}:cancel": (6, lambda: {"reason": "x"}),
    "POST /v1/stock-adjustments": (4, lambda: an_adjustment("STOCKED", 5)),
    "GET /v1/stock/{sku}": (1, None),
    "POST /v1/merchants": (2, _a_merchant),
    "GET /v1/merchants/{merchant_id}": (1, None),
    "POST /v1/partners": (2, lambda: {"name": "Marketplace", "sees": "all"}),
    "GET /v1/partners/{partner_id}": (1, None),
    "POST /v1/credentials": (2, lambda: {"description": "x"}),
    "GET /v1/credentials/{client_id}": (1, None),
    "POST /v1/credentials/{client_id}:rotate": (2, None),
    "DELETE /v1/credentials/{client_id}": (1, None),
    "GET /v1/belts": (1, None),
    "GET /v1/stores": (1, None),
    "GET /v1/hs-codes/{hs_code}": (1, None),
    "GET /v1/parents/{parent_sku}": (1, None),
    "PUT /v1/parents/{parent_sku}": (3, lambda: a_parent(brand="Other")),
    "PATCH /v1/parents/{parent_sku}": (3, lambda: {"brand": "Other"}),
    "DELETE /v1/parents/{parent_sku}": (4, None),
    "PUT /v1/product-types/{type_code}": (4, lambda: a_product_type(source="Desk")),
    "GET /v1/product-types/{type_code}": (1, None),
    "GET /v1/product-types/{type_code}/schema": (1, None),
    "GET /v1/imports/{import_id}": (1, None),
    "GET /v1/imports/{import_id}/columns": (1, None),
    "GET /v1/imports/{import_id}/findings:count": (2, None),
    "POST /v1/imports/{import_id}:cancel": (2, None),
}
# The same for a page of one row and for a page of fifty.
LISTS: Final[dict[str, int]] = {
    "GET /v1/products": 1,
    "GET /v1/products/{sku}/markets": 2,
    "GET /v1/orders": 1,
    "GET /v1/stock/{sku}/ledger": 2,
    "GET /v1/changes": 2,
    "GET /v1/merchants": 1,
    "GET /v1/hs-codes": 1,
    "GET /v1/partners": 1,
    "GET /v1/credentials": 1,
    "GET /v1/product-types": 1,
    "GET /v1/parents": 1,
    "GET /v1/parents/{parent_sku}/variants": 2,
    "GET /v1/imports": 1,
    "GET /v1/imports/{import_id}/findings": 2,
}
# The same for two items and for two hundred; `new` and `known`: what the batch is about.
BATCHES: Final[dict[str, tuple[int, Callable[[int], object]]]] = {
    "POST /v1/products:batch new": (2, lambda n: a_product(sku=f"NEW-{n}")),
    "POST /v1/products:batch known": (2, lambda n: a_product(sku=f"P-{n}", battery=True)),
    "POST /v1/products:batch same": (2, lambda n: a_product(sku=f"P-{n}")),
    "POST /v1/products:batch typed": (3, lambda n: a_product(sku=f"NEW-{n}", **TYPED)),
    "POST /v1/products:batch variants": (4, a_variant),
    "POST /v1/products:batch typed variants": (5, lambda n: a_variant(n, **TYPED)),
    "POST /v1/orders:batch new": (5, lambda n: an_order((f"P-{n}", 1), (f"P-{n + 1}", 1))),
    "POST /v1/orders:batch known": (1, lambda n: an_order(("STOCKED", 1), order_number=f"K-{n}")),
    "POST /v1/stock-adjustments:batch new": (4, lambda n: an_adjustment(f"P-{n}", 1)),
    "POST /v1/stock-adjustments:batch known": (
        2,
        lambda n: an_adjustment("STOCKED", 1, reference=f"K-{n}"),
    ),
}
# They need no database, or read it in portions.
OTHERS: Final = {
    "GET /v1/products:export": "one statement for each portion that is sent",
    "GET /v1/classifications:suggest": "none: the tables are read when the process starts",
    "GET /v1/import-templates/{kind}": "none, and one for the type of product that is named",
    "POST /v1/imports": "its body is a file: one statement, and that of the key",
    "PUT /v1/imports/{import_id}/columns": "one statement each way, for one that waits",
    "GET /v1/imports/{import_id}/failed-rows": "one statement for each portion of reasons",
    "GET /v1/imports/{import_id}/progress": "one statement for each look",
    "POST /oauth/token": "test_a_token_takes_one_statement",
    "GET /.well-known/jwks.json": "none",
    "GET /.well-known/oauth-authorization-server": "none",
    "GET /.well-known/openid-configuration": "none",
}


@dataclass
class Stage:
    """A merchant that has one of everything, and the words that paths name it by."""

    merchant: Merchant
    operator: AsyncClient
    names: dict[str, str]

    async def send(self, operation: str, **more: Any) -> tuple[Response, list[str]]:
        """The answer, and the statements that it took."""
        method, path = operation.split()[:2]
        of_the_park = path.startswith(("/v1/merchants", "/v1/partners", "/v1/product-types"))
        client = self.operator if of_the_park else self.merchant.client
        headers = ANY if method in {"PUT", "PATCH", "DELETE"} else {}
        with statements_run() as seen:
            answer = await client.request(
                method, path.format_map(self.names), headers=headers, **more
            )
        assert answer.is_success, answer.text
        return answer, seen


@pytest.fixture
async def stage(new_merchant: NewMerchant, operator: AsyncClient) -> Stage:
    merchant = await new_merchant()
    await merchant.stocked("STOCKED", 10)
    await merchant.stocked("FREE", 0)
    order = await merchant.ordered(("STOCKED", 1))
    for market in ("DE", "FR"):
        put = await merchant.client.put(f"/v1/products/FREE/markets/{market}", json=an_overlay())
        assert put.is_success, put.text
    prices = {"prices": [{"amount": "19.90", "currency": "EUR"}]}
    put = await merchant.client.put("/v1/products/FREE/markets/DE/prices", json=prices)
    assert put.is_success, put.text
    await operator.put("/v1/product-types/counted", json=a_product_type(), headers=ANY)
    await operator.put("/v1/product-types/counted", json=a_product_type())
    await merchant.stocked("TYPED", 0, **TYPED)
    for sku in ("EMPTY", "MANY"):
        put = await merchant.client.put(f"/v1/parents/{sku}", json=a_parent())
        assert put.is_success, put.text
    partner = await operator.post("/v1/partners", json={"name": "Marketplace", "sees": "all"})
    credential = await a_credential(merchant.client)
    names = {
        "sku": "FREE",
        "market": "DE",
        "order_id": order["id"],
        "merchant_id": merchant.id,
        "partner_id": partner.json()["id"],
        "client_id": credential["client_id"],
        "type_code": "counted",
        "hs_code": "940550",
        "parent_sku": "EMPTY",
        "import_id": await an_import(merchant.client),
    }
    return Stage(merchant, operator, names)


async def an_import(client: AsyncClient) -> str:
    answer = await client.post(
        "/v1/imports",
        params={"kind": "stock"},
        content=b"sku,on_hand\nFREE,1\n",
        headers={"Content-Type": "text/csv", "Idempotency-Key": "counted"},
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.mark.parametrize("operation", ONE)
async def test_one_thing(stage: Stage, operation: str) -> None:
    count, body = ONE[operation]
    await stage.send("GET /v1/stores")  # what is read once and kept is read by now
    _, seen = await stage.send(operation, **({} if body is None else {"json": body()}))
    assert len(seen) == count, "\n".join(seen)


async def _filled(stage: Stage) -> None:
    """Fifty of everything that a list shows."""
    client, numbers = stage.merchant.client, range(ROWS)
    products = [a_product(sku=f"P-{n:02}") for n in numbers]
    await client.post("/v1/products:batch", json={"items": products})
    adjustments = [an_adjustment("FREE", 1) for _ in numbers]
    await client.post("/v1/stock-adjustments:batch", json={"items": adjustments})
    orders = [an_order(("STOCKED", 1)) for _ in numbers]
    await client.post("/v1/orders:batch", json={"items": orders})


@pytest.mark.parametrize("operation", LISTS)
async def test_a_list(stage: Stage, operation: str) -> None:
    await _filled(stage)
    counts = []
    for limit in (1, ROWS):
        answer, seen = await stage.send(operation, params={"limit": limit})
        counts.append(len(seen))
        assert len(answer.json()["items"]) <= limit
    assert counts == [LISTS[operation]] * 2, "\n".join(seen)


@pytest.mark.parametrize("operation", BATCHES)
async def test_a_batch(stage: Stage, operation: str) -> None:
    count, item = BATCHES[operation]
    client = stage.merchant.client
    products = [a_product(sku=f"P-{n}") for n in range(204)]
    await client.post("/v1/products:batch", json={"items": products})
    counts = []
    for numbers in (range(201, 203), range(200)):
        items = [item(n) for n in numbers]
        if operation.endswith("known"):
            path = operation.split()[1]
            if "products" not in path:
                await client.post(path, json={"items": items})
        answer, seen = await stage.send(operation, json={"items": items})
        counts.append(len(seen))
        assert all(one["status"] < 300 for one in answer.json()["items"])
    assert counts == [count] * 2, "\n".join(seen)


async def test_a_token_takes_one_statement(
    stage: Stage, client: AsyncClient, operator: AsyncClient
) -> None:
    credential = await a_credential(operator, tenant=stage.merchant.id)
    with statements_run() as seen:
        answer = await ask_for_token(
            client,
            client_id=credential["client_id"],
            client_secret=credential["client_secret"],
        )
    assert answer.status_code == 200
    assert len(seen) == 1, "\n".join(seen)


def test_every_operation_has_its_number(app: FastAPI) -> None:
    routes = [one for one in app.router.routes if isinstance(one, APIRoute)]
    served = {
        f"{method} {route.path}"
        for route in routes
        if route.include_in_schema
        for method in route.methods or ()
    }
    named = (*ONE, *LISTS, *BATCHES, *OTHERS)
    counted = {" ".join(name.partition("?")[0].split()[:2]) for name in named}
    assert served - {f"HEAD {path.split()[1]}" for path in served} == counted
