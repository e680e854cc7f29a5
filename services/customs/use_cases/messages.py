"""Documents leave in messages: composed with their state in one transaction, written to the folder
in a second one. Killed between or within them, the next run writes the same bytes under the same
name again, and nothing is composed twice.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from asyncpg import Record

from services.customs.clients.single_window import SingleWindow
from services.customs.domain.declarations.documents import order_from_json, waybill_from_json
from services.customs.domain.declarations.export_list import draw_up_list, export_list_document
from services.customs.domain.declarations.phase import Phase
from services.customs.domain.declarations.rulebook import Rulebook
from services.customs.domain.messages.layout import DOCUMENTS_PER_MESSAGE_MAX
from services.customs.domain.messages.numbering import guid_text
from services.customs.domain.messages.parties import Parties
from services.customs.domain.messages.writer import (
    CEB509,
    CEB603,
    UNSIGNED_NOTE,
    Document,
    DocumentKind,
    write_message,
)
from services.customs.events import declarations as events
from services.customs.repository import departures as departures_repo
from services.customs.repository import messages as transmission
from services.customs.use_cases import metrics
from services.customs.use_cases.declarations.announcing import tell
from shared.db import UnitOfWork
from shared.kernel.ids import uuid7_hex

_SECOND: Final = timedelta(seconds=1)


def _new_guid() -> str:
    return guid_text(uuid7_hex())


async def compose_lists(
    uow: UnitOfWork, *, rulebook: Rulebook, now: datetime, real_now: datetime
) -> int:
    """One CEB603 message of up to 100 queued lists; returns how many it holds."""
    rows = await transmission.documents_to_compose(
        uow, real_now=real_now, limit=DOCUMENTS_PER_MESSAGE_MAX
    )
    if not rows:
        return 0
    app_times = [_app_time(row["app_time"], now) for row in rows]
    documents = [
        _list_document(row, app_time=app_time, rulebook=rulebook)
        for row, app_time in zip(rows, app_times, strict=True)
    ]
    ids = [row["id"] for row in rows]
    guid = await _add_message(uow, CEB603, documents, ids, parties=rulebook.parties, now=now)
    await transmission.mark_composed(uow, guid=guid, ids=ids, app_times=app_times)
    return len(rows)


def _app_time(last: datetime | None, now: datetime) -> datetime:
    # Must grow per document, or the port ignores the newer message as stale (-301014).
    return now if last is None else max(now, last + _SECOND)


def _list_document(row: Record, *, app_time: datetime, rulebook: Rulebook) -> Document:
    export = draw_up_list(
        order_from_json(row["order_document"]),
        waybill_from_json(row["waybill"]),
        cop_no=row["cop_no"],
        codes=rulebook.codes,
    )
    return export_list_document(
        export, guid=_new_guid(), app_time=app_time, parties=rulebook.parties
    )


async def _add_message(
    uow: UnitOfWork,
    kind: DocumentKind,
    documents: Sequence[Document],
    declaration_ids: Sequence[str],
    *,
    parties: Parties,
    now: datetime,
) -> str:
    guid = _new_guid()
    transfer = {
        "copCode": parties.declarant.code,
        "copName": parties.declarant.name,
        "dxpMode": "DXP",
        "dxpId": parties.dxp_id,
        "note": UNSIGNED_NOTE,
    }
    await transmission.insert_message(
        uow,
        guid=guid,
        message_type=kind.message_type,
        documents=len(documents),
        declaration_ids=list(declaration_ids),
        body=write_message(kind, guid=guid, documents=documents, transfer=transfer),
        note=UNSIGNED_NOTE,
        composed_at=now,
    )
    return guid


async def deliver_messages(
    uow: UnitOfWork, *, single_window: SingleWindow, now: datetime, limit: int
) -> int:
    """Writes composed messages to the folder; returns how many. Files first, commit after: killed
    in between, the same files are written again."""
    messages = await transmission.messages_to_write(uow, limit=limit)
    if not messages:
        return 0
    lists = [m for m in messages if m["message_type"] == CEB603.message_type]
    list_ids = [one for m in lists for one in m["declaration_ids"]]
    rows = await transmission.lock_declarations(uow, list_ids) if list_ids else []
    for message in messages:
        await asyncio.to_thread(single_window.hand_over, message["guid"], message["body"])
    await transmission.mark_written(uow, [m["guid"] for m in messages], now=now)
    if rows:
        await _mark_transmitted(uow, rows, now=now)
    departures = [m for m in messages if m["message_type"] == CEB509.message_type]
    if departures:
        await departures_repo.mark_departure_written(
            uow,
            guids=[m["guid"] for m in departures],
            ids=[one for m in departures for one in m["declaration_ids"]],
            now=now,
        )
    metrics.count_after_commit(
        uow, metrics.MESSAGES, (message["message_type"] for message in messages)
    )
    return len(messages)


async def _mark_transmitted(uow: UnitOfWork, rows: Sequence[Record], *, now: datetime) -> None:
    await transmission.mark_transmitted(uow, [row["id"] for row in rows], now=now)
    first = [row for row in rows if "submitted" not in row["facts"]]
    for row in first:
        queued = row["status"] == Phase.QUEUED
        status = Phase.TRANSMITTED if queued else row["status"]
        payload = events.declaration_submitted(row, at=now, status=status)
        tell(uow, row, payload, version=row["version"] + 1, now=now)
    metrics.count_after_commit(uow, metrics.DECLARATIONS, [Phase.TRANSMITTED.value] * len(first))
