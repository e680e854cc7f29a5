"""Arrivals: the parcels that have come, and those that wait for a report."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, TypedDict

from services.customs.domain.documents.stored import NewDocument
from services.customs.domain.movements.arrival import Arrival, ArrivedParcel, ExpectedParcel
from services.customs.domain.movements.waiting import MovementTerms
from services.customs.repository.movements.void import is_void
from shared.db import INSTANT, INTEGER, JSON, TEXTS, UnitOfWork, sql


class _ArrivalJson(TypedDict):
    truck_plate: str
    location: str | None
    bill_number: str | None


def _expected(  # noqa: PLR0917 - a row's columns
    declaration_id: str,
    tenant_id: str,
    house_waybill: str,
    arrived_at: datetime | None,
    arrival: _ArrivalJson | None,
    void_id: str | None,
) -> ExpectedParcel:
    known = None
    if arrived_at is not None and arrival is not None:
        known = Arrival(
            arrived_at, arrival["truck_plate"], arrival["location"], arrival["bill_number"]
        )
    return ExpectedParcel(declaration_id, tenant_id, house_waybill, known, void_id)


_LOCK_EXPECTED: Final = sql(
    f"""
    SELECT d.id AS declaration_id, d.tenant_id, d.house_waybill,
           p.arrived_at, p.arrival, a.id AS void_id
    FROM customs.declarations AS d
    LEFT JOIN customs.parcels AS p ON p.declaration_id = d.id
    LEFT JOIN customs.documents AS a ON a.id = p.arrival_id AND {is_void("a", "d.id")}
    WHERE d.house_waybill = ANY(:house_waybills)
    ORDER BY d.order_id FOR UPDATE OF d
    """,  # noqa: S608 - constants
    _expected,
    house_waybills=TEXTS,
)

_NOTE: Final = sql(
    """
    INSERT INTO customs.parcels AS p (
        declaration_id, tenant_id, state, arrived_at, arrival, arrival_noted_at, arrival_id)
    SELECT declaration_id, tenant_id, 'elsewhere', arrived_at, arrival, :real_now, void_id
    FROM jsonb_to_recordset(:rows) AS r (
        declaration_id text, tenant_id text, arrived_at timestamptz, arrival jsonb, void_id text)
    ORDER BY declaration_id
    ON CONFLICT (declaration_id) DO UPDATE SET
        arrived_at = excluded.arrived_at, arrival = excluded.arrival,
        arrival_noted_at = excluded.arrival_noted_at,
        arrival_id = nullif(p.arrival_id, excluded.arrival_id)
    """,
    rows=JSON,
    real_now=INSTANT,
)

# The number that the goods came under, else the master waybill that they are bound to or left by.
_BILL_NUMBER: Final = """
    coalesce(p.arrival ->> 'bill_number', b.content #>> '{parts,0,head,billNo}',
             p.departure ->> 'master_waybill')
"""
_SELECT: Final = f"""
    SELECT p.declaration_id, d.house_waybill,
           d.waybill ->> 'mode' AS mode, p.arrival ->> 'truck_plate' AS truck_plate,
           p.arrival ->> 'location' AS location, {_BILL_NUMBER} AS bill_number
    FROM customs.parcels AS p
    JOIN customs.declarations AS d ON d.id = p.declaration_id
    LEFT JOIN customs.documents AS b ON b.id = p.bill_id
    WHERE p.arrived_at IS NOT NULL AND p.arrival_id IS NULL AND d.status = ANY(:statuses)
      AND {_BILL_NUMBER} IS NOT NULL
"""  # noqa: S608 - constants

_LOCK_DUE: Final = sql(
    f"""
    {_SELECT} AND p.arrival_noted_at <= :noted_before
    ORDER BY p.declaration_id LIMIT :rows_max FOR UPDATE OF p SKIP LOCKED
    """,
    ArrivedParcel,
    statuses=TEXTS,
    noted_before=INSTANT,
    rows_max=INTEGER,
)

_LOCK_SOME: Final = sql(
    f"""
    {_SELECT} AND p.declaration_id = ANY(:ids)
    ORDER BY p.declaration_id FOR UPDATE OF p SKIP LOCKED
    """,
    ArrivedParcel,
    statuses=TEXTS,
    ids=TEXTS,
)

_MARK: Final = sql(
    """
    UPDATE customs.parcels AS p
    SET arrival_id = r.document_id, report_ids = p.report_ids || r.document_id
    FROM unnest(:ids, :document_ids) AS r (id, document_id) WHERE p.declaration_id = r.id
    """,
    ids=TEXTS,
    document_ids=TEXTS,
)


async def lock_expected(uow: UnitOfWork, house_waybills: Sequence[str]) -> list[ExpectedParcel]:
    """With their declarations, which are locked."""
    return await uow.fetch_all(_LOCK_EXPECTED, house_waybills=house_waybills)


async def note_arrivals(
    uow: UnitOfWork, parcels: Sequence[ExpectedParcel], arrival: Arrival, *, real_now: datetime
) -> None:
    """The declarations are locked. What was reported of a parcel in vain is reported once more."""
    stored = _ArrivalJson(
        truck_plate=arrival.truck_plate,
        location=arrival.location,
        bill_number=arrival.bill_number,
    )
    rows = [
        {
            "declaration_id": one.declaration_id,
            "tenant_id": one.tenant_id,
            "arrived_at": arrival.arrived_at.isoformat(),
            "arrival": stored,
            "void_id": one.void_id,
        }
        for one in parcels
    ]
    await uow.execute(_NOTE, rows=rows, real_now=real_now)


async def lock_due(
    uow: UnitOfWork, terms: MovementTerms, *, noted_before: datetime, rows_max: int
) -> list[ArrivedParcel]:
    """Noted by `noted_before`, of lists that are far enough, with a number to report them under."""
    return await uow.fetch_all(
        _LOCK_DUE, statuses=sorted(terms.arriving), noted_before=noted_before, rows_max=rows_max
    )


async def lock_some(
    uow: UnitOfWork, terms: MovementTerms, ids: Collection[str]
) -> list[ArrivedParcel]:
    """Those of them that are not reported yet and may be."""
    return await uow.fetch_all(_LOCK_SOME, statuses=sorted(terms.arriving), ids=list(ids))


async def mark(uow: UnitOfWork, documents: Sequence[NewDocument]) -> None:
    """Their parcels are in these documents. They are locked."""
    named = [(one, document.id) for document in documents for one in document.covers]
    await uow.execute(
        _MARK,
        ids=[declaration_id for declaration_id, _ in named],
        document_ids=[document_id for _, document_id in named],
    )
