"""One example of every resource that a path can name, and of every body: the requests of the tests
over all operations. A new path parameter or body without an example fails a test here.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from httpx2 import AsyncClient, Response

from services.catalog.domain.credentials.credential import SCOPES_OF_ROLE
from services.catalog.domain.media.check import Fetched, FetchFault
from services.catalog.queries.media import (
    ParentMedia,
    ProductMedia,
    get_media,
    get_media_of_parent,
)
from services.catalog.use_cases.media import record_check
from shared.db import JSON, TEXT, Database, UnitOfWork, sql
from shared.kernel.identity import Role
from shared.kernel.ids import new_id
from tests.contract import examples_of_customs as of_customs
from tests.contract import examples_of_routing as of_routing
from tests.contract.operations import Operation
from tests.kit.clock import ManualClock
from tests.support.worlds.catalog import (
    a_parent,
    a_product,
    a_product_type,
    a_uscc,
    an_order,
    an_overlay,
)
from tests.support.worlds.routing import RoutingWorld

TokenFor = Callable[..., str]
# Every product of the examples differs there, and has prices.
MARKET: Final = "DE"


@dataclass
class AllServices:
    """The five services on real databases. `clients` send no token; there is one per service."""

    clients: dict[str, AsyncClient]
    databases: dict[str, Database]
    clock: ManualClock
    token_for: TokenFor
    folder: Path
    merchant_id: str = ""
    made: dict[str, str] = field(default_factory=dict)

    def operator(self, *, acts_for: str | None = None) -> dict[str, str]:
        """Headers of an operator, who acts for the merchant if one is named."""
        token = self.token_for(Role.OPERATOR, scopes=SCOPES_OF_ROLE[Role.OPERATOR])
        headers = {"Authorization": f"Bearer {token}"}
        return headers | ({"Airlane-Tenant": acts_for} if acts_for else {})

    async def send(
        self, operation: Operation, *, address: str | None = None, **request: Any
    ) -> Response:
        """The operation as an operator, for the world's merchant where it must be for one."""
        request = as_sent(operation, **request)
        acts_for = None if operation.park_wide else self.merchant_id
        headers = self.operator(acts_for=acts_for)
        headers.update(request.pop("headers", {}))
        return await self.clients[operation.service].request(
            request.pop("method", operation.method),
            address or await self.address(operation),
            headers=headers,
            **request,
        )

    async def address(self, operation: Operation, *, fresh: bool = False) -> str:
        """Its path with parameters that name something; `fresh`: something no other test uses."""
        if str(operation) in READY:
            found = {"declaration_id": await READY[str(operation)](self)}
        else:
            found = {name: await self.resource(name, fresh=fresh) for name in operation.path_params}
        return operation.path.format_map(found) + QUERIES.get(str(operation), "")

    async def resource(self, name: str, *, fresh: bool = False) -> str:
        if fresh:
            return await EXAMPLES[name](self)
        if name not in self.made:
            self.made[name] = await EXAMPLES[name](self)
        return self.made[name]

    async def post(self, service: str, path: str, body: Any, **headers: str) -> Response:
        sent = self.operator() | headers
        answer = await self.clients[service].post(path, json=body, headers=sent)
        assert answer.is_success, answer.text
        return answer


def as_sent(operation: Operation, **request: Any) -> dict[str, Any]:
    """A request with `json` as the operation takes it: some take a file instead."""
    if str(operation) not in FILES or request.get("method", "POST") != "POST":
        return request
    content, params = FILES[str(operation)]
    request.pop("json", None)
    headers = {"Content-Type": "text/csv"} | request.pop("headers", {})
    params = params | request.pop("params", {})
    return {"content": content, "params": params, "headers": headers, **request}


async def _sku(world: AllServices) -> str:
    sku = f"S-{new_id('sku')[-12:]}"
    headers = world.operator(acts_for=world.merchant_id)
    picture = _a_picture(sku)
    answer = await world.clients["catalog"].put(
        f"/v1/products/{sku}", json=a_product(media=[picture]), headers=headers
    )
    assert answer.status_code == 201, answer.text
    await _looked_at(world, lambda uow: get_media(uow, sku=sku))
    overlay = await world.clients["catalog"].put(
        f"/v1/products/{sku}/markets/{MARKET}", json=an_overlay(), headers=headers
    )
    assert overlay.status_code == 201, overlay.text
    prices = await world.clients["catalog"].put(
        f"/v1/products/{sku}/markets/{MARKET}/prices",
        json={"prices": [{"amount": "19.90", "currency": "EUR"}]},
        headers=headers,
    )
    assert prices.status_code == 201, prices.text
    return sku


