"""Departure reports (CEB509): the shipments of a flight that has left."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

from asyncpg import Record

from services.customs.domain.departures.flight import DepartedFlight
from services.customs.domain.messages.layout import DOCUMENTS_PER_MESSAGE_MAX
from services.customs.domain.messages.numbering import cop_no
from services.customs.domain.messages.parties import Parties
from services.customs.domain.messages.values import compact_time, traf_mode
from services.customs.domain.messages.writer import (
    CEB509,
    Document,
)
from services.customs.repository import departures as departures_repo
from services.customs.use_cases.messages import _add_message, _new_guid
from shared.db import UnitOfWork
from shared.kernel.ids import new_id


async def record_flights(uow: UnitOfWork, *, flights: Sequence[DepartedFlight]) -> None:
    """Flights that have left: how many shipments a departure message has to name."""
    if flights:
        await departures_repo.upsert_flights(uow, flights)


# Lines of one Departure node; a fuller flight is split over several with running numbers.
DEPARTURE_LINES_MAX: Final = 500


# A flight whose shipments are not all noted is reported with what there is after this (real) time.
DEPARTURE_WAIT: Final = timedelta(seconds=2)


async def compose_departures(
    uow: UnitOfWork, *, parties: Parties, now: datetime, real_now: datetime
) -> int:
    """CEB509 for shipments that have left, by flight; returns how many shipments it names."""
    rows = await departures_repo.departures_to_report(
        uow,
        noted_before=real_now - DEPARTURE_WAIT,
        limit=DEPARTURE_LINES_MAX * DOCUMENTS_PER_MESSAGE_MAX // 10,
    )
    if not rows:
        return 0
    documents: list[Document] = []
    departures: list[dict[str, Any]] = []
    ids: list[str] = []
    departure_ids: list[str] = []
    by_flight = sorted(rows, key=_flight_of)
    for _, group in groupby(by_flight, key=_flight_of):
        shipments = list(group)
        departure_id = new_id("dpt")
        number = cop_no(departure_id, prefix="DP")
        made = _departure_documents(shipments, number=number, parties=parties, now=now)
        if len(documents) + len(made) > DOCUMENTS_PER_MESSAGE_MAX:
            break  # the rest goes with the next message
        documents += made
        departures.append(
            {
                "id": departure_id,
                "cop_no": number,
                "flight_id": shipments[0]["departure"]["flight_id"],
                "shipments": len(shipments),
            }
        )
        ids += [row["id"] for row in shipments]
        departure_ids += [departure_id] * len(shipments)
    guid = await _add_message(uow, CEB509, documents, ids, parties=parties, now=now)
    await departures_repo.insert_departures(uow, departures, guid=guid, now=now)
    await departures_repo.mark_reported(uow, ids=ids, departure_ids=departure_ids)
    return len(ids)


def _flight_of(row: Record) -> tuple[str, str]:
    return row["departure"]["flight_id"], row["departure"]["master_waybill"]


def _departure_documents(
    rows: Sequence[Record], *, number: str, parties: Parties, now: datetime
) -> list[Document]:
    chunks = [
        rows[at : at + DEPARTURE_LINES_MAX] for at in range(0, len(rows), DEPARTURE_LINES_MAX)
    ]
    first = rows[0]["departure"]
    head = {
        "appType": "1",
        "appTime": compact_time(now),
        "appStatus": "2",
        "customsCode": parties.customs_code,
        "copNo": number,
        "logisticsCode": parties.carrier.code,
        "logisticsName": parties.carrier.name,
        "trafMode": traf_mode(rows[0]["mode"]),
        "voyageNo": first["flight_number"],
        "billNo": first["master_waybill"],
        "leaveTime": compact_time(min(row["departed_at"] for row in rows)),
        "msgCount": str(len(chunks)),
    }
    return [
        Document(
            {**head, "guid": _new_guid(), "msgSeqNo": str(sequence)},
            tuple(
                {"gnum": str(gnum), "logisticsNo": row["departure"]["house_waybill"]}
                for gnum, row in enumerate(chunk, start=1)
            ),
        )
        for sequence, chunk in enumerate(chunks, start=1)
    ]
