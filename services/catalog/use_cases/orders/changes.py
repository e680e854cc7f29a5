"""What happens to an order after it was accepted: new facts, and what follows from them for its
status, its stock and the world. Every change of a stored order goes through `advance`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from asyncpg import Record

from services.catalog.domain.orders.facts import (
    Entry,
    Observation,
    OrderFacts,
    Status,
    from_json,
    to_json,
)
from services.catalog.domain.orders.order import OrderNotCancellable, OrderNotFound, demand
from services.catalog.domain.stock import allocate
from services.catalog.events import orders as events
from services.catalog.repository import orders as repository
from services.catalog.repository.stock import END_RESERVATIONS, SHIP_UNRESERVED
from services.catalog.use_cases.metrics import count_order
from shared.contracts.envelope import EventPayload
from shared.db import UnitOfWork
from shared.kernel.errors import Text
from shared.kernel.words import Words, words
from shared.telemetry import trace

WAITING: Final = "waiting"
RESERVED: Final = "reserved"
RELEASED: Final = "released"
CONSUMED: Final = "consumed"
_RESTOCKED: Final = Text("stock has arrived and is reserved", "已到货并预留库存")


@dataclass
class Change:
    """A locked order, what was `known` and what is now, new lines, and its own event if any."""

    order: Record
    known: OrderFacts
    facts: OrderFacts
    entries: list[Entry] = field(default_factory=list)
    announcement: EventPayload | None = None
    traceparent: str | None = None

    @property
    def stock_state(self) -> str:
        if self.facts.has_left:
            return CONSUMED
        if self.facts.status is Status.CANCELLED:
            return RELEASED
        return RESERVED if self.facts.placed else WAITING

    def moves(self, before: str, after: str) -> bool:
        return self.order["stock_state"] == before and self.stock_state == after


async def cancel_order(
    uow: UnitOfWork, *, tenant: str, order_id: str, reason: str, now: datetime
) -> dict[str, Any]:
    """The order as it is then; cancelling twice changes nothing.

    Raises OrderNotFound, or OrderNotCancellable once the goods have left.
    """
    rows = await uow.fetch_all(repository.ORDERS_FOR_UPDATE, ids=[order_id], tenant=tenant)
    if not rows:
        raise OrderNotFound
    order = rows[0]
    known = from_json(order["facts"])
    if known.has_left:
        raise OrderNotCancellable(status=known.status.value)
    if known.cancelled is not None:
        return dict(order)
    change = Change(
        order,
        known,
        known.joined(OrderFacts(cancelled=reason)),
        [Entry(now, "catalog", "catalog.order.cancelled", Words.as_said(reason))],
        events.order_cancelled(order, reason=reason),
    )
    await advance(uow, [change], now=now)
    return dict(order) | _columns(change)


async def apply_observations(
    uow: UnitOfWork, observations: Sequence[Observation], /, *, now: datetime
) -> None:
    """Raises OrderNotFound for an order we do not know, or of another tenant than the event says.

    It may belong to a database that was restored from an older copy. Alone in its slice (the kit
    sees to that) such an event becomes a dead letter.
    """
    if await record_observations(uow, observations=observations, now=now):
        raise OrderNotFound


async def record_observations(
    uow: UnitOfWork, *, observations: Sequence[Observation], now: datetime
) -> set[str]:
    """Joins what other services report into the orders, locked in the order of their ids.

    Returns the ids that are no order of ours, or not of the tenant that the event names.
    """
    ids = sorted({observation.order_id for observation in observations})
    rows = await uow.fetch_all(repository.ORDERS_FOR_UPDATE, ids=ids, tenant=uow.tenant)
    changes = {row["id"]: Change(row, known := from_json(row["facts"]), known) for row in rows}
    unknown = set()
    for observation in observations:
        change = changes.get(observation.order_id)
        if change is None or change.order["tenant_id"] != observation.tenant_id:
            unknown.add(observation.order_id)
            continue
        change.facts = change.facts.joined(observation.facts)
        change.entries.append(observation.entry)
        change.traceparent = observation.traceparent
    await advance(uow, list(changes.values()), now=now)
    return unknown


async def place_back_orders(uow: UnitOfWork, *, tenant: str, now: datetime) -> int:
    """Tries orders again that wait for what was restocked, oldest first; how many were placed.

    A restock is ticked off in the same transaction in which its orders were tried, and only up to
    the count that was seen before looking for them: none is lost, none is served twice.
    """
    if not await uow.fetch_value(repository.TAKE_TURN, tenant=tenant):
        return 0
    restocked = await uow.fetch_all(repository.RESTOCKED, tenant=tenant)
    seen = {row["product_id"]: row["restocks"] for row in restocked}
    orders = await uow.fetch_all(repository.PLACEABLE_ORDERS, tenant=tenant, products=list(seen))
    wants = [demand(order["lines"]) for order in orders]
    products = sorted(set(seen).union(*wants))
    counters = await uow.fetch_all(
        repository.AVAILABLE_FOR_UPDATE, tenant=tenant, products=products
    )
    available = {row["product_id"]: row["available"] for row in counters}
    placed = [
        order
        for order, missing in zip(orders, allocate(available, wants), strict=True)
        if not missing
    ]
    if placed:
        await _reserve(uow, placed, tenant=tenant, now=now)
    if len(orders) < repository.PLACEABLE_LIMIT:
        await uow.execute(
            repository.RETRIED,
            tenant=tenant,
            products=list(seen),
            restocks=list(seen.values()),
        )
    return len(placed)


async def _reserve(uow: UnitOfWork, orders: list[Record], *, tenant: str, now: datetime) -> None:
    products = {product for order in orders for product in demand(order["lines"])}
    reserved = await uow.execute(
        repository.RESERVE_WAITING, tenant=tenant, now=now, orders=[o["id"] for o in orders]
    )
    # Counters are locked: a guard that holds back is a fault of ours, and nothing is saved.
    assert reserved == len(products), "stock guard held back"
    entry = Entry(now, "catalog", "catalog.order.placed", words(_RESTOCKED))
    changes = [
        Change(
            order,
            known := from_json(order["facts"]),
            known.joined(OrderFacts(placed=True)),
            [entry],
            events.order_placed(order, now=now),
        )
        for order in orders
    ]
    await advance(uow, changes, now=now)


async def advance(uow: UnitOfWork, changes: Sequence[Change], *, now: datetime) -> None:
    """Writes the changes and tells of them. The orders are locked; counters are locked here,
    after the orders, which is the order everywhere (see repository.stock)."""
    await _move_stock(uow, changes, now=now)
    for change in changes:
        _announce(uow, change, now=now)
    written = [c for c in changes if c.facts != c.known]
    entries = [(c.order, entry) for c in changes for entry in c.entries]
    if not written and not entries:
        return
    columns = [_columns(change) for change in written]
    await uow.execute(
        repository.WRITE_FACTS,
        id=[change.order["id"] for change in written],
        **{
            name: [c[name] for c in columns]
            for name in ("status", "stock_state", "facts", "version")
        },
        entry_order=[order["id"] for order, _ in entries],
        entry_tenant=[order["tenant_id"] for order, _ in entries],
        entry_at=[entry.at for _, entry in entries],
        entry_service=[entry.service for _, entry in entries],
        entry_event=[entry.event for _, entry in entries],
        entry_detail=[entry.detail.en for _, entry in entries],
        entry_detail_zh=[entry.detail.zh for _, entry in entries],
        entry_original=[entry.original for _, entry in entries],
    )


def _columns(change: Change) -> dict[str, Any]:
    own = change.announcement is not None
    moved = change.facts.status != change.order["status"]
    return {
        "status": change.facts.status.value,
        "stock_state": change.stock_state,
        "facts": to_json(change.facts),
        "version": change.order["version"] + own + moved,
    }


def _announce(uow: UnitOfWork, change: Change, *, now: datetime) -> None:
    order, version = change.order, change.order["version"]
    place = {"subject": order["id"], "at": now, "tenant_id": order["tenant_id"]}
    if change.announcement is not None:
        version += 1
        uow.outbox.add(change.announcement, version=version, **place)
    if change.facts.status != order["status"]:
        payload = events.order_status_changed(
            order, status=change.facts.status.value, reason=change.facts.why
        )
        # A slice tells of many orders: each goes on in the trace of its own event.
        here = trace.enter(trace.continued(change.traceparent)) if change.traceparent else None
        uow.outbox.add(payload, version=version + 1, **place)
        count_order(uow, change.facts.status.value, accepted_at=order["accepted_at"], now=now)
        if here is not None:
            trace.leave(here)


async def _move_stock(uow: UnitOfWork, changes: Sequence[Change], *, now: datetime) -> None:
    """Shipped goods leave both counters, released ones only the reserved; each exactly once,
    because the order's `stock_state` changes with it."""
    shipped = [c.order["id"] for c in changes if c.moves(RESERVED, CONSUMED)]
    released = [c.order["id"] for c in changes if c.moves(RESERVED, RELEASED)]
    for ids, reason, factor in ((shipped, "shipped", 1), (released, "released", 0)):
        if ids:
            await uow.execute(END_RESERVATIONS, orders=ids, reason=reason, shipped=factor, now=now)
    for change in changes:
        if change.moves(RELEASED, CONSUMED) or change.moves(WAITING, CONSUMED):
            await uow.execute(SHIP_UNRESERVED, order_id=change.order["id"], now=now)
    forgotten = [
        c.order["id"]
        for c in changes
        if c.order["stock_state"] == WAITING and c.stock_state in (RELEASED, CONSUMED)
    ]
    if forgotten:
        await uow.execute(repository.FORGET_WAITING, orders=forgotten)