def _a_picture(sku: str) -> dict[str, str]:
    return {"url": f"https://media.example/{sku}.jpg", "role": "main"}


async def _looked_at(
    world: AllServices, read: Callable[[UnitOfWork], Awaitable[ProductMedia | ParentMedia]]
) -> None:
    """As if the worker had looked for these media an hour ago."""
    async with world.databases["catalog"].transaction(world.merchant_id) as uow:
        for one in (await read(uow)).media:
            assert one.check is not None
            found = Fetched(fault=FetchFault.REFUSED, http_status=404)
            at = world.clock.now() - timedelta(hours=1)
            await record_check(uow, check_id=one.check.id, found=found, now=at)


async def _market(_: AllServices) -> str:
    return MARKET


async def _order(world: AllServices) -> str:
    sku = await world.resource("sku")
    body = an_order((sku, 1))
    tenant = {"Airlane-Tenant": world.merchant_id}
    return str((await world.post("catalog", "/v1/orders", body, **tenant)).json()["id"])


async def _merchant(world: AllServices) -> str:
    return str((await world.post("catalog", "/v1/merchants", a_merchant())).json()["id"])


async def _partner(world: AllServices) -> str:
    body = {"name": "Marketplace", "sees": "all"}
    return str((await world.post("catalog", "/v1/partners", body)).json()["id"])


async def _credential(world: AllServices) -> str:
    body = {"description": "shop", "tenant": world.merchant_id}
    return str((await world.post("catalog", "/v1/credentials", body)).json()["client_id"])


async def _hs_code(_: AllServices) -> str:
    return "940550"


async def _mode(_: AllServices) -> str:
    return "9610"


async def _lane(_: AllServices) -> str:
    return "1"


async def _flight(world: AllServices) -> str:
    routing = _routing(world)
    end, _ = await routing.airport()
    return await routing.flight(routing.hub, end, departs_h=48)


async def _shipment(world: AllServices) -> str:
    routing = _routing(world)
    end, country = await routing.airport()
    await routing.flight(routing.hub, end, departs_h=48)
    order_id = await routing.place(country)
    return (await routing.shipment(order_id)).id


async def _endpoint(world: AllServices) -> str:
    tenant = {"Airlane-Tenant": world.merchant_id}
    return str(
        (await world.post("webhooks", "/v1/endpoints", an_endpoint(), **tenant)).json()["id"]
    )


async def _import(world: AllServices) -> str:
    """One that waits for somebody to say what its columns are."""
    content, params = FILES["catalog POST /v1/imports"]
    headers = world.operator(acts_for=world.merchant_id) | {"Content-Type": "text/csv"}
    answer = await world.clients["catalog"].post(
        "/v1/imports", content=content, params=params, headers=headers
    )
    assert answer.status_code == 201, answer.text
    import_id = str(answer.json()["id"])
    columns = {"names": ["Ref"], "targets": {"Ref": ""}, "chosen": {}, "constants": {}}
    async with world.databases["catalog"].transaction(world.merchant_id) as uow:
        await uow.execute(
            _WAITS, id=import_id, columns=columns | {"samples": {}}, shape={"hash": "example"}
        )
    return import_id


_WAITS: Final = sql(
    "UPDATE catalog.imports SET state = 'needs_mapping', columns = :columns, shape = :shape"
    " WHERE id = :id",
    id=TEXT,
    columns=JSON,
    shape=JSON,
)


async def _delivery(world: AllServices) -> str:
    endpoint = await world.resource("endpoint_id")
    return str((await world.post("webhooks", f"/v1/endpoints/{endpoint}:test", {})).json()["id"])


