"""Locking accepted orders, and writing any number of changes."""

from collections.abc import Collection, Sequence
from typing import Final

from services.catalog.domain.orders.changes import OrderChange
from services.catalog.domain.orders.order import Order
from services.catalog.domain.orders.stored import facts_to_json, stored_entry, stored_order
from services.catalog.domain.orders.timeline import Entry
from shared.db import INSTANTS, INTEGERS, JSONS, TEXT, TEXTS, UnitOfWork, sql
from shared.kernel.identity import PARK

_COLUMNS: Final = (
    "id, tenant_id, store, order_number, ordered_at, country, postal_code, currency, total_minor,"
    " belt, lines, fingerprint, status, stock_state, facts, version, accepted_at"
)

_LOCK_ORDERS: Final = sql(
    f"""
    SELECT {_COLUMNS} FROM catalog.orders
    WHERE id = ANY(:ids) AND (tenant_id = :tenant OR :tenant = '{PARK}')
    ORDER BY id FOR UPDATE
    """,  # noqa: S608 - constants
    stored_order,
    ids=TEXTS,
    tenant=TEXT,
)
_WRITE_CHANGES: Final = sql(
    """
    WITH entries AS (
        INSERT INTO catalog.order_timeline
            (order_id, tenant_id, at, service, event, detail, detail_zh, original)
        SELECT order_id, tenant_id, at, service, event, detail, detail_zh, original
        FROM unnest(:entry_order, :entry_tenant, :entry_at, :entry_service, :entry_event,
            :entry_detail, :entry_detail_zh, :entry_original) WITH ORDINALITY
            AS e(order_id, tenant_id, at, service, event, detail, detail_zh, original, n)
        ORDER BY n
    ), found AS (
        INSERT INTO catalog.order_search AS s
            (order_id, tenant_id, status, finding, house_waybill, promised_at)
        SELECT * FROM unnest(:id, :tenant, :status, :finding, :house_waybill, :promised_at)
        ON CONFLICT (order_id) DO UPDATE
        SET status = excluded.status, finding = excluded.finding,
            house_waybill = excluded.house_waybill, promised_at = excluded.promised_at
        WHERE (s.status, s.finding, s.house_waybill, s.promised_at) IS DISTINCT FROM
            (excluded.status, excluded.finding, excluded.house_waybill, excluded.promised_at)
    )
    UPDATE catalog.orders o
    SET status = u.status, stock_state = u.stock_state, facts = u.facts, version = u.version
    FROM unnest(:id, :status, :stock_state, :facts, :version)
        AS u(id, status, stock_state, facts, version)
    WHERE o.id = u.id
    """,
    id=TEXTS,
    status=TEXTS,
    stock_state=TEXTS,
    facts=JSONS,
    version=INTEGERS,
    tenant=TEXTS,
    finding=TEXTS,
    house_waybill=TEXTS,
    promised_at=INSTANTS,
    entry_order=TEXTS,
    entry_tenant=TEXTS,
    entry_at=INSTANTS,
    entry_service=TEXTS,
    entry_event=TEXTS,
    entry_detail=TEXTS,
    entry_detail_zh=TEXTS,
    entry_original=TEXTS,
)
_TIMELINE: Final = sql(
    "SELECT at, service, event, detail, detail_zh, original FROM catalog.order_timeline"
    " WHERE order_id = :order_id ORDER BY at, id",
    stored_entry,
    order_id=TEXT,
)


async def lock_orders(uow: UnitOfWork, *, ids: Collection[str]) -> list[Order]:
    """The tenant's orders among them, by id."""
    return await uow.fetch_all(_LOCK_ORDERS, ids=sorted(ids), tenant=uow.tenant)


async def read_timeline(uow: UnitOfWork, *, order_id: str) -> list[Entry]:
    return await uow.fetch_all(_TIMELINE, order_id=order_id)


async def write_changes(uow: UnitOfWork, changes: Sequence[OrderChange]) -> None:
    """Writes the facts, what follows from them and is searched for, and the entries of the
    timelines.
    """
    written = [change for change in changes if change.facts != change.before.facts]
    entries = [(change.before, entry) for change in changes for entry in change.entries]
    if not written and not entries:
        return
    plans = [change.facts.plan for change in written]
    await uow.execute(
        _WRITE_CHANGES,
        id=[change.before.id for change in written],
        status=[change.facts.status.value for change in written],
        stock_state=[change.stock_state.value for change in written],
        facts=[facts_to_json(change.facts) for change in written],
        version=[change.version for change in written],
        tenant=[change.before.merchant_id for change in written],
        finding=[change.facts.finding_code for change in written],
        house_waybill=[plan.house_waybill if plan else None for plan in plans],
        promised_at=[plan.promised_at if plan else None for plan in plans],
        entry_order=[order.id for order, _ in entries],
        entry_tenant=[order.merchant_id for order, _ in entries],
        entry_at=[entry.at for _, entry in entries],
        entry_service=[entry.service for _, entry in entries],
        entry_event=[entry.event for _, entry in entries],
        entry_detail=[entry.detail.en for _, entry in entries],
        entry_detail_zh=[entry.detail.zh for _, entry in entries],
        entry_original=[entry.original for _, entry in entries],
    )
