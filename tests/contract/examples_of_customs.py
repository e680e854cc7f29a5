"""The examples of customs: what its paths can name, and bodies that it accepts."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from services.customs.settings import Settings as CustomsSettings
from services.customs.use_cases.declarations.rulebooks import Rulebooks
from services.customs.worker import SUBSCRIPTIONS, applying
from shared.kernel.identity import PARK
from shared.kernel.ids import new_id
from tests.kit.intake import intake
from tests.support.events.catalog.orders import an_order_line
from tests.support.worlds.customs import CustomsWorld, a_registration

SUMMARISED_MONTH: Final = "2026-10"
# From the clock of the tests back into that month.
_A_MONTH_S: Final = 30 * 86_400

if TYPE_CHECKING:
    from tests.contract.examples import AllServices


async def declaration(world: "AllServices") -> str:
    made = await ready(world)
    (row,) = await made.declare(made.an_order(world.merchant_id))
    return str(row["id"])


async def declaration_returned(world: "AllServices") -> str:
    """Sent back by customs."""
    return await _answered(world, "100")


async def declaration_accepted(world: "AllServices") -> str:
    return await _answered(world, "120")


async def _answered(world: "AllServices", status: str) -> str:
    made = await ready(world)
    (row,) = await made.declare(made.an_order(world.merchant_id))
    receipt = made.receipt(row, status)
    answer = await world.post("customs", "/v1/receipts", {"items": [receipt]})
    assert answer.json()["receipts"][0]["status"] == "new"
    return str(row["id"])


async def declaration_blocked(world: "AllServices") -> str:
    made = await ready(world)
    order = made.an_order(world.merchant_id)
    await made.consume(made.placed(order, lines=(an_order_line(1, hs_code="9405.50"),)))
    await made.consume(made.booked(order, gross_weight_g=690))
    row = await made.declaration(order)
    assert row["status"] == "blocked"
    return str(row["id"])


async def goods_returned(world: "AllServices") -> str:
    """Of one piece of many: others can come back, too."""
    made = await ready(world)
    order = made.an_order(world.merchant_id, lines=1)
    lines = (an_order_line(1, quantity=1_000, unit_price_minor=order.unit_price_minor),)
    await made.consume(made.placed(order, lines=lines), made.booked(order, gross_weight_g=230_000))
    await made.send()
    row = await made.declaration(order)
    for status in ("120", "800"):
        receipt = made.receipt(row, status) | {"invt_no": "470020261000000001"}
        await world.post("customs", "/v1/receipts", {"items": [receipt]})
    await made.consume(made.departed(order, flight_id=new_id("flt")))
    world.made["returnable_id"] = row["id"]
    tenant = {"Airlane-Tenant": world.merchant_id}
    answer = await world.post("customs", "/v1/returns", a_return(world), **tenant)
    return_id = str(answer.json()["id"])
    await made.send()
    return return_id


async def summary(world: "AllServices") -> str:
    """Of a list that is declared by a summary, released in the month before."""
    made = await ready(world)
    rulebooks = Rulebooks(replace(made.rulebooks.books, flag="B"))
    order = made.an_order(world.merchant_id, lines=1)
    placed = made.placed(order, lines=(an_order_line(1, hs_code="9405500000"),))
    take_in = intake(SUBSCRIPTIONS, applying(rulebooks), made.clock)
    async with made.db.transaction(PARK) as uow:
        await take_in(uow, [placed, made.booked(order)])
    await made.send()
    row = await made.declaration(order)
    for status in ("120", "800"):
        receipt = made.receipt(row, status, at_s=-_A_MONTH_S)
        body = {"items": [receipt | {"invt_no": f"4700{row['id'][-12:]}"}]}
        await world.post("customs", "/v1/receipts", body)
    answer = await world.post("customs", "/v1/summaries", {"month": SUMMARISED_MONTH})
    return str(answer.json()["items"][0]["id"])


def a_return(world: "AllServices") -> dict[str, Any]:
    return {
        "declaration_id": world.made.get("returnable_id", f"dec_{0:032x}"),
        "lines": [{"gnum": 1, "quantity": 1}],
        "reason": "The buyer has withdrawn from the contract",
        "from_country": "DE",
        "bill_no": "01612345675",
        "voyage_no": "O37002",
    }


async def message(world: "AllServices") -> str:
    made = await ready(world)
    (row,) = await made.declare(made.an_order(world.merchant_id))
    return str(row["message_guid"])


async def bill(world: "AllServices") -> str:
    made = await ready(world)
    order = made.an_order(world.merchant_id)
    (row,) = await made.declare(order)
    receipt = made.receipt(row, "120")
    await world.post("customs", "/v1/receipts", {"items": [receipt]})
    answer = await world.post("customs", "/v1/bills", a_binding(order.house_waybill))
    world.made["bound_waybill"] = order.house_waybill
    return str(answer.json()["id"])


def a_binding(house_waybill: str) -> dict[str, Any]:
    return {
        "master_waybill": f"999-{house_waybill[-8:]}",
        "flight_number": "O3701",
        "house_waybills": [house_waybill],
    }


def an_arrival(world: "AllServices") -> dict[str, Any]:
    return {
        "house_waybills": ["EHAA00000011"],
        "arrived_at": world.clock.now().isoformat(),
        "truck_plate": "鄂G12345",
    }


async def digest(world: "AllServices") -> str:
    answer = await world.post("customs", "/v1/receipts", {"items": [a_receipt(world)]})
    return str(answer.json()["digest"])


def a_payment_firm() -> dict[str, Any]:
    """No list names one, so that no list has to choose among those that tests register."""
    return a_registration(roles=["payment_firm"])


async def registration(world: "AllServices") -> str:
    tenant = {"Airlane-Tenant": world.merchant_id}
    answer = await world.post("customs", "/v1/registrations", a_payment_firm(), **tenant)
    return str(answer.json()["id"])


def a_receipt(world: "AllServices") -> dict[str, Any]:
    return {
        "cop_no": "AL01UNKNOWN",
        "return_status": "120",
        "return_time": (world.clock.now() - timedelta(hours=1)).isoformat(),
    }


def a_validation(world: "AllServices") -> dict[str, Any]:
    return {"declaration_id": world.made["declaration_id"]}


def a_screening(world: "AllServices") -> dict[str, Any]:
    return {
        "declaration_id": world.made["declaration_id"],
        "lane": 1,
        "passed": True,
        "screened_at": world.clock.now().isoformat(),
    }


async def ready(world: "AllServices") -> CustomsWorld:
    """Declarations can be made: the park's enterprises are registered."""
    made = customs(world)
    await made.register_park()
    return made


def customs(world: "AllServices") -> CustomsWorld:
    """Orders and waybills are sent by others, so that no list waits for them."""
    settings = CustomsSettings(
        database_url="postgresql://unused",
        single_window_dir=world.folder,
        sends="507,509,603,605,607,213,215,701",
    )
    return CustomsWorld(world.databases["customs"], world.folder, world.clock, settings)
