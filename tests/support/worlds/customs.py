"""Customs without its processes: events without Kafka, the Single Window as a folder."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from httpx2 import AsyncClient

from services.customs import jobs
from services.customs.clients.doors.door import Door
from services.customs.clients.doors.folder import FolderDoor
from services.customs.clients.signers.signer import Signer
from services.customs.clients.single_window import DropFolder
from services.customs.domain.messages.kinds.kind import NAMESPACE
from services.customs.domain.messages.numbering import new_guid
from services.customs.domain.messages.senders import Sender
from services.customs.domain.messages.values import CHINA
from services.customs.rulebooks import books_of
from services.customs.settings import Settings
from services.customs.use_cases.declarations.rulebooks import Rulebooks
from services.customs.use_cases.doors import add_door
from services.customs.worker import (
    SUBSCRIPTIONS,
    applying,
    parties_of,
)
from shared.contracts.envelope import Envelope, EventPayload
from shared.db import Database
from shared.kafka import JobContext
from shared.kernel.clock import real_now
from shared.kernel.identity import PARK
from shared.kernel.ids import new_id
from tests.kit.clock import ManualClock
from tests.kit.intake import intake
from tests.support.events.catalog.orders import an_order_cancelled, an_order_line, an_order_placed
from tests.support.events.envelopes import enveloped
from tests.support.events.routing.flights import a_flight_departed
from tests.support.events.routing.shipments import (
    a_shipment_booked,
    a_shipment_departed,
    a_shipment_unroutable,
    an_itinerary_leg,
)
from tests.support.worlds.registrations import RegisteredWorld

NS = f"{{{NAMESPACE}}}"


def a_customs_code() -> str:
    """Of the form of a registration at customs, and nobody's yet."""
    return f"4201{new_id('reg')[-6:].upper()}"


def a_registration(**changes: Any) -> dict[str, Any]:
    """A body for POST and PUT: a made-up enterprise that sells."""
    stated = {
        "name": "示例跨境电商有限公司",
        "customs_code": a_customs_code(),
        "roles": ["ecommerce_firm"],
        "valid_from": "2026-01-01",
        "source": "made up for a test",
        "as_of": "2026-11-22",
        "synthetic": True,
    }
    return stated | changes


def _waybill_number() -> str:
    return new_id("hwb")[-14:].upper()


@dataclass
class MadeOrder:
    """One order on its way; `versions` counts the events of its order and its shipment."""

    merchant_id: str
    order_id: str = field(default_factory=lambda: new_id("ord"))
    shipment_id: str = field(default_factory=lambda: new_id("shp"))
    house_waybill: str = field(default_factory=_waybill_number)
    lines: int = 2
    unit_price_minor: int = 255
    country: str = "DE"
    currency: str = "GBP"

    @property
    def gross_weight_g(self) -> int:
        return self.lines * 3 * 230


