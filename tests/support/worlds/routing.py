"""A small network of its own for each test: airports, routes and flights nobody else uses, in the
same database and next to the real ones; orders and declarations come in as events.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final

from services.routing.consumers import shipments as consumers
from services.routing.domain.shipments.commands import Command
from services.routing.use_cases.flights.manifests import close_manifest
from services.routing.use_cases.shipments.commands import carry_out
from shared.contracts.catalog.orders import OrderPlaced
from shared.contracts.envelope import EventPayload
from shared.db import BIGINT, INSTANT, INTEGER, TEXT, Database, Statement, UnitOfWork, sql
from shared.kafka import Received
from shared.kernel.identity import PARK
from shared.kernel.ids import new_id
from shared.kernel.json import JsonObject
from tests.kit.clock import ManualClock
from tests.support.events.catalog.orders import an_order_cancelled, an_order_line, an_order_placed
from tests.support.events.customs.declarations import (
    a_declaration_cancelled,
    a_declaration_released,
    a_declaration_screened,
)
from tests.support.events.envelopes import enveloped
from tests.support.worlds.routing_books import check_books

START: Final = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
_numbers = count()
_versions = count(1)  # events of one aggregate come in their order unless a test says otherwise


@dataclass(frozen=True, slots=True)
class StoredShipment:
    """What tests look at in a row of shipments."""

    id: str
    order_id: str
    state: str
    house_waybill: str | None
    master_waybill: str | None
    destination_country: str
    pieces: int
    location: str | None
    ready_at: datetime | None
    released_at: datetime | None
    declaration_cancelled_at: datetime | None
    cancel_requested_at: datetime | None
    screened_at: datetime | None
    screened_version: int
    rebook_at: datetime | None
    cut_off_at: datetime | None
    promised_at: datetime | None
    first_promised_at: datetime | None
    refusal_code: str | None


@dataclass(frozen=True, slots=True)
class StoredFlight:
    """What tests look at in a row of flights."""

    id: str
    flight_number: str
    origin: str
    destination: str
    cut_off_at: datetime | None
    state: str
    capacity_g: int
    capacity_cm3: int
    remaining_g: int
    remaining_cm3: int
    booked_shipments: int
    master_waybill: str | None
    manifest_shipments: int
    manifest_weight_g: int
    departed_at: datetime | None
    arrived_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoredEvent:
    type: str
    payload: JsonObject
    version: int
    tenant_id: str


_ADD_AIRPORT = sql(
    """
    INSERT INTO routing.airports (iata, icao, name, city, country, latitude_deg, longitude_deg,
        time_zone)
    VALUES (:iata, :iata, 'Test', 'Test', :country, :latitude_deg, :longitude_deg, 'UTC')
    """,
    iata=TEXT,
    country=TEXT,
    latitude_deg=INTEGER,
    longitude_deg=INTEGER,
)
# The whole country, two days from each of its airports to the door.
_ADD_REGION = sql(
    """
    WITH region AS (
        INSERT INTO routing.delivery_regions (region, country, postal_prefixes, name, basis)
        VALUES (:country, :country, '{}', 'Test', 'synthetic')
        ON CONFLICT (region) DO NOTHING
    )
    INSERT INTO routing.gateways (region, airport, gateway_no, road_km, clearance_h,
        delivery_h)
    VALUES (:country, :airport, :place, 0, 24, 24)
    """,
    country=TEXT,
    airport=TEXT,
    place=INTEGER,
)
_ADD_ROUTE = sql(
    """
    INSERT INTO routing.routes (id, carrier, number, origin, destination, mode, scope, vehicle,
        weekly_frequency, payload_kg, distance_km, basis, note)
    VALUES (:id, 'EH', :number, :origin, :destination, :mode, 'onward', 'test', 1, :payload_kg,
        1000, 'synthetic', '')
    ON CONFLICT (id) DO UPDATE SET payload_kg = greatest(routes.payload_kg, EXCLUDED.payload_kg)
    """,
    id=TEXT,
    number=INTEGER,
    origin=TEXT,
    destination=TEXT,
    mode=TEXT,
    payload_kg=INTEGER,
)
_ADD_FLIGHT = sql(
    """
    INSERT INTO routing.flights (id, route_id, carrier, flight_number, operated_on, departs_on,
        mode, vehicle, origin, destination, departs_at, arrives_at, cut_off_at, capacity_g,
        capacity_cm3, remaining_g, remaining_cm3, state, synthetic)
    VALUES (:id, :route_id, 'EH', :number, '2026-11-22', '2026-11-22', :mode, 'test', :origin,
        :destination,
        :departs_at, :arrives_at, :cut_off_at, :weight_g, :volume_cm3, :weight_g, :volume_cm3,
        'scheduled', true)
    """,
    id=TEXT,
    route_id=TEXT,
    number=TEXT,
    mode=TEXT,
    origin=TEXT,
    destination=TEXT,
    departs_at=INSTANT,
    arrives_at=INSTANT,
    cut_off_at=INSTANT,
    weight_g=BIGINT,
    volume_cm3=BIGINT,
)
_RENEW = sql("UPDATE routing.timetable SET version = :version", version=TEXT)
_SHIPMENT = sql(
    """
    SELECT id, order_id, state, house_waybill, master_waybill, destination_country, pieces,
    location, ready_at, released_at, declaration_cancelled_at, cancel_requested_at, screened_at,
    screened_version, rebook_at, cut_off_at, promised_at, first_promised_at, refusal_code
    FROM routing.shipments WHERE order_id = :order_id
    """,
    StoredShipment,
    order_id=TEXT,
)
_FLIGHT = sql(
    """
    SELECT id, flight_number, origin, destination, cut_off_at, state, capacity_g,
    capacity_cm3, remaining_g, remaining_cm3, booked_shipments, master_waybill,
    manifest_shipments, manifest_weight_g, departed_at, arrived_at FROM routing.flights WHERE
    id = :id
    """,
    StoredFlight,
    id=TEXT,
)
_EVENTS = sql(
    """
    SELECT type, payload::jsonb AS payload, aggregate_version AS version, tenant_id
    FROM routing.outbox WHERE aggregate_id = :subject ORDER BY id
    """,
    StoredEvent,
    subject=TEXT,
)
_LEGS = sql(
    """
    SELECT l.flight_id FROM routing.shipment_legs l JOIN routing.shipments s ON s.id = l.shipment_id
    WHERE s.order_id = :order_id ORDER BY l.leg_no
    """,
    str,
    order_id=TEXT,
)


@dataclass
class RoutingWorld:
    """The network of one test. `hub` is the real one; everything else is new."""

    db: Database
    clock: ManualClock
    merchant: str = field(default_factory=lambda: new_id("mer"))
    flights: list[str] = field(default_factory=list)
    hub: str = "EHU"

    async def airport(
        self, country: str | None = None, *, at: tuple[int, int] = (0, 0)
    ) -> tuple[str, str]:
        """(code, country), both new unless the country is given; `at`: degrees north and east."""
        n = next(_numbers)
        iata = f"Q{chr(65 + n // 26)}{chr(65 + n % 26)}"
        country = country or f"{n:02d}"
        await self.run(
            _ADD_AIRPORT, iata=iata, country=country, latitude_deg=at[0], longitude_deg=at[1]
        )
        await self.run(_ADD_REGION, country=country, airport=iata, place=n)
        await self.run(_RENEW, version=new_id("tbl"))
        return iata, country

    async def flight(
        self,
        origin: str,
        destination: str,
        *,
        departs_h: float,
        hours: float = 2,
        weight_kg: int = 1_000,
        volume_dm3: int | None = None,
        mode: str = "air",
    ) -> str:
        """A scheduled flight, `departs_h` after the start of the test; its id."""
        n = next(_numbers)
        flight_id, route_id = new_id("flt"), f"{origin}-{destination}-{mode}"
        departs_at = START + timedelta(hours=departs_h)
        await self.run(
            _ADD_ROUTE,
            id=route_id,
            number=100_000 + n,
            origin=origin,
            destination=destination,
            mode=mode,
            payload_kg=weight_kg,
        )
        await self.run(
            _ADD_FLIGHT,
            id=flight_id,
            route_id=route_id,
            number=f"ZZ{n}",
            mode=mode,
            origin=origin,
            destination=destination,
            departs_at=departs_at,
            arrives_at=departs_at + timedelta(hours=hours),
            cut_off_at=departs_at - timedelta(minutes=90) if origin == self.hub else None,
            weight_g=weight_kg * 1_000,
            volume_cm3=(volume_dm3 or weight_kg * 6) * 1_000,
        )
        await self.run(_RENEW, version=new_id("tbl"))
        self.flights.append(flight_id)
        return flight_id

    async def run(self, statement: Statement[None], **values: object) -> None:
        async with self.db.transaction(PARK) as uow:
            await uow.execute(statement, **values)

    async def receive(
        self,
        on_event: Callable[[Received[Any]], Command],
        payload: EventPayload,
        *,
        version: int | None = None,
    ) -> None:
        """As the consumer does: the event's tenant, one transaction."""
        async with self.db.transaction(self.merchant) as uow:
            await self.apply(uow, on_event, payload, version=version)

    async def apply(
        self,
        uow: UnitOfWork,
        on_event: Callable[[Received[Any]], Command],
        payload: EventPayload,
        *,
        version: int | None = None,
    ) -> None:
        number = next(_versions) if version is None else version
        envelope = enveloped(payload, version=number, at=self.clock.now())
        command = on_event(Received(payload, envelope))
        await carry_out(uow, [command], now=self.clock.now())

    async def place(
        self,
        country: str,
        *,
        order_id: str | None = None,
        weight_g: int = 1_000,
        volume_cm3: int = 1_000,
    ) -> str:
        """An order placed; its id."""
        order = self.placed(country, order_id=order_id, weight_g=weight_g, volume_cm3=volume_cm3)
        await self.receive(consumers.on_order_placed, order)
        return order.order_id

    def placed(
        self,
        country: str,
        *,
        order_id: str | None = None,
        weight_g: int = 1_000,
        volume_cm3: int = 1_000,
    ) -> OrderPlaced:
        now = self.clock.now()
        line = an_order_line(
            quantity=1, net_weight_g=weight_g, gross_weight_g=weight_g, volume_cm3=volume_cm3
        )
        return an_order_placed(
            order_id=order_id or new_id("ord"),
            merchant_id=self.merchant,
            ordered_at=now,
            placed_at=now,
            ship_to={"country": country},
            lines=(line,),
        )

    async def cancel(self, order_id: str) -> None:
        payload = an_order_cancelled(order_id=order_id, merchant_id=self.merchant)
        await self.receive(consumers.on_order_cancelled, payload)

    async def release(
        self, order_id: str, *, version: int | None = None, status: str = "released"
    ) -> None:
        payload = a_declaration_released(**self._facts(order_id), status=status)
        await self.receive(consumers.on_declaration_released, payload, version=version)

    async def cancel_list(self, order_id: str, *, version: int | None = None) -> None:
        """Customs cancels the export list; the order stands."""
        payload = a_declaration_cancelled(**self._facts(order_id))
        await self.receive(consumers.on_declaration_cancelled, payload, version=version)

    async def screen(
        self, order_id: str, *, passed: bool = True, version: int | None = None
    ) -> None:
        payload = a_declaration_screened(**self._facts(order_id), passed=passed)
        await self.receive(consumers.on_declaration_screened, payload, version=version)

    async def make_ready(self, *order_ids: str) -> None:
        for order_id in order_ids:
            await self.screen(order_id)
            await self.release(order_id)

    def _facts(self, order_id: str) -> dict[str, Any]:
        return {"order_id": order_id, "merchant_id": self.merchant, "at": self.clock.now()}

    async def close(self, flight_id: str) -> None:
        """At the cut-off of the flight, or now if that is past."""
        cut_off_at = (await self.flight_row(flight_id)).cut_off_at
        assert cut_off_at is not None
        self.clock.set(max(self.clock.now(), cut_off_at))
        async with self.db.transaction(PARK) as uow:
            await close_manifest(uow, flight_id=flight_id, now=self.clock.now())

    async def shipment(self, order_id: str) -> StoredShipment:
        async with self.db.read(self.merchant) as reader:
            row = await reader.fetch_first(_SHIPMENT, order_id=order_id)
        assert row is not None
        return row

    async def legs(self, order_id: str) -> list[str]:
        async with self.db.read(self.merchant) as reader:
            return await reader.fetch_values(_LEGS, order_id=order_id)

    async def flight_row(self, flight_id: str) -> StoredFlight:
        async with self.db.read(PARK) as reader:
            row = await reader.fetch_first(_FLIGHT, id=flight_id)
        assert row is not None
        return row

    async def events(self, subject: str) -> list[StoredEvent]:
        """Events of an aggregate in their order; versions must count from 1 without gaps."""
        async with self.db.read(PARK) as reader:
            rows = await reader.fetch_all(_EVENTS, subject=subject)
        assert [row.version for row in rows] == list(range(1, len(rows) + 1))
        return rows

    async def event_types(self, order_id: str) -> list[str]:
        shipment = await self.shipment(order_id)
        rows = await self.events(shipment.id)
        return [_short(row.type, row.payload) for row in rows]

    async def check_books(self) -> None:
        """On every flight of this test."""
        await check_books(self.db, self.flights)


def _short(event_type: str, payload: JsonObject) -> str:
    """`booked`, `status MAN`, …"""
    name = event_type.removeprefix("routing.shipment.")
    return f"{name} {payload['code']}" if name == "status" else name
