"""Customs on a real database as the storm finds it: orders come in, jobs run when they are told to,
messages of the port come by its door. Real time passes as fast as business time.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final

import services.customs.worker as worker_module
from deploy.bench.storm.port import HandedOver, StormyPort, message_of
from services.customs import jobs
from services.customs.clients.reference import platforms, regime_tables, tariff_of
from services.customs.domain.declarations.books import Books
from services.customs.domain.declarations.codes import parse_code_tables
from services.customs.domain.declarations.documents import OrderDocument, OrderLine, Waybill
from services.customs.domain.declarations.facts import (
    CancelFact,
    DossierFacts,
    OrderFact,
    ShipmentFact,
)
from services.customs.domain.inbound.message import RawMessage
from services.customs.domain.messages.parties import Party, PartyRole
from services.customs.domain.messages.senders import Sender, SendingPlan
from services.customs.domain.receipts.receipt import Receipt
from services.customs.domain.registrations.registration import Particulars, seeded
from services.customs.domain.registrations.resolution import Place
from services.customs.rulebooks import CODES
from services.customs.use_cases.declarations.rulebooks import Rulebooks
from services.customs.use_cases.inbound.arrivals import apply_reading, store_message
from services.customs.use_cases.inbound.reading import read_apart
from services.customs.use_cases.registrations import seed_park
from shared.db import Database, sql
from shared.kafka import JobContext
from shared.kernel.clock import real_now
from shared.kernel.errors import Unavailable
from shared.kernel.identity import PARK
from shared.kernel.ids import new_id

START: Final = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
_AT_ONCE: Final = 4
_ORDERS_PER_SLICE: Final = 100
_DECLARANT: Final = Party("91420700MAA1RL001K", "示例报关")
PARK_SENDER: Final = Sender(_DECLARANT, "DXPENT0000000000")
_ROLES: Final = (
    (PartyRole.DECLARANT, _DECLARANT),
    (PartyRole.FIRM, Party("91420700MAA1RL002N", "示例电商")),
    (PartyRole.PLATFORM, Party("91420700MAA1RL003R", "示例平台")),
    (PartyRole.LOGISTICS, Party("91420700MAA1RL004W", "示例物流")),
)
_QUANTITY: Final = 6
_UNIT_PRICE_MINOR: Final = 255
_NET_WEIGHT_G: Final = 180
_GROSS_WEIGHT_G: Final = 230
# What waits for real time has waited long enough.
_DOCUMENTS_MAY_GO: Final = sql("UPDATE customs.documents SET send_at = now() WHERE send_at > now()")
_DOORS_MAY_BE_TRIED: Final = sql("UPDATE customs.doors SET probe_at = now()")
_MESSAGES_MAY_BE_READ: Final = sql(
    "UPDATE customs.inbound_messages SET due_at = now() WHERE status = 'stored'"
)
_WAITING: Final = sql(
    """
    SELECT (SELECT count(*) FROM customs.documents WHERE send_at IS NOT NULL)
         + (SELECT count(*) FROM customs.outgoing_messages WHERE status <> 'delivered')
         + (SELECT count(*) FROM customs.inbound_messages WHERE status = 'stored')
    """,
    int,
)


def rulebooks(*, sends: Collection[str] = ("CEB303", "CEB505")) -> Rulebooks:
    """`sends`: what the park sends itself besides lists, which then wait for it."""
    codes = parse_code_tables(CODES.read_text(encoding="utf-8"))
    plan = SendingPlan(frozenset(sends), {})
    books = Books(codes, tariff_of(None), platforms(), regime_tables(), plan, Place("4700", "4700"))
    return Rulebooks(books)


def enterprises(day: date) -> list[Particulars]:
    return [
        seeded(
            party,
            [role, PartyRole.OWNER] if role is PartyRole.FIRM else [role],
            dxp_id=PARK_SENDER.dxp_id if role is PartyRole.DECLARANT else None,
            as_of=day,
            is_made_up=True,
        )
        for role, party in _ROLES
    ]


@dataclass
class StormClock:
    """Business time, moved by hand."""

    at: datetime = START

    def now(self) -> datetime:
        return self.at

    def real_seconds(self, business: timedelta) -> float:
        return business.total_seconds() * 0


@dataclass
class Park:
    """`asked`: the orders that were cancelled."""

    db: Database
    clock: StormClock
    port: StormyPort
    rulebooks: Rulebooks = field(default_factory=rulebooks)
    told: HandedOver = field(default_factory=HandedOver)
    orders: list[DossierFacts] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)

    @property
    def _context(self) -> JobContext:
        return JobContext(self.db, self.clock)

    async def place(self, count: int) -> None:
        """Orders with their waybills, in slices as the consumer has them."""
        now = self.clock.now()
        async with self.db.transaction(PARK) as uow:
            await seed_park(uow, enterprises=enterprises(now.date()), now=now)
        facts = [an_order(self.clock.now()) for _ in range(count)]
        self.orders += facts
        await self._record(facts)

    async def cancel(self, orders: Sequence[DossierFacts]) -> None:
        self.asked |= {one.order_id for one in orders}
        why = CancelFact("the buyer does not want it", self.clock.now())
        await self._record(
            [DossierFacts(one.order_id, one.merchant_id, cancel=why) for one in orders]
        )

    async def _record(self, facts: Sequence[DossierFacts]) -> None:
        apply = worker_module.applying(self.rulebooks)
        for at in range(0, len(facts), _ORDERS_PER_SLICE):
            async with self.db.transaction(PARK) as uow:
                await apply(uow, facts[at : at + _ORDERS_PER_SLICE], now=self.clock.now())

    async def pass_time(self, by: timedelta) -> None:
        self.clock.at += by
        async with self.db.transaction(PARK) as uow:
            for statement in (_DOCUMENTS_MAY_GO, _DOORS_MAY_BE_TRIED, _MESSAGES_MAY_BE_READ):
                await uow.execute(statement)

    async def work(self) -> None:
        """What the worker's jobs do in between."""
        await jobs.send_documents(self._context, park=PARK_SENDER, door=self.port)
        await jobs.read_inbound(self._context)

    async def hear(self) -> None:
        """What has arrived from the port, several messages at once as from several connections."""
        batches = list(self.port.arriving())
        for at in range(0, len(batches), _AT_ONCE):
            await asyncio.gather(*(self._take(one) for one in batches[at : at + _AT_ONCE]))

    async def _take(self, receipts: Sequence[Receipt]) -> None:
        """As /v1/receipts does: kept, then read. Some die in between, and a job reads them."""
        guid = f"{self.port.chance.getrandbits(128):032X}"
        dies = self.port.chance.random() < 0.03
        self.told.add(receipts)
        message, now = RawMessage("application/xml", message_of(receipts, guid)), self.clock.now()
        async with self.db.transaction(PARK) as uow:
            await store_message(uow, message, source="api", now=now, real_now=real_now())
        if dies:
            return
        reading = await read_apart(message, now=now)
        try:
            async with self.db.transaction(PARK) as uow:
                await apply_reading(uow, message, reading, now=now, real_now=real_now())
        except Unavailable:
            return  # it is kept, so the job will read it, too

    async def waiting(self) -> int:
        """Documents and messages that wait for something to be done with them here."""
        async with self.db.transaction(PARK) as uow:
            return int(await uow.fetch_value(_WAITING) or 0)