class CustomsWorld(RegisteredWorld):
    """The service without its processes: what the worker does, called by hand."""

    def __init__(self, db: Database, folder: Path, clock: ManualClock, settings: Settings) -> None:
        self.db = db
        self.clock = clock
        self.settings = settings
        self.rulebooks = Rulebooks(books_of(settings))
        self.parties = parties_of(settings)
        self.park = Sender.of_declarant(self.parties)
        self.folder = DropFolder(folder)
        self.door: Door = FolderDoor(self.folder)
        self.signer: Signer | None = None
        self._take_in = intake(SUBSCRIPTIONS, applying(self.rulebooks), clock)

    def sending_all(self) -> "CustomsWorld":
        """The same, but the park sends orders and waybills, too."""
        sends = Settings.model_fields["sends"].default
        settings = self.settings.model_copy(update={"sends": sends})
        return CustomsWorld(self.db, self.folder.out.parent, self.clock, settings)

    def envelope(self, payload: EventPayload, *, subject: str, version: int) -> Envelope:
        return enveloped(payload, subject=subject, version=version, at=self.clock.now())

    def an_order(self, merchant_id: str | None = None, **changes: Any) -> MadeOrder:
        return MadeOrder(merchant_id or new_id("mer"), **changes)

    def receipt(
        self,
        declaration: dict[str, Any],
        status: str,
        *,
        at_s: float = 0,
        info: str = "",
        message_type: str = "CEB604",
    ) -> dict[str, str]:
        """Dated `at_s` seconds from now by customs' clock; for a row with a cop_no."""
        local = (self.clock.now() + timedelta(seconds=at_s)).astimezone(CHINA)
        return {
            "message_type": message_type,
            "cop_no": declaration["cop_no"],
            "return_status": status,
            "return_time": f"{local:%Y%m%d%H%M%S}{local.microsecond // 1000:03d}",
            "return_info": info or f"[Code:2600;Desc:code {status}]",
        }

    def placed(self, order: MadeOrder, *, version: int = 1, **changes: Any) -> Envelope:
        facts: dict[str, Any] = {
            "order_id": order.order_id,
            "merchant_id": order.merchant_id,
            "order_number": order.order_id[-8:],
            "ordered_at": self.clock.now(),
            "placed_at": self.clock.now(),
            "ship_to": {"country": order.country},
            "currency": order.currency,
            "lines": tuple(
                an_order_line(n, unit_price_minor=order.unit_price_minor)
                for n in range(1, order.lines + 1)
            ),
        }
        payload = an_order_placed(**(facts | changes))
        return self.envelope(payload, subject=order.order_id, version=version)

    def cancelled(self, order: MadeOrder, *, version: int = 2) -> Envelope:
        payload = an_order_cancelled(order_id=order.order_id, merchant_id=order.merchant_id)
        return self.envelope(payload, subject=order.order_id, version=version)

    def booked(
        self,
        order: MadeOrder,
        *,
        version: int = 1,
        flight_id: str | None = None,
        cut_off: timedelta = timedelta(hours=6),
        gross_weight_g: int | None = None,
        **changes: Any,
    ) -> Envelope:
        now = self.clock.now()
        leg = an_itinerary_leg(
            flight_id=flight_id or new_id("flt"),
            flight_number=f"O3{700 + version}",
            destination="FRA",
            departs_at=now + cut_off + timedelta(hours=2),
            arrives_at=now + cut_off + timedelta(hours=14),
        )
        facts: dict[str, Any] = {
            "shipment_id": order.shipment_id,
            "order_id": order.order_id,
            "merchant_id": order.merchant_id,
            "house_waybill": order.house_waybill,
            "itinerary": (leg,),
            "cut_off_at": now + cut_off,
            "promised_at": now + timedelta(days=3),
            "gross_weight_g": order.gross_weight_g if gross_weight_g is None else gross_weight_g,
            "destination_country": order.country,
            "rebooked": version > 1,
        }
        payload = a_shipment_booked(**(facts | changes))
        return self.envelope(payload, subject=order.shipment_id, version=version)

    def unroutable(self, order: MadeOrder, *, version: int = 1) -> Envelope:
        payload = a_shipment_unroutable(
            shipment_id=order.shipment_id,
            order_id=order.order_id,
            merchant_id=order.merchant_id,
        )
        return self.envelope(payload, subject=order.shipment_id, version=version)

    def departed(self, order: MadeOrder, *, flight_id: str, version: int = 9) -> Envelope:
        payload = a_shipment_departed(
            shipment_id=order.shipment_id,
            order_id=order.order_id,
            merchant_id=order.merchant_id,
            house_waybill=order.house_waybill,
            flight_id=flight_id,
            departed_at=self.clock.now(),
            gross_weight_g=order.gross_weight_g,
        )
        return self.envelope(payload, subject=order.shipment_id, version=version)

    def flight_departed(self, flight_id: str, *, shipments: int) -> Envelope:
        payload = a_flight_departed(
            flight_id=flight_id, departed_at=self.clock.now(), shipments=shipments
        )
        return self.envelope(payload, subject=flight_id, version=1)

    async def a_door(self, name: str = "example") -> str:
        """That nobody has used yet."""
        async with self.db.transaction(PARK) as uow:
            await add_door(uow, door=name, real_now=real_now())
        return name

    async def a_complaint(self) -> str:
        """The name of a key that customs found fault with."""
        key_name = new_id("key").partition("_")[2]
        await self.sql(
            "INSERT INTO customs.key_complaints VALUES ($1, 'park', 'made up', now(), NULL)",
            key_name,
        )
        return key_name

    async def consume(self, *events: Envelope) -> None:
        """One slice, as the consumer loop passes it on."""
        async with self.db.transaction(PARK) as uow:
            await self._take_in(uow, events)

    async def send(self) -> None:
        context = JobContext(self.db, self.clock)
        await jobs.send_documents(
            context, park=self.park, door=self.door, signer=self.signer, books=self.rulebooks.books
        )

    async def declare(self, *orders: MadeOrder, **booking: Any) -> list[dict[str, Any]]:
        """Placed, booked, matched and in the folder."""
        await self.register_park()
        for order in orders:
            await self.consume(self.placed(order), self.booked(order, **booking))
        await self.send()
        return [await self.declaration(order) for order in orders]

    async def accept_predecessors(self, office: "CustomsOperator", order: MadeOrder) -> None:
        """Customs' answers to its CEB303 and its CEB505."""
        (row,) = await self.sql(
            "SELECT party_code FROM customs.documents WHERE kind = 'order' AND number = $1",
            order.order_id[-8:],
        )
        sale = {"ebpCode": row["party_code"], "ebcCode": "1", "orderNo": order.order_id[-8:]}
        bill = {"logisticsCode": self.parties.carrier.code, "logisticsNo": order.house_waybill}
        await office.answer_xml("CEB304", "OrderReturn", sale, "399", at=self.clock.now())
        await office.answer_xml("CEB506", "LogisticsReturn", bill, "120", at=self.clock.now())

    async def sql(self, sql: str, *arguments: Any) -> list[dict[str, Any]]:
        async with self.db.transaction(PARK) as uow:
            return [dict(r) for r in await uow._connection.fetch(sql, *arguments)]

    async def declaration(self, order: MadeOrder) -> dict[str, Any]:
        """With its current list, the last upload of that, and its parcel."""
        rows = await self.sql(
            """
            SELECT d.*, l.attempts, l.app_time, l.submitted_at, l.send_at, l.pre_no, l.invt_no,
                   l.unknown_receipts, l.illegal_receipts, a.message_guid, p.state AS parcel_state,
                   CASE WHEN p.state IN ('waiting', 'held', 'screened') THEN p.lane END AS lane,
                   p.screened_at, coalesce(p.is_held, false) AS is_held, p.departed_at, p.departure,
                   p.departure_id, p.departure_reported_at
            FROM customs.declarations AS d
            LEFT JOIN customs.documents AS l ON l.id = d.list_id
            LEFT JOIN customs.attempts AS a ON a.document_id = l.id AND a.number = l.attempts
            LEFT JOIN customs.parcels AS p ON p.declaration_id = d.id
            WHERE d.order_id = $1
            """,
            order.order_id,
        )
        (row,) = rows
        return row

    async def let_leave(self, row: dict[str, Any]) -> None:
        """As if the list of the row had waited long enough."""
        await self.sql("UPDATE customs.documents SET send_at = now() WHERE id = $1", row["list_id"])

    async def let_all_leave(self) -> None:
        await self.sql("UPDATE customs.documents SET send_at = now() WHERE send_at IS NOT NULL")

    async def let_all_be_tried(self) -> None:
        """As if the messages that a door failed to take had waited long enough."""
        await self.sql(
            "UPDATE customs.outgoing_messages SET next_try_at = NULL"
            " WHERE status IN ('composed', 'signed') AND tries > 0"
        )

    async def events(self, declaration_id: str) -> list[tuple[str, int]]:
        """Type without its head, and version, in the order of the versions."""
        rows = await self.sql(
            "SELECT type, aggregate_version FROM customs.outbox WHERE aggregate_id = $1"
            " ORDER BY aggregate_version, id",
            declaration_id,
        )
        return [(r["type"].rpartition(".")[2], r["aggregate_version"]) for r in rows]

    async def events_of(self, order: MadeOrder) -> list[tuple[str, int]]:
        return await self.events((await self.declaration(order))["id"])

    def documents(self, message_type: str = "CEB603") -> list[ET.Element]:
        """All documents in the folder, as a parser that is not ours sees them."""
        node = {
            "CEB303": "Order",
            "CEB505": "Logistics",
            "CEB603": "Inventory",
            "CEB509": "Departure",
            "CEB605": "InvtCancel",
        }[message_type]
        found: list[ET.Element] = []
        for path in sorted(self.folder.out.glob("*.xml")):
            root = ET.fromstring(path.read_bytes())
            assert root.get("guid") == path.stem
            if root.tag == f"{NS}{message_type}Message":
                found += root.findall(f"{NS}{node}")
        return found

    def departures_of(self, *orders: MadeOrder) -> list[ET.Element]:
        """The CEB509 documents that name any of the orders' waybills."""
        wanted = {order.house_waybill for order in orders}
        return [
            one
            for one in self.documents("CEB509")
            if wanted & {x.text for x in one.findall(f"{NS}DepartureList/{NS}logisticsNo")}
        ]

    def document_of(self, cop_no: str) -> list[ET.Element]:
        return [
            one
            for one in self.documents()
            if one.findtext(f"{NS}InventoryHead/{NS}copNo") == cop_no
        ]


