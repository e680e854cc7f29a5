"""What customs said of shipments, also of those that are not here yet."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from services.routing.domain.shipments.clearance import Clearance, Standing, StoppedBy
from services.routing.domain.shipments.shipment import ShipmentStatus
from shared.db import INSTANT, INTEGER, TEXT, TEXTS, UnitOfWork, sql

OrderOfMerchant = tuple[str, str]
"""(id of the order, id of the merchant)."""

_ADD_EARLY_FACT: Final = sql(
    """
    INSERT INTO routing.early_facts AS known (order_id, kind, tenant_id, at, version)
    SELECT :order_id, :kind, :merchant_id, :at, :version
    WHERE NOT EXISTS (SELECT 1 FROM routing.shipments WHERE order_id = :order_id)
    ON CONFLICT (order_id, kind) DO UPDATE SET at = EXCLUDED.at, version = EXCLUDED.version
    WHERE known.version < EXCLUDED.version
    """,
    order_id=TEXT,
    kind=TEXT,
    merchant_id=TEXT,
    at=INSTANT,
    version=INTEGER,
)

# By real time, like the inbox: an event is delivered for so long after it was published.
_FORGET_EARLY_FACTS: Final = sql(
    """
    DELETE FROM routing.early_facts WHERE (order_id, kind) IN (
        SELECT order_id, kind FROM routing.early_facts
        WHERE noted_at < now() - make_interval(days => :days_kept)
        ORDER BY noted_at LIMIT :rows_max
        FOR UPDATE SKIP LOCKED)
    """,
    days_kept=INTEGER,
    rows_max=INTEGER,
)


def _standing(  # noqa: PLR0917 - a row's columns
    shipment_id: str,
    status: str,
    released_at: datetime | None,
    released_version: int,
    screened_at: datetime | None,
    screened_version: int,
    declaration_cancelled_at: datetime | None,
    declaration_cancelled_version: int,
    cancel_requested_at: datetime | None,
    cancel_requested_version: int,
    stopped_at: datetime | None,
    stopped_by: str | None,
    stopped_version: int,
) -> Standing:
    clearance = Clearance(
        released_at,
        released_version,
        screened_at,
        screened_version,
        declaration_cancelled_at,
        declaration_cancelled_version,
        cancel_requested_at,
        cancel_requested_version,
        stopped_at,
        None if stopped_by is None else StoppedBy(stopped_by),
        stopped_version,
    )
    return Standing(shipment_id, ShipmentStatus(status), clearance)


_STANDING: Final = sql(
    """
    SELECT id AS shipment_id, state AS status, released_at, released_version, screened_at,
        screened_version, declaration_cancelled_at, declaration_cancelled_version,
        cancel_requested_at, cancel_requested_version, stopped_at, stopped_by, stopped_version
    FROM routing.shipments WHERE order_id = :order_id
    """,
    _standing,
    order_id=TEXT,
)


def _standing_of_order(  # noqa: PLR0917 - a row's columns
    order_id: str,
    merchant_id: str,
    shipment_id: str,
    status: str,
    released_at: datetime | None,
    released_version: int,
    screened_at: datetime | None,
    screened_version: int,
    declaration_cancelled_at: datetime | None,
    declaration_cancelled_version: int,
    cancel_requested_at: datetime | None,
    cancel_requested_version: int,
    stopped_at: datetime | None,
    stopped_by: str | None,
    stopped_version: int,
) -> tuple[OrderOfMerchant, Standing]:
    return (order_id, merchant_id), _standing(
        shipment_id,
        status,
        released_at,
        released_version,
        screened_at,
        screened_version,
        declaration_cancelled_at,
        declaration_cancelled_version,
        cancel_requested_at,
        cancel_requested_version,
        stopped_at,
        stopped_by,
        stopped_version,
    )


_STANDINGS: Final = sql(
    """
    SELECT s.order_id, s.tenant_id AS merchant_id, s.id AS shipment_id, s.state AS status,
        s.released_at, s.released_version, s.screened_at, s.screened_version,
        s.declaration_cancelled_at, s.declaration_cancelled_version,
        s.cancel_requested_at, s.cancel_requested_version, s.stopped_at, s.stopped_by,
        s.stopped_version
    FROM unnest(:order_ids, :merchant_ids) AS asked(order_id, merchant_id)
    JOIN routing.shipments s ON s.order_id = asked.order_id AND s.tenant_id = asked.merchant_id
    """,
    _standing_of_order,
    order_ids=TEXTS,
    merchant_ids=TEXTS,
)

_SET_CLEARANCE: Final = sql(
    """
    UPDATE routing.shipments SET released_at = :released_at, released_version = :released_version,
        screened_at = :screened_at, screened_version = :screened_version,
        declaration_cancelled_at = :declaration_cancelled_at,
        declaration_cancelled_version = :declaration_cancelled_version,
        cancel_requested_at = :cancel_requested_at,
        cancel_requested_version = :cancel_requested_version,
        stopped_at = :stopped_at, stopped_by = :stopped_by, stopped_version = :stopped_version
    WHERE id = :shipment_id AND state = :known_status
      AND released_version = :known_released_version AND screened_version = :known_screened_version
      AND declaration_cancelled_version = :known_declaration_cancelled_version
      AND cancel_requested_version = :known_cancel_requested_version
      AND stopped_version = :known_stopped_version
    """,
    shipment_id=TEXT,
    released_at=INSTANT,
    released_version=INTEGER,
    screened_at=INSTANT,
    screened_version=INTEGER,
    declaration_cancelled_at=INSTANT,
    declaration_cancelled_version=INTEGER,
    cancel_requested_at=INSTANT,
    cancel_requested_version=INTEGER,
    stopped_at=INSTANT,
    stopped_by=TEXT,
    stopped_version=INTEGER,
    known_status=TEXT,
    known_released_version=INTEGER,
    known_screened_version=INTEGER,
    known_declaration_cancelled_version=INTEGER,
    known_cancel_requested_version=INTEGER,
    known_stopped_version=INTEGER,
)


async def add_early_fact(
    uow: UnitOfWork,
    *,
    order_id: str,
    kind: str,
    merchant_id: str,
    at: datetime | None,
    version: int,
) -> None:
    """Kept until the order comes; nothing if its shipment is here already."""
    await uow.execute(
        _ADD_EARLY_FACT,
        order_id=order_id,
        kind=kind,
        merchant_id=merchant_id,
        at=at,
        version=version,
    )


async def forget_early_facts(uow: UnitOfWork, *, days_kept: int, rows_max: int) -> int:
    """Oldest first; returns how many there were."""
    return await uow.execute(_FORGET_EARLY_FACTS, days_kept=days_kept, rows_max=rows_max)


async def find_standing(uow: UnitOfWork, order_id: str) -> Standing | None:
    """No other transaction changes it while this one has the turn."""
    return await uow.fetch_first(_STANDING, order_id=order_id)


async def get_standings(
    uow: UnitOfWork, orders: Collection[OrderOfMerchant]
) -> dict[OrderOfMerchant, Standing]:
    """Of the orders that have a shipment of that merchant."""
    if not orders:
        return {}
    return dict(
        await uow.fetch_all(
            _STANDINGS,
            order_ids=[order_id for order_id, _ in orders],
            merchant_ids=[merchant_id for _, merchant_id in orders],
        )
    )


async def set_clearance(uow: UnitOfWork, standing: Standing, *, known: Standing) -> None:
    """`known` is the standing as it was read."""
    clearance = standing.clearance
    saved = await uow.execute(
        _SET_CLEARANCE,
        shipment_id=standing.shipment_id,
        released_at=clearance.released_at,
        released_version=clearance.released_version,
        screened_at=clearance.screened_at,
        screened_version=clearance.screened_version,
        declaration_cancelled_at=clearance.declaration_cancelled_at,
        declaration_cancelled_version=clearance.declaration_cancelled_version,
        cancel_requested_at=clearance.cancel_requested_at,
        cancel_requested_version=clearance.cancel_requested_version,
        stopped_at=clearance.stopped_at,
        stopped_by=clearance.stopped_by,
        stopped_version=clearance.stopped_version,
        known_status=known.status,
        known_released_version=known.clearance.released_version,
        known_screened_version=known.clearance.screened_version,
        known_declaration_cancelled_version=known.clearance.declaration_cancelled_version,
        known_cancel_requested_version=known.clearance.cancel_requested_version,
        known_stopped_version=known.clearance.stopped_version,
    )
    assert saved == 1, "the shipment changed after it was read"