async def _parent_sku(world: AllServices) -> str:
    sku = f"P-{new_id('pnt')[-12:]}"
    headers = world.operator(acts_for=world.merchant_id)
    answer = await world.clients["catalog"].put(
        f"/v1/parents/{sku}", json=a_parent(media=[_a_picture(sku)]), headers=headers
    )
    assert answer.status_code == 201, answer.text
    await _looked_at(world, lambda uow: get_media_of_parent(uow, sku=sku))
    return sku


async def _type_code(world: AllServices) -> str:
    code = f"t_{new_id('typ')[-12:]}"
    answer = await world.clients["catalog"].put(
        f"/v1/product-types/{code}", json=a_product_type(), headers=world.operator()
    )
    assert answer.status_code == 201, answer.text
    return code


async def _timetable_import(world: AllServices) -> str:
    content, _ = FILES["routing POST /v1/timetable-imports"]
    headers = world.operator() | {"Content-Type": "text/csv"}
    answer = await world.clients["routing"].post(
        "/v1/timetable-imports", content=content, headers=headers
    )
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


async def _kind(_: AllServices) -> str:
    return "products"


EXAMPLES: Final[dict[str, Callable[[AllServices], Awaitable[str]]]] = {
    "sku": _sku,
    "market": _market,
    "parent_sku": _parent_sku,
    "type_code": _type_code,
    "order_id": _order,
    "merchant_id": _merchant,
    "partner_id": _partner,
    "client_id": _credential,
    "declaration_id": of_customs.declaration,
    "guid": of_customs.message,
    "digest": of_customs.digest,
    "bill_id": of_customs.bill,
    "summary_id": of_customs.summary,
    "return_id": of_customs.goods_returned,
    "door_name": lambda world: of_customs.customs(world).a_door(),
    "key_name": lambda world: of_customs.customs(world).a_complaint(),
    "hs_code": _hs_code,
    "lane": _lane,
    "mode": _mode,
    "registration_id": of_customs.registration,
    "flight_id": _flight,
    "shipment_id": _shipment,
    "endpoint_id": _endpoint,
    "delivery_id": _delivery,
    "import_id": _import,
    "timetable_import_id": _timetable_import,
    "kind": _kind,
    **of_routing.EXAMPLES,
}


def a_merchant() -> dict[str, Any]:
    return {"name": {"en": "Ezhou Lamps"}, "uscc": a_uscc(), "belt": "home_furnishing"}


def an_endpoint() -> dict[str, Any]:
    return {"url": "https://127.0.0.1:9/hooks", "event_types": ["customs.declaration.*"]}


def _routing(world: AllServices) -> RoutingWorld:
    return RoutingWorld(world.databases["routing"], world.clock, merchant=world.merchant_id)


def _adjustment(world: AllServices) -> dict[str, Any]:
    return {"sku": world.made["sku"], "delta": 5, "reason": "received", "reference": new_id("ref")}


def _status_update(world: AllServices) -> dict[str, Any]:
    return {
        "code": "RCF",
        "airport": "LGG",
        "occurred_at": world.clock.now().isoformat(),
        "house_waybill": "EHAA00000011",
    }


# By operation: a declaration with which the step may be taken. Nobody else uses it.
READY: Final[dict[str, Callable[[AllServices], Awaitable[str]]]] = {
    "customs POST /v1/declarations/{declaration_id}:cancel": of_customs.declaration,
    "customs POST /v1/declarations/{declaration_id}:clone": of_customs.declaration_returned,
    "customs POST /v1/declarations/{declaration_id}:amend": of_customs.declaration_accepted,
    "customs POST /v1/declarations/{declaration_id}:repair": of_customs.declaration_blocked,
    "customs POST /v1/declarations/{declaration_id}:resend": of_customs.declaration,
}
# By operation: the query that it cannot do without.
QUERIES: Final = {
    "catalog GET /v1/classifications:suggest": "?title=Coffee+mug",
    "customs GET /v1/registrations:check": "?mode=9610",
}
# By operation: the file that it takes as its body, and its query.
FILES: Final[dict[str, tuple[bytes, dict[str, Any]]]] = {
    "catalog POST /v1/imports": (b"SKU\nEXAMPLE-1\n", {"kind": "products"}),
    "routing POST /v1/timetable-imports": (b"carrier,flight_number\n", {}),
}

