"""Master bills as operators see them, and parcels of which a report is overdue."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, TypedDict

from services.customs.domain.declarations.phase import Phase
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.movements.errors import BillNotFound
from services.customs.domain.movements.waiting import (
    PATIENCE,
    Movement,
    MovementTerms,
    Stall,
    stall_of,
)
from shared.db import INSTANT, INTEGER, TEXT, Filters, Listing, Reader, Window, sql

_OVERDUE_MAX: Final = 10_000


class BillLineJson(TypedDict, total=False):
    logisticsNo: str
    invtNo: str


@dataclass(frozen=True, slots=True)
class BillView:
    """`status`: the phase of the document; `number`: its copNo."""

    id: str
    master_waybill: str
    flight_id: str | None
    flight_number: str
    status: str
    status_at: datetime
    number: str
    parts: int
    lists: int
    gross_weight_kg: Decimal
    submitted_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class BillWithLines(BillView):
    lines: list[BillLineJson]


_COLUMNS: Final = """
    id, content #>> '{parts,0,head,billNo}' AS master_waybill, flight_id,
    content #>> '{parts,0,head,trafName}' AS flight_number, phase AS status, phase_at AS status_at,
    number, parts, cardinality(covers) AS lists,
    (content #>> '{parts,0,head,grossWeight}')::numeric AS gross_weight_kg, submitted_at, created_at
"""

_BILLS: Final = Listing(
    f"SELECT {_COLUMNS} FROM customs.documents",  # noqa: S608 - constants
    BillView,
    order_by="id DESC",
    after="id < :after_id",
    where="kind = 'bill'",
    filters={
        "status": "phase = :status",
        "flight_id": "flight_id = :flight_id",
        "master_waybill": "content #>> '{parts,0,head,billNo}' = :master_waybill",
    },
    after_id=TEXT,
    status=TEXT,
    flight_id=TEXT,
    master_waybill=TEXT,
)

_BILL: Final = sql(
    f"""
    SELECT {_COLUMNS}, jsonb_path_query_array(content, '$.parts[*].lines[*]') AS lines
    FROM customs.documents WHERE kind = 'bill' AND id = :id
    """,  # noqa: S608 - constants
    BillWithLines,
    id=TEXT,
)


def _movement(  # noqa: PLR0917 - a row's columns
    declaration_id: str,
    house_waybill: str | None,
    status: str,
    has_arrived: bool,
    has_bill_number: bool,
    arrival: str | None,
    has_departed: bool,
    bill: str | None,
    departure: str | None,
    is_bill_old: bool,
    is_departure_old: bool,
    due_at: datetime | None,
) -> Movement:
    return Movement(
        declaration_id=declaration_id,
        house_waybill=house_waybill,
        status=Phase(status),
        has_arrived=has_arrived,
        has_bill_number=has_bill_number,
        arrival=None if arrival is None else DocumentPhase(arrival),
        has_departed=has_departed,
        bill=None if bill is None else DocumentPhase(bill),
        departure=None if departure is None else DocumentPhase(departure),
        is_bill_old=is_bill_old,
        is_departure_old=is_departure_old,
        due_at=due_at,
    )


_SELECT_MOVEMENT: Final = """
    SELECT p.declaration_id, d.house_waybill, d.status,
           p.arrived_at IS NOT NULL AS has_arrived,
           coalesce(p.arrival ->> 'bill_number', p.bill_id, p.departure ->> 'master_waybill')
               IS NOT NULL AS has_bill_number,
           a.phase AS arrival, p.departed_at IS NOT NULL AS has_departed, b.phase AS bill,
           e.phase AS departure,
           coalesce(b.created_at <= :created_before, false) AS is_bill_old,
           coalesce(e.created_at <= :created_before, false) AS is_departure_old,
           CASE WHEN p.departed_at IS NULL THEN d.cut_off_at ELSE p.breach_at END AS due_at
    FROM customs.parcels AS p
    JOIN customs.declarations AS d ON d.id = p.declaration_id
    LEFT JOIN customs.documents AS a ON a.id = p.arrival_id
    LEFT JOIN customs.documents AS b ON b.id = p.bill_id
    LEFT JOIN customs.documents AS e ON e.id = p.departure_id
"""

# Each part has its index: what waits for its document, and documents that are not accepted.
_OVERDUE: Final = sql(
    f"""
    ({_SELECT_MOVEMENT}
     WHERE p.departed_at IS NOT NULL AND p.departure_id IS NULL
       AND p.departure_noted_at <= :noted_before
     LIMIT :rows_max)
    UNION
    ({_SELECT_MOVEMENT}
     WHERE p.arrived_at IS NOT NULL AND p.arrival_id IS NULL
       AND p.arrival_noted_at <= :noted_before
     LIMIT :rows_max)
    UNION
    ({_SELECT_MOVEMENT}
     WHERE p.declaration_id IN (
         SELECT unnest(covers) FROM customs.documents
         WHERE kind IN ('arrival', 'bill', 'departure') AND phase <> 'accepted'
           AND created_at <= :created_before)
     LIMIT :rows_max)
    """,  # noqa: S608 - constants
    _movement,
    noted_before=INSTANT,
    created_before=INSTANT,
    rows_max=INTEGER,
)


async def list_bills(reader: Reader, window: Window, filters: Filters) -> list[BillView]:
    """Newest first."""
    return await _BILLS.page(reader, window, filters)


async def get_bill(reader: Reader, *, bill_id: str) -> BillWithLines:
    """Raises BillNotFound."""
    found = await reader.fetch_first(_BILL, id=bill_id)
    if found is None:
        raise BillNotFound(bill_id=bill_id)
    return found


async def list_stalled(
    reader: Reader,
    *,
    terms: MovementTerms,
    nameless: Collection[DocumentKind] = (),
    now: datetime,
    real_now: datetime,
    rows_max: int = _OVERDUE_MAX,
) -> list[tuple[Movement, Stall]]:
    """Parcels of which a report waits for longer than it should, and why: for a person. Of each way
    to wait `rows_max` at most are looked at.
    """
    overdue = await reader.fetch_all(
        _OVERDUE,
        noted_before=real_now - PATIENCE,
        created_before=now - PATIENCE,
        rows_max=rows_max,
    )
    found = [(movement, stall_of(movement, terms, nameless)) for movement in overdue]
    return [(movement, stall) for movement, stall in found if stall is not None]
