"""A used-up stock of waybills keeps a manifest with shipments open."""

from typing import Final

import pytest

from services.routing.domain.flights.master_waybill import WaybillStockExhausted
from services.routing.use_cases.flights.manifests import close_manifest
from shared.db import TEXT, sql
from shared.kernel.identity import PARK
from tests.kit.transactions import in_vain
from tests.support.routing import hours
from tests.support.worlds.routing import RoutingWorld

_USE_UP: Final = sql("UPDATE routing.waybill_stock SET next_serial = last_serial + 1")
_FORGET_CARRIER: Final = sql("UPDATE routing.flights SET carrier = 'XX' WHERE id = :id", id=TEXT)
_BELONGS_TO: Final = sql(
    "UPDATE routing.flights SET carrier = :carrier WHERE id = :id", carrier=TEXT, id=TEXT
)
_WAYBILL: Final = sql("SELECT master_waybill FROM routing.flights WHERE id = :id", str, id=TEXT)
_STATE: Final = sql("SELECT state FROM routing.flights WHERE id = :id", str, id=TEXT)


async def test_without_a_waybill_a_flight_with_shipments_stays_open_and_an_empty_one_closes(
    world: RoutingWorld,
) -> None:
    end, country = await world.airport()
    full = await world.flight(world.hub, end, departs_h=10)
    await world.make_ready(await world.place(country))
    empty = await world.flight(world.hub, end, departs_h=11)

    async with in_vain(world.db, PARK) as uow:
        await uow.execute(_USE_UP)

        with pytest.raises(WaybillStockExhausted, match="000"):
            await close_manifest(uow, flight_id=full, now=hours(10))
        await close_manifest(uow, flight_id=empty, now=hours(10))

        states = [await uow.fetch_value(_STATE, id=flight_id) for flight_id in (full, empty)]
    assert states == ["scheduled", "closed"]


async def test_each_carrier_issues_numbers_of_its_own_range(world: RoutingWorld) -> None:
    end, country = await world.airport()
    flight_id = await world.flight(world.hub, end, departs_h=10)
    await world.make_ready(await world.place(country))

    async with in_vain(world.db, PARK) as uow:
        await uow.execute(_BELONGS_TO, id=flight_id, carrier="E0")
        await close_manifest(uow, flight_id=flight_id, now=hours(10))

        waybill = await uow.fetch_value(_WAYBILL, id=flight_id)
    assert waybill is not None
    prefix, serial = waybill.split("-")
    assert (prefix, int(serial[:-1]) // 1_000_000) == ("000", 6)


async def test_flight_of_a_carrier_without_a_row_stays_open(world: RoutingWorld) -> None:
    end, country = await world.airport()
    flight_id = await world.flight(world.hub, end, departs_h=10)
    await world.make_ready(await world.place(country))

    async with in_vain(world.db, PARK) as uow:
        await uow.execute(_FORGET_CARRIER, id=flight_id)

        with pytest.raises(WaybillStockExhausted, match="XX"):
            await close_manifest(uow, flight_id=flight_id, now=hours(10))

        assert await uow.fetch_value(_STATE, id=flight_id) == "scheduled"