def an_order(now: datetime, *, merchant_id: str | None = None, lines: int = 1) -> DossierFacts:
    """Of a merchant of its own, unless told whose it is."""
    order_id, shipment_id = new_id("ord"), new_id("shp")
    merchant_id = merchant_id or new_id("mer")
    order = OrderDocument(
        order_id=order_id,
        merchant_id=merchant_id,
        currency="GBP",
        country="DE",
        total_minor=lines * _QUANTITY * _UNIT_PRICE_MINOR,
        net_weight_g=lines * _QUANTITY * _NET_WEIGHT_G,
        gross_weight_g=lines * _QUANTITY * _GROSS_WEIGHT_G,
        lines=tuple(_line(number) for number in range(1, lines + 1)),
        order_number=order_id[-12:],
    )
    waybill = Waybill(
        order_id=order_id,
        shipment_id=shipment_id,
        house_waybill=new_id("hwb")[-14:].upper(),
        country=order.country,
        gross_weight_g=order.gross_weight_g,
        pieces=1,
        mode="air",
        flight_id=None,
        flight_number=None,
        departs_at=now + timedelta(days=1),
    )
    shipment = ShipmentFact(1, shipment_id, waybill, cut_off_at=now + timedelta(hours=22))
    return DossierFacts(order_id, merchant_id, OrderFact(1, order), shipment)


def _line(number: int) -> OrderLine:
    return OrderLine(
        line=number,
        sku=f"SKU-{number}",
        title="White hanging heart T-light holder",
        quantity=_QUANTITY,
        unit_price_minor=_UNIT_PRICE_MINOR,
        hs_code="940550",
        net_weight_g=_NET_WEIGHT_G,
        gross_weight_g=_GROSS_WEIGHT_G,
        title_zh="白色心形烛台",
        brand="无品牌",
        material="玻璃",
    )
