"""Bills: the parcels whose lists wait for one, and those that an operator wants bound."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from services.customs.domain.declarations.phase import Phase
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.documents.stored import NewDocument
from services.customs.domain.movements.bill import BoundParcel, DeclaredParcel, KnownBill
from services.customs.domain.movements.waiting import MovementTerms
from services.customs.repository.movements.ready import lock_ready
from services.customs.repository.movements.void import part_of, phase_of
from shared.db import INSTANT, INTEGER, JSON, TEXTS, UnitOfWork, sql

# Lists that were moved from a release before have no content: the waybill's weight stands in.
_WEIGHT: Final = """
    coalesce((l.content #>> '{parts,0,head,grossWeight}')::numeric,
             (d.waybill ->> 'gross_weight_g')::numeric / 1000)
"""

_FROM: Final = """
    FROM customs.parcels AS p
    JOIN customs.declarations AS d ON d.id = p.declaration_id
    JOIN customs.documents AS l ON l.id = d.list_id
    WHERE p.departed_at IS NOT NULL AND p.departure_id IS NULL AND p.bill_id IS NULL
      AND d.status = ANY(:statuses)
"""

_SELECT: Final = f"""
    SELECT p.declaration_id, p.departure ->> 'house_waybill' AS house_waybill,
           d.waybill ->> 'mode' AS mode, p.departure ->> 'flight_id' AS flight_id,
           p.departure ->> 'flight_number' AS flight_number,
           p.departure ->> 'master_waybill' AS master_waybill,
           {_WEIGHT} AS gross_weight_kg, l.invt_no
    {_FROM}
"""

_LOCK_DUE: Final = sql(
    lock_ready(_SELECT, _FROM),
    BoundParcel,
    statuses=TEXTS,
    noted_before=INSTANT,
    rows_max=INTEGER,
)

_LOCK_SOME: Final = sql(
    f"""
    {_SELECT} AND p.declaration_id = ANY(:ids)
    ORDER BY p.declaration_id FOR UPDATE OF p SKIP LOCKED
    """,
    BoundParcel,
    statuses=TEXTS,
    ids=TEXTS,
)


def _declared(  # noqa: PLR0917 - a row's columns
    declaration_id: str,
    tenant_id: str,
    house_waybill: str,
    status: str,
    mode: str | None,
    gross_weight_kg: Decimal,
    invt_no: str | None,
    bill_id: str | None,
    bill_phase: str | None,
    part: int,
    master_waybill: str,
    flight_number: str,
    lists: int,
    waits: bool,
) -> DeclaredParcel:
    bill = None
    if bill_id is not None and bill_phase is not None:
        phase = DocumentPhase(bill_phase)
        bill = KnownBill(bill_id, phase, master_waybill, flight_number, lists, waits, part)
    return DeclaredParcel(
        declaration_id=declaration_id,
        tenant_id=tenant_id,
        house_waybill=house_waybill,
        status=Phase(status),
        mode=mode,
        gross_weight_kg=gross_weight_kg,
        invt_no=invt_no,
        bill=bill,
    )


_LOCK_DECLARATIONS: Final = sql(
    """
    SELECT id FROM customs.declarations WHERE house_waybill = ANY(:house_waybills)
    ORDER BY order_id FOR UPDATE
    """,
    str,
    house_waybills=TEXTS,
)

_LOCK_PARCELS: Final = sql(
    """
    SELECT declaration_id FROM customs.parcels WHERE declaration_id = ANY(:ids)
    ORDER BY declaration_id FOR UPDATE
    """,
    str,
    ids=TEXTS,
)

_DECLARED: Final = sql(
    f"""
    SELECT d.id AS declaration_id, d.tenant_id, d.house_waybill,
           d.status, d.waybill ->> 'mode' AS mode, {_WEIGHT} AS gross_weight_kg, l.invt_no,
           b.id AS bill_id, {phase_of("b", "d.id")} AS bill_phase,
           {part_of("b", "d.id")} AS part,
           b.content #>> '{{parts,0,head,billNo}}' AS master_waybill,
           b.content #>> '{{parts,0,head,trafName}}' AS flight_number,
           cardinality(b.covers) AS lists, b.send_at IS NOT NULL AS waits
    FROM customs.declarations AS d
    LEFT JOIN customs.documents AS l ON l.id = d.list_id
    LEFT JOIN customs.parcels AS p ON p.declaration_id = d.id
    LEFT JOIN customs.documents AS b ON b.id = p.bill_id
    WHERE d.id = ANY(:ids)
    """,  # noqa: S608 - constants
    _declared,
    ids=TEXTS,
)

_MARK: Final = sql(
    """
    INSERT INTO customs.parcels AS p (declaration_id, tenant_id, state, bill_id, report_ids)
    SELECT d.id, d.tenant_id, 'elsewhere', r.document_id, ARRAY[r.document_id]
    FROM jsonb_to_recordset(:rows) AS r (declaration_id text, document_id text)
    JOIN customs.declarations AS d ON d.id = r.declaration_id
    ORDER BY d.id
    ON CONFLICT (declaration_id) DO UPDATE SET
        bill_id = excluded.bill_id, report_ids = p.report_ids || excluded.report_ids
    """,
    rows=JSON,
)


async def lock_due(
    uow: UnitOfWork, terms: MovementTerms, *, noted_before: datetime, rows_max: int
) -> list[BoundParcel]:
    """Of flights that have left and are complete, and of those that were first noted by
    `noted_before`: parcels whose lists customs has.
    """
    return await uow.fetch_all(
        _LOCK_DUE, statuses=sorted(terms.bound), noted_before=noted_before, rows_max=rows_max
    )


async def lock_some(
    uow: UnitOfWork, terms: MovementTerms, ids: Collection[str]
) -> list[BoundParcel]:
    """Those of them that are on no bill yet."""
    return await uow.fetch_all(_LOCK_SOME, statuses=sorted(terms.bound), ids=list(ids))


async def lock_declared(uow: UnitOfWork, house_waybills: Sequence[str]) -> list[DeclaredParcel]:
    """With their declarations, which are locked: a parcel without a row cannot be bound twice."""
    ids = await uow.fetch_values(_LOCK_DECLARATIONS, house_waybills=house_waybills)
    await uow.fetch_values(_LOCK_PARCELS, ids=ids)
    return await uow.fetch_all(_DECLARED, ids=ids)


async def mark(uow: UnitOfWork, documents: Sequence[NewDocument]) -> None:
    """Their parcels are on these bills, and on no earlier ones."""
    rows = [
        {"declaration_id": one, "document_id": document.id}
        for document in documents
        for one in document.covers
    ]
    await uow.execute(_MARK, rows=rows)