# By operation: a body that is accepted. Items of batches are those of the single operation.
BODIES: Final[dict[str, Callable[[AllServices], Any]]] = {
    "catalog PUT /v1/products/{sku}": lambda _: a_product(battery=True),
    "catalog PATCH /v1/products/{sku}": lambda _: {"battery": True},
    "catalog PUT /v1/products/{sku}/markets/{market}": lambda _: an_overlay(status="withdrawn"),
    "catalog PATCH /v1/products/{sku}/markets/{market}": lambda _: {"title": {"de": None}},
    "catalog PUT /v1/products/{sku}/markets/{market}/prices": lambda _: {"prices": []},
    "catalog POST /v1/products:batch": lambda _: {"items": [a_product(sku="BATCH-1")]},
    "catalog PUT /v1/parents/{parent_sku}": lambda _: a_parent(brand="Airlane"),
    "catalog PATCH /v1/parents/{parent_sku}": lambda _: {"synthetic": True},
    "catalog PUT /v1/product-types/{type_code}": lambda _: a_product_type(source="Desk"),
    "catalog PUT /v1/imports/{import_id}/columns": lambda _: {"targets": {"Ref": "sku"}},
    "catalog POST /v1/orders": lambda world: an_order((world.made["sku"], 1)),
    "catalog POST /v1/orders:batch": lambda world: {"items": [an_order((world.made["sku"], 1))]},
    "catalog POST /v1/orders/{order_id}:cancel": lambda _: {"reason": "changed mind"},
    "catalog POST /v1/stock-adjustments": _adjustment,
    "catalog POST /v1/stock-adjustments:batch": lambda world: {"items": [_adjustment(world)]},
    "catalog POST /v1/merchants": lambda _: a_merchant(),
    "catalog POST /v1/partners": lambda _: {"name": "Marketplace", "sees": "all"},
    "catalog POST /v1/credentials": lambda world: {
        "description": "shop",
        "tenant": world.merchant_id,
    },
    "customs POST /v1/registrations": lambda _: of_customs.a_payment_firm(),
    "customs PUT /v1/registrations/{registration_id}": lambda _: of_customs.a_payment_firm(),
    "customs POST /v1/declarations/{declaration_id}:cancel": lambda _: {"reason": "买家取消"},
    "customs POST /v1/declarations/{declaration_id}:clone": lambda _: {},
    "customs POST /v1/declarations/{declaration_id}:amend": lambda _: {},
    "customs POST /v1/declarations/{declaration_id}:repair": lambda _: {"apply_suggested": True},
    "customs POST /v1/declarations:validate": of_customs.a_validation,
    "customs POST /v1/documents:resend": lambda _: {"of": {"kind": "list", "status": "returned"}},
    "customs POST /v1/summaries:preview": lambda _: {"month": of_customs.SUMMARISED_MONTH},
    "customs POST /v1/summaries": lambda _: {"month": of_customs.SUMMARISED_MONTH},
    "customs POST /v1/returns": of_customs.a_return,
    "customs POST /v1/returns/{return_id}:tally": lambda _: {"storage_place": "Cage 3"},
    "customs POST /v1/receipts": lambda world: {"items": [of_customs.a_receipt(world)]},
    "customs POST /v1/inbound-messages:replay": lambda _: {"message_type": "CEB604"},
    "customs POST /v1/lanes/{lane}:take": lambda _: {"limit": 1},
    "customs POST /v1/arrivals": of_customs.an_arrival,
    "customs POST /v1/bills": lambda world: of_customs.a_binding(
        world.made.get("bound_waybill", "EHAA00000011")
    ),
    "customs POST /v1/screenings": lambda world: {"items": [of_customs.a_screening(world)]},
    "routing PATCH /v1/flights/{flight_id}": lambda _: {
        "capacity_g": 120_000_000,
        "reason": "larger aircraft",
    },
    "routing POST /v1/flights/{flight_id}:cancel": lambda _: {"reason": "aircraft unserviceable"},
    **of_routing.BODIES,
    "routing POST /v1/status-updates": lambda world: {"items": [_status_update(world)]},
    "webhooks POST /v1/endpoints": lambda _: an_endpoint(),
    "webhooks PATCH /v1/endpoints/{endpoint_id}": lambda _: {"description": "desk"},
    "webhooks POST /v1/endpoints/{endpoint_id}:test": lambda _: {},
}
