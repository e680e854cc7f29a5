"""Accepting orders: any number of them with two or three statements, stock reserved for all lines
of an order or for none. What happens to them later is in `order_way`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from asyncpg import Record

from services.catalog.domain.orders.facts import Entry, OrderFacts, entry_of, to_json
from services.catalog.domain.orders.findings import out_of_stock
from services.catalog.domain.orders.order import (
    DuplicateOrderNumber,
    Order,
    OrderedProduct,
    demand,
    order_problems,
    priced_lines,
    size_problems,
    sku_problems,
)
from services.catalog.domain.reference import Reference
from services.catalog.domain.stock import Want, allocate
from services.catalog.events import orders as events
from services.catalog.repository import orders as repository
from services.catalog.use_cases.metrics import count_order
from services.catalog.use_cases.orders.changes import RESERVED, WAITING
from shared.db import UnitOfWork
from shared.kernel.errors import AirlaneError, Invalid, Text
from shared.kernel.ids import new_id
from shared.kernel.money import Money
from shared.kernel.tasks import giving_way
from shared.kernel.words import Words, words

Key = tuple[str, str]


@dataclass(frozen=True)
class Accepted:
    """`order` is a row of the table; `is_new` False: it had been accepted before. `first` is the
    event and the text that a new order's timeline begins with.
    """

    order: Mapping[str, Any]
    is_new: bool
    first: tuple[str, Words] | None = None


Outcome = Accepted | AirlaneError


async def place_order(
    uow: UnitOfWork, *, tenant: str, order: Order, reference: Reference, now: datetime
) -> tuple[Accepted, list[Entry]]:
    """The order with its timeline. Raises Invalid or DuplicateOrderNumber."""
    (outcome,) = await place_orders(
        uow, tenant=tenant, orders=[order], reference=reference, now=now
    )
    if isinstance(outcome, AirlaneError):
        raise outcome
    if outcome.first is not None and outcome.is_new:
        return outcome, [Entry(now, "catalog", *outcome.first)]
    return outcome, await read_timeline(uow, order_id=outcome.order["id"])


async def read_timeline(uow: UnitOfWork, *, order_id: str) -> list[Entry]:
    rows = await uow.fetch_all(repository.TIMELINE, order_id=order_id)
    return [entry_of(row) for row in rows]


async def place_orders(
    uow: UnitOfWork,
    *,
    tenant: str,
    orders: Sequence[Order],
    reference: Reference,
    now: datetime,
) -> list[Outcome]:
    """Per order what became of it: accepted (placed or back-ordered), or why not.

    Stock goes to the orders in the sequence given. An order number that exists gives the first
    order again if the content is the same, else DuplicateOrderNumber.
    """
    outcomes: list[Outcome | None] = [None] * len(orders)
    firsts: dict[Key, int] = {}
    async for index, order in giving_way(enumerate(orders)):
        if problems := order_problems(order, reference):
            outcomes[index] = Invalid(problems=problems)
        else:
            firsts.setdefault((order.store, order.order_number), index)
    # A single order learns of its forerunner when it is written; in a batch it would have taken
    # stock from its neighbours by then.
    known = await _existing(uow, tenant, list(firsts)) if len(orders) > 1 else {}
    fresh = {key: orders[index] for key, index in firsts.items() if key not in known}
    placed = await _place_new(uow, tenant, list(fresh.values()), now) if fresh else {}
    overtaken = [key for key in fresh if key not in placed]
    if overtaken:
        known |= await _existing(uow, tenant, overtaken)
    for index, order in enumerate(orders):
        if outcomes[index] is None:
            key = (order.store, order.order_number)
            outcome = _outcome(order, placed.get(key) or known[key])
            if isinstance(outcome, Accepted) and firsts[key] != index:
                outcome = replace(outcome, is_new=False)
            outcomes[index] = outcome
    return [outcome for outcome in outcomes if outcome is not None]


def _outcome(order: Order, first: Outcome) -> Outcome:
    if isinstance(first, AirlaneError) or first.order["fingerprint"] == order.fingerprint():
        return first
    return DuplicateOrderNumber(
        order_number=order.order_number, store=order.store, existing_id=first.order["id"]
    )


async def _existing(uow: UnitOfWork, tenant: str, keys: list[Key]) -> dict[Key, Outcome]:
    rows = await uow.fetch_all(
        repository.ORDERS_BY_NUMBER,
        tenant=tenant,
        stores=[store for store, _ in keys],
        numbers=[number for _, number in keys],
    )
    return {(row["store"], row["order_number"]): Accepted(row, is_new=False) for row in rows}


async def _place_new(
    uow: UnitOfWork, tenant: str, orders: list[Order], now: datetime
) -> dict[Key, Outcome]:
    """Distinct orders; those whose number exists already are missing in the answer."""
    skus = sorted(set().union(*(order.skus for order in orders)))
    rows = await uow.fetch_all(repository.PRODUCTS_TO_ORDER, tenant=tenant, skus=skus)
    products = {row["sku"]: _ordered_product(row) for row in rows}
    available = {row["product_id"]: row["available"] for row in rows}
    outcomes: dict[Key, Outcome] = {}
    complete: list[tuple[Order, list[dict[str, Any]]]] = []
    async for order in giving_way(orders):
        if problems := sku_problems(order, products) or size_problems(order, products):
            outcomes[order.store, order.order_number] = Invalid(problems=problems)
        else:
            complete.append((order, priced_lines(order, products)))
    shortages = allocate(available, [demand(lines) for _, lines in complete])
    drafts = [
        _draft(order, lines, missing, tenant=tenant, belt=rows[0]["belt"], now=now)
        async for (order, lines), missing in giving_way(zip(complete, shortages, strict=True))
    ]
    if not drafts:
        return outcomes
    entries = [_first_entry(draft) for draft in drafts]
    written = await repository.write_orders(
        uow,
        drafts,
        tenant=tenant,
        entries=entries,
        now=now,
    )
    async for draft, missing, first in giving_way(zip(drafts, shortages, entries, strict=True)):
        if draft["id"] in written:
            outcomes[draft["store"], draft["order_number"]] = Accepted(draft, True, first)
            _announce(uow, draft, missing, now=now)
    return outcomes


def _draft(
    order: Order,
    lines: list[dict[str, Any]],
    missing: Sequence[Want],
    *,
    tenant: str,
    belt: str,
    now: datetime,
) -> dict[str, Any]:
    """A row of the table."""
    if missing:
        skus = {line["product_id"]: line["sku"] for line in lines}
        shortage = "; ".join(
            f"{skus[want.product_id]} {want.available}/{want.wanted}" for want in missing
        )
        facts = OrderFacts(shortage=shortage)
    else:
        facts = OrderFacts(placed=True)
    return {
        "id": new_id("ord"),
        "tenant_id": tenant,
        "store": order.store,
        "order_number": order.order_number,
        "ordered_at": order.ordered_at,
        "country": order.country,
        "postal_code": order.postal_code,
        "currency": order.currency,
        "total_minor": order.total_minor,
        "belt": belt,
        "lines": lines,
        "fingerprint": order.fingerprint(),
        "status": facts.status.value,
        "stock_state": WAITING if missing else RESERVED,
        "facts": to_json(facts),
        "version": 1,
        "accepted_at": now,
    }


_RESERVED: Final = Text("stock reserved; {amount} {currency}", "已预留库存；{amount} {currency}")


def _first_entry(draft: Mapping[str, Any]) -> tuple[str, Words]:
    if draft["stock_state"] == WAITING:
        return "catalog.order.backordered", out_of_stock(draft["facts"]["shortage"]).detail
    total = Money(draft["total_minor"], draft["currency"])
    detail = words(_RESERVED, amount=total.amount, currency=total.currency)
    return "catalog.order.placed", detail


def _announce(
    uow: UnitOfWork, draft: Mapping[str, Any], missing: Sequence[Want], *, now: datetime
) -> None:
    payload = (
        events.order_backordered(draft, missing, now=now)
        if missing
        else events.order_placed(draft, now=now)
    )
    uow.outbox.add(payload, subject=draft["id"], version=1, at=now)
    count_order(uow, draft["status"], accepted_at=now, now=now)


def _ordered_product(row: Record) -> OrderedProduct:
    return OrderedProduct(
        product_id=row["product_id"],
        sku=row["sku"],
        title_en=row["title"]["en"],
        hs_code=row["hs_code"],
        origin_country=row["origin_country"],
        net_weight_g=row["net_weight_g"],
        gross_weight_g=row["gross_weight_g"],
        size_mm=(row["length_mm"], row["width_mm"], row["height_mm"]),
        battery=row["battery"],
    )
