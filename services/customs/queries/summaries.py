"""Summaries as operators see them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.customs.domain.documents.content import ContentJson
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.summaries.errors import SummaryNotFound
from shared.db import TEXT, Filters, Listing, Reader, Window, sql


@dataclass(frozen=True, slots=True)
class SummaryView:
    id: str
    month: str
    status: DocumentPhase
    status_at: datetime
    number: str
    sum_no: str | None
    replaces: str | None
    declarant: str
    consignor: str
    flag: str
    parts: int
    lists: int
    said: str | None
    created_at: datetime


def _view(  # noqa: PLR0917 - a row's columns
    summary_id: str,
    phase: str,
    phase_at: datetime,
    number: str,
    sum_no: str | None,
    replaces: str | None,
    parts: int,
    content: ContentJson,
    created_at: datetime,
    lists: int,
    month: str,
    said: str | None,
) -> SummaryView:
    head = content["parts"][0]["head"]
    return SummaryView(
        id=summary_id,
        month=month,
        status=DocumentPhase(phase),
        status_at=phase_at,
        number=number,
        sum_no=sum_no,
        replaces=replaces,
        declarant=head["agentCode"],
        consignor=head["ebcCode"],
        flag=head["summaryFlag"],
        parts=parts,
        lists=lists,
        said=said,
        created_at=created_at,
    )


_SELECT: Final = """
    SELECT x.id AS summary_id, x.phase, x.phase_at, x.number, x.sum_no, x.replaces, x.parts,
           jsonb_build_object('parts', jsonb_build_array(x.content #> '{parts,0}')) AS content,
           x.created_at, s.lists, s.month,
           (SELECT c.info_text FROM customs.receipts AS c WHERE c.document_id = x.id
            ORDER BY c.return_time DESC, c.id DESC LIMIT 1) AS said
    FROM customs.documents AS x
    CROSS JOIN LATERAL (
        SELECT count(*) AS lists, coalesce(min(o.month), '') AS month
        FROM customs.summary_lists AS o WHERE o.summary_id = x.id) AS s
"""

_SUMMARIES: Final = Listing(
    _SELECT,
    _view,
    order_by="x.id DESC",
    after="x.id < :after_id",
    where="x.kind = 'summary'",
    filters={"status": "x.phase = :status", "month": "s.month = :month"},
    after_id=TEXT,
    status=TEXT,
    month=TEXT,
)

_SUMMARY: Final = sql(f"{_SELECT} WHERE x.id = :id AND x.kind = 'summary'", _view, id=TEXT)


async def list_summaries(reader: Reader, window: Window, filters: Filters) -> list[SummaryView]:
    """Newest first."""
    return await _SUMMARIES.page(reader, window, filters)


async def get_summary(reader: Reader, *, summary_id: str) -> SummaryView:
    """Raises SummaryNotFound."""
    found = await reader.fetch_first(_SUMMARY, id=summary_id)
    if found is None:
        raise SummaryNotFound(summary_id=summary_id)
    return found
