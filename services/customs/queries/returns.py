"""Returns as screens show them. Those of other merchants are not there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.customs.domain.documents.content import ContentJson, content_from_json
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.messages.document import Document
from services.customs.domain.returns.errors import ReturnNotFound
from shared.db import INSTANT, TEXT, Filters, Listing, Reader, Window, sql
from shared.kernel.identity import PARK


@dataclass(frozen=True, slots=True)
class TallyView:
    number: str
    status: DocumentPhase
    status_at: datetime


@dataclass(frozen=True, slots=True)
class ReturnView:
    """`content`: of CEB213. `export_mode`: tradeMode of the list; `exported_at`: when the goods
    left, or were released. `said`: what customs or the port said last.
    """

    id: str
    merchant_id: str
    declaration_id: str
    order_id: str
    number: str
    status: DocumentPhase
    status_at: datetime
    pre_no: str | None
    replaces: str | None
    content: Document
    created_at: datetime
    submitted_at: datetime | None
    export_mode: str
    exported_at: datetime | None
    said: str | None
    tally: TallyView | None


def _view(  # noqa: PLR0917 - a row's columns
    return_id: str,
    tenant_id: str,
    declaration_id: str,
    order_id: str,
    number: str,
    phase: str,
    phase_at: datetime,
    pre_no: str | None,
    replaces: str | None,
    content: ContentJson,
    created_at: datetime,
    submitted_at: datetime | None,
    export_mode: str | None,
    exported_at: datetime | None,
    said: str | None,
    tally_number: str | None,
    tally_phase: str | None,
    tally_phase_at: datetime | None,
) -> ReturnView:
    tally = None
    if tally_number and tally_phase and tally_phase_at:
        tally = TallyView(tally_number, DocumentPhase(tally_phase), tally_phase_at)
    return ReturnView(
        id=return_id,
        merchant_id=tenant_id,
        declaration_id=declaration_id,
        order_id=order_id,
        number=number,
        status=DocumentPhase(phase),
        status_at=phase_at,
        pre_no=pre_no,
        replaces=replaces,
        content=content_from_json(content)[0],
        created_at=created_at,
        submitted_at=submitted_at,
        export_mode=export_mode or "",
        exported_at=exported_at,
        said=said,
        tally=tally,
    )


_SELECT: Final = """
    SELECT r.id AS return_id, r.tenant_id, r.declaration_id, d.order_id, r.number, r.phase,
           r.phase_at, r.pre_no, r.replaces, r.content, r.created_at, r.submitted_at,
           l.content #>> '{parts,0,head,tradeMode}' AS export_mode,
           coalesce(p.departed_at, (
               SELECT min(c.return_time) FROM customs.receipts AS c
               WHERE c.document_id = l.id AND c.return_status IN ('800', '899'))) AS exported_at,
           (SELECT c.info_text FROM customs.receipts AS c WHERE c.document_id = r.id
            ORDER BY c.return_time DESC, c.id DESC LIMIT 1) AS said,
           t.number AS tally_number, t.phase AS tally_phase, t.phase_at AS tally_phase_at
    FROM customs.documents AS r
    JOIN customs.declarations AS d ON d.id = r.declaration_id
    LEFT JOIN customs.documents AS l ON l.id = r.about
    LEFT JOIN customs.parcels AS p ON p.declaration_id = r.declaration_id
    LEFT JOIN LATERAL (
        SELECT o.number, o.phase, o.phase_at FROM customs.documents AS o
        WHERE o.declaration_id = r.declaration_id AND o.kind = 'tally' AND o.about = r.id
        ORDER BY o.id DESC LIMIT 1) AS t ON true
"""

_RETURNS: Final = Listing(
    _SELECT,
    _view,
    order_by="r.id DESC",
    after="r.id < :after_id",
    tenant="r.tenant_id = :tenant",
    where="r.kind = 'return'",
    filters={
        "status": "r.phase = :status",
        "declaration_id": "r.declaration_id = :declaration_id",
        "merchant_id": "r.tenant_id = :merchant_id",
        "created_from": "r.created_at >= :created_from",
        "created_to": "r.created_at < :created_to",
    },
    after_id=TEXT,
    status=TEXT,
    declaration_id=TEXT,
    merchant_id=TEXT,
    created_from=INSTANT,
    created_to=INSTANT,
)

_RETURN: Final = sql(
    f"""
    {_SELECT}
    WHERE r.id = :id AND r.kind = 'return' AND (:tenant = '{PARK}' OR r.tenant_id = :tenant)
    """,
    _view,
    id=TEXT,
    tenant=TEXT,
)


async def list_returns(reader: Reader, window: Window, filters: Filters) -> list[ReturnView]:
    """Newest first."""
    return await _RETURNS.page(reader, window, filters)


async def get_return(reader: Reader, *, return_id: str) -> ReturnView:
    """Raises ReturnNotFound."""
    found = await reader.fetch_first(_RETURN, id=return_id, tenant=reader.tenant)
    if found is None:
        raise ReturnNotFound(return_id=return_id)
    return found
