"""Reports about goods that have come to nothing: which they are, and their parcels let go."""

from collections.abc import Sequence
from typing import Final

from services.customs.domain.documents.phases import FAILED
from services.customs.domain.movements.void import ENDED
from shared.db import TEXTS, UnitOfWork, sql

_ENDED: Final = "', '".join(sorted(ENDED))
_FAILED: Final = "', '".join(sorted(FAILED))


def part_of(document: str, declaration_id: str) -> str:
    """An expression: which part of the row of `customs.documents` names this parcel. Its parcels
    are in the order of its lines.
    """
    return f"""
        CASE WHEN {document}.parts = 1 THEN 1 ELSE (
            SELECT min(n.part) FROM (
                SELECT o.part, sum(jsonb_array_length(o.said -> 'lines')) OVER (ORDER BY o.part)
                           AS lines
                FROM jsonb_array_elements({document}.content -> 'parts')
                    WITH ORDINALITY AS o (said, part)) AS n
            WHERE n.lines >= array_position({document}.covers, {declaration_id})) END
    """  # noqa: S608 - constants


def phase_of(document: str, declaration_id: str) -> str:
    """An expression: the phase of that part."""
    return f"""
        CASE WHEN {document}.part_phases IS NULL THEN {document}.phase
             ELSE {document}.part_phases[{part_of(document, declaration_id)}] END
    """


def is_void(document: str, declaration_id: str) -> str:
    """As `is_void` of the domain, a condition on that part."""
    phase = phase_of(document, declaration_id)
    return f"""
        ({phase} IN ('{_ENDED}') OR ({phase} IN ('{_FAILED}') AND {document}.send_at IS NULL))
    """


# A bill that was bound by hand before its flight left is bound by hand once more.
_LET_GO: Final = sql(
    f"""
    UPDATE customs.parcels AS p SET
        arrival_id = CASE WHEN p.arrival_id = d.id THEN NULL ELSE p.arrival_id END,
        bill_id = CASE WHEN p.bill_id = d.id THEN NULL ELSE p.bill_id END,
        departure_id = CASE WHEN p.departure_id = d.id THEN NULL ELSE p.departure_id END,
        departure_reported_at = CASE WHEN p.departure_id = d.id THEN NULL
            ELSE p.departure_reported_at END
    FROM customs.documents AS d
    WHERE d.id = ANY(:ids) AND p.declaration_id = ANY(d.covers)
      AND (d.id IN (p.arrival_id, p.departure_id)
           OR (d.id = p.bill_id AND p.departed_at IS NOT NULL))
      AND {phase_of("d", "p.declaration_id")} IN ('{_ENDED}', '{_FAILED}')
    RETURNING d.id
    """,  # noqa: S608 - constants
    str,
    ids=TEXTS,
)


_WHOLE: Final = sql(
    """
    SELECT d.id FROM customs.documents AS d
    WHERE d.id = ANY(:ids) AND cardinality(d.covers) = (
        SELECT count(*) FROM customs.parcels AS p
        WHERE p.declaration_id = ANY(d.covers)
          AND d.id IN (p.arrival_id, p.bill_id, p.departure_id))
    """,
    str,
    ids=TEXTS,
)


async def whole(uow: UnitOfWork, document_ids: Sequence[str]) -> set[str]:
    """Those of the documents all of whose parcels are in no later one."""
    return {*(await uow.fetch_values(_WHOLE, ids=document_ids))}


async def let_go(uow: UnitOfWork, document_ids: Sequence[str]) -> set[str]:
    """The parcels of these documents, which are locked, wait for a report again, but those of parts
    that customs has or may still enter. Returns which of the documents had any that still did not
    have another one.
    """
    return {*(await uow.fetch_values(_LET_GO, ids=document_ids))}
