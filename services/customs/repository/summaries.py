"""Released lists that wait for a summary, the lists of each summary, and results (CEB792)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Final, TypedDict

from services.customs.domain.documents.content import ContentJson, content_from_json
from services.customs.domain.documents.phases import ENTERED
from services.customs.domain.receipts.summary_result import SummaryResult, SummaryResultLine
from services.customs.domain.summaries.grouping import Application, ReleasedList
from services.customs.domain.summaries.month import Month
from shared.db import (
    INSTANT,
    INTEGER,
    JSON,
    TEXT,
    TEXTS,
    Filters,
    Listing,
    Reader,
    UnitOfWork,
    Window,
    sql,
)
from shared.kernel.identity import PARK_TENANT

_ENTERED: Final = "', '".join(sorted(ENTERED))
# In no summary that customs may still make a declaration of. A part of a summary that it has sent
# back has let its lists go; so have all parts of one that another replaces, and of `replaces`, but
# those that customs has.
_WAITS: Final = f"""
    l.kind = 'list' AND l.content #>> '{{parts,0,head,statisticsFlag}}' = 'B'
    AND d.status IN ('released', 'closed') AND d.list_id = l.id
    AND NOT EXISTS (
        SELECT FROM customs.summary_lists AS s JOIN customs.documents AS x ON x.id = s.summary_id
        WHERE s.list_id = l.id
          AND coalesce(x.part_phases[s.part], x.phase) NOT IN ('returned', 'withdrawn')
          AND (coalesce(x.part_phases[s.part], x.phase) IN ('{_ENTERED}')
               OR (x.replaced_at IS NULL AND x.id IS DISTINCT FROM CAST(:replaces AS text))))
"""  # noqa: S608 - constants
_RELEASED_AT: Final = """
    coalesce((SELECT min(r.return_time) FROM customs.receipts AS r
              WHERE r.document_id = l.id AND r.return_status IN ('800', '899')), l.phase_at)