class CustomsOperator:
    """An operator's client: the customs office and the lane scanners."""

    def __init__(self, client: AsyncClient) -> None:
        self.http = client

    async def answer(self, *receipts: dict[str, Any]) -> list[dict[str, Any]]:
        """What became of each."""
        response = await self.http.post("/v1/receipts", json={"items": list(receipts)})
        assert response.status_code == 202, response.text
        items: list[dict[str, Any]] = response.json()["receipts"]
        return items

    async def answer_xml(
        self, message_type: str, node: str, key: dict[str, str], status: str, *, at: datetime
    ) -> None:
        """One receipt of a type that is not taken as JSON."""
        local = at.astimezone(CHINA)
        fields = {
            "guid": new_guid(),
            **key,
            "returnStatus": status,
            "returnTime": f"{local:%Y%m%d%H%M%S}{local.microsecond // 1000:03d}",
            "returnInfo": f"code {status}",
        }
        inside = "".join(f"<ceb:{name}>{text}</ceb:{name}>" for name, text in fields.items())
        root = f"ceb:{message_type}Message"
        named = f'xmlns:ceb="{NAMESPACE}" guid="{new_guid()}" version="1.0"'
        xml = f"<{root} {named}><ceb:{node}>{inside}</ceb:{node}></{root}>"
        response = await self.http.post(
            "/v1/receipts", content=xml.encode(), headers={"Content-Type": "application/xml"}
        )
        assert response.status_code == 202, response.text

    async def take(self, lane: int, most: int = 200) -> list[dict[str, Any]]:
        response = await self.http.post(f"/v1/lanes/{lane}:take", json={"limit": most})
        assert response.status_code == 200, response.text
        items: list[dict[str, Any]] = response.json()["items"]
        return items

    async def screened(self, *screenings: dict[str, Any]) -> list[dict[str, Any]]:
        response = await self.http.post("/v1/screenings", json={"items": list(screenings)})
        assert response.status_code == 207, response.text
        items: list[dict[str, Any]] = response.json()["items"]
        return items

    async def get(self, path: str, **params: Any) -> Any:
        response = await self.http.get(path, params=params)
        assert response.status_code == 200, response.text
        return response.json()