"""


def _released(
    list_id: str, declaration_id: str, invt_no: str, released_at: datetime, content: ContentJson
) -> ReleasedList:
    return ReleasedList(
        list_id, declaration_id, invt_no, released_at, content_from_json(content)[0]
    )


_WAITING: Final = sql(
    f"""
    SELECT * FROM (
        SELECT l.id AS list_id, l.declaration_id, coalesce(l.invt_no, '') AS invt_no,
               {_RELEASED_AT} AS released_at, l.content
        FROM customs.documents AS l JOIN customs.declarations AS d ON d.id = l.declaration_id
        WHERE {_WAITS}) AS w
    WHERE w.released_at >= :begins_at AND w.released_at < :ends_at
    ORDER BY w.list_id LIMIT :rows_max
    """,  # noqa: S608 - constants
    _released,
    replaces=TEXT,
    begins_at=INSTANT,
    ends_at=INSTANT,
    rows_max=INTEGER,
)

_WAITING_SINCE: Final = sql(
    f"""
    SELECT {_RELEASED_AT} AS released_at
    FROM customs.documents AS l JOIN customs.declarations AS d ON d.id = l.declaration_id
    WHERE {_WAITS}
    """,  # noqa: S608 - constants
    datetime,
    replaces=TEXT,
)


@dataclass(frozen=True, slots=True)
class WaitingList:
    """A released list in no summary. `invt_no`: empty until customs' number has come. Codes are
    customs'.
    """

    list_id: str
    declaration_id: str
    merchant_id: str
    cop_no: str
    invt_no: str
    released_at: datetime
    customs_code: str
    declarant: str
    consignor: str
    lines: int


_WAITING_LISTS: Final = Listing(
    f"""
    SELECT w.* FROM (
        SELECT l.id AS list_id, l.declaration_id, l.tenant_id AS merchant_id, l.number AS cop_no,
               coalesce(l.invt_no, '') AS invt_no, {_RELEASED_AT} AS released_at,
               h.head ->> 'customsCode' AS customs_code, h.head ->> 'agentCode' AS declarant,
               h.head ->> 'ebcCode' AS consignor,
               jsonb_array_length(l.content #> '{{parts,0,lines}}') AS lines
        FROM customs.documents AS l JOIN customs.declarations AS d ON d.id = l.declaration_id
        CROSS JOIN LATERAL (SELECT l.content #> '{{parts,0,head}}' AS head) AS h
        WHERE {_WAITS}) AS w
    """,  # noqa: S608 - constants
    WaitingList,
    order_by="w.list_id",
    after="w.list_id > :after_id",
    filters={
        "released_from": "w.released_at >= :released_from",
        "released_to": "w.released_at < :released_to",
        "customs_code": "w.customs_code = :customs_code",
        "consignor": "w.consignor = :consignor",
        "merchant_id": "w.merchant_id = :merchant_id",
    },
    replaces=TEXT,
    after_id=TEXT,
    released_from=INSTANT,
    released_to=INSTANT,
    customs_code=TEXT,
    consignor=TEXT,
    merchant_id=TEXT,
)

_NOT_RELEASED: Final = sql(
    """
    SELECT count(*) FROM customs.documents AS l
    JOIN customs.declarations AS d ON d.id = l.declaration_id AND d.list_id = l.id
    WHERE l.kind = 'list' AND l.content #>> '{parts,0,head,statisticsFlag}' = 'B'
      AND l.submitted_at >= :begins_at AND l.submitted_at < :ends_at
      AND d.status NOT IN ('released', 'closed', 'cancelled', 'withdrawn', 'returned')
    """,
    int,
    begins_at=INSTANT,
    ends_at=INSTANT,
)

_LOCK_LISTS: Final = sql(
    "SELECT id FROM customs.documents WHERE id = ANY(:ids) ORDER BY id FOR UPDATE", str, ids=TEXTS
)

_INSERT_LISTS: Final = sql(
    f"""
    INSERT INTO customs.summary_lists (tenant_id, summary_id, list_id, invt_no, month, part)
    SELECT '{PARK_TENANT}', summary_id, list_id, invt_no, month, part
    FROM jsonb_to_recordset(:rows) AS r (
        summary_id text, list_id text, invt_no text, month text, part integer)
    """,  # noqa: S608 - constants
    rows=JSON,
)

_IS_THERE: Final = sql(
    "SELECT true FROM customs.documents WHERE id = :id AND kind = 'summary'", bool, id=TEXT
)

_LISTS: Final = sql(
    """
    SELECT l.id AS list_id, l.declaration_id, s.invt_no, l.phase_at AS released_at, l.content
    FROM customs.summary_lists AS s JOIN customs.documents AS l ON l.id = s.list_id
    WHERE s.summary_id = :summary_id ORDER BY s.invt_no
    """,
    _released,
    summary_id=TEXT,
)


class ResultJson(TypedDict):
    """Of a result, beside its key. Weights as texts."""

    dec_state: str
    parts: int
    entry_id: str
    dec_tmp_no: str
    dec_pre_no: str
    guid: str | None
    customs_code: str
    agent_code: str
    agent_name: str
    ebc_code: str
    ebc_name: str
    decl_agent_code: str
    decl_agent_name: str
    gross_weight_kg: str | None
    net_weight_kg: str | None
    note: str
    lines: list[list[str]]


_INSERT_RESULT: Final = sql(
    f"""
    INSERT INTO customs.summary_results (
        tenant_id, sum_no, decl_seq_no, part, op_date, content_hash, content, inbound_digest,
        received_at)
    VALUES ('{PARK_TENANT}', :sum_no, :decl_seq_no, :part, :op_date, :content_hash, :content,
        :digest, :now)
    ON CONFLICT DO NOTHING
    """,  # noqa: S608 - constants
    sum_no=TEXT,
    decl_seq_no=TEXT,
    part=INTEGER,
    op_date=INSTANT,
    content_hash=TEXT,
    content=JSON,
    digest=TEXT,
    now=INSTANT,
)


def _result(
    sum_no: str, decl_seq_no: str, part: int, op_date: datetime, content: ResultJson
) -> SummaryResult:
    gross, net = content["gross_weight_kg"], content["net_weight_kg"]
    return SummaryResult(
        sum_no=sum_no,
        decl_seq_no=decl_seq_no,
        part=part,
        parts=content["parts"],
        op_date=op_date,
        dec_state=content["dec_state"],
        guid=content["guid"],
        customs_code=content["customs_code"],
        entry_id=content["entry_id"],
        dec_tmp_no=content["dec_tmp_no"],
        dec_pre_no=content["dec_pre_no"],
        agent_code=content["agent_code"],
        agent_name=content["agent_name"],
        ebc_code=content["ebc_code"],
        ebc_name=content["ebc_name"],
        decl_agent_code=content["decl_agent_code"],
        decl_agent_name=content["decl_agent_name"],
        gross_weight_kg=Decimal(gross) if gross else None,
        net_weight_kg=Decimal(net) if net else None,
        note=content["note"],
        lines=tuple(SummaryResultLine(*line) for line in content["lines"]),
    )


_RESULTS: Final = sql(
    """
    SELECT sum_no, decl_seq_no, part, op_date, content FROM customs.summary_results
    WHERE sum_no = :sum_no ORDER BY decl_seq_no, part, op_date, content_hash
    """,
    _result,
    sum_no=TEXT,
)

_KNOWN: Final = sql(
    "SELECT sum_no FROM customs.documents WHERE kind = 'summary' AND sum_no = ANY(:sum_nos)",
    str,
    sum_nos=TEXTS,
)


async def list_waiting(
    reader: Reader, month: Month, *, replaces: str | None, rows_max: int
) -> list[ReleasedList]:
    """Released in the month, with statisticsFlag B, in no summary. Without a number invt_no is
    empty.
    """
    return await reader.fetch_all(
        _WAITING,
        replaces=replaces,
        begins_at=month.begins_at,
        ends_at=month.ends_at,
        rows_max=rows_max,
    )


async def page_of_waiting(reader: Reader, window: Window, filters: Filters) -> list[WaitingList]:
    """Oldest lists first. `filters`: `released_from`, `released_to` and columns of the rows."""
    return await _WAITING_LISTS.page(reader, window, filters, replaces=None)


async def waiting_since(reader: Reader) -> list[datetime]:
    """When each of the lists that wait was released."""
    return await reader.fetch_values(_WAITING_SINCE, replaces=None)


async def count_not_released(reader: Reader, month: Month) -> int:
    """Lists with statisticsFlag B that were sent in the month, and that customs still has."""
    found = await reader.fetch_value(
        _NOT_RELEASED, begins_at=month.begins_at, ends_at=month.ends_at
    )
    return found or 0


async def lock_lists(uow: UnitOfWork, list_ids: Sequence[str]) -> None:
    await uow.fetch_values(_LOCK_LISTS, ids=list_ids)


async def insert_lists(
    uow: UnitOfWork, applications: Sequence[Application], *, month: Month
) -> None:
    rows = [
        {
            "summary_id": application.document.id,
            "list_id": one.id,
            "invt_no": one.invt_no,
            "month": str(month),
            "part": part,
        }
        for application in applications
        for part, one in application.parts
    ]
    await uow.execute(_INSERT_LISTS, rows=rows)


async def is_there(reader: Reader, summary_id: str) -> bool:
    return await reader.fetch_value(_IS_THERE, id=summary_id) is not None


async def lists_of(reader: Reader, summary_id: str) -> list[ReleasedList]:
    return await reader.fetch_all(_LISTS, summary_id=summary_id)


async def insert_result(
    uow: UnitOfWork, result: SummaryResult, *, digest: str, now: datetime
) -> bool:
    """False: it is known."""
    content = _content(result)
    added = await uow.execute(
        _INSERT_RESULT,
        sum_no=result.sum_no,
        decl_seq_no=result.decl_seq_no,
        part=result.part,
        op_date=result.op_date,
        # The guid is the message's: repeated under another one it says the same.
        content_hash=_hash(content),
        content=content,
        digest=digest,
        now=now,
    )
    return added > 0


def _hash(content: ResultJson) -> str:
    return sha256(json.dumps({**content, "guid": None}, sort_keys=True).encode()).hexdigest()


def _content(result: SummaryResult) -> ResultJson:
    gross, net = result.gross_weight_kg, result.net_weight_kg
    return {
        "dec_state": result.dec_state,
        "parts": result.parts,
        "entry_id": result.entry_id,
        "dec_tmp_no": result.dec_tmp_no,
        "dec_pre_no": result.dec_pre_no,
        "guid": result.guid,
        "customs_code": result.customs_code,
        "agent_code": result.agent_code,
        "agent_name": result.agent_name,
        "ebc_code": result.ebc_code,
        "ebc_name": result.ebc_name,
        "decl_agent_code": result.decl_agent_code,
        "decl_agent_name": result.decl_agent_name,
        "gross_weight_kg": None if gross is None else f"{gross:f}",
        "net_weight_kg": None if net is None else f"{net:f}",
        "note": result.note,
        "lines": [
            [one.invt_no, one.logistics_no, one.gseqno, one.gnum, one.gcode] for one in result.lines
        ],
    }


async def results_of(reader: Reader, sum_no: str) -> list[SummaryResult]:
    return await reader.fetch_all(_RESULTS, sum_no=sum_no)


async def known_sum_nos(reader: Reader, sum_nos: Sequence[str]) -> set[str]:
    """Those that a summary of ours has."""
    return {*await reader.fetch_values(_KNOWN, sum_nos=sum_nos)}
