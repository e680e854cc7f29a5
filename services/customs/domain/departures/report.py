"""The departure report: one document (CEB509) per flight and master waybill, split where a document
would have too many lines.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from services.customs.domain.messages.document import Document
from services.customs.domain.messages.kinds.kind import DOCUMENTS_PER_MESSAGE_MAX
from services.customs.domain.messages.numbering import cop_no, new_guid
from services.customs.domain.messages.parties import Parties
from services.customs.domain.messages.values import compact_time, traf_mode
from shared.kernel.ids import new_id

# Lines of one Departure node. A fuller flight is split over several with running numbers.
LINES_MAX: Final = 500
# A flight with shipments that are not noted yet is reported without them after this (real) time.
WAIT: Final = timedelta(seconds=2)
# Looked at in one run, so that a run ends.
SHIPMENTS_MAX: Final = LINES_MAX * DOCUMENTS_PER_MESSAGE_MAX // 10


@dataclass(frozen=True, slots=True)
class DepartedShipment:
    """A shipment that has left, and whose declaration has been sent. `mode` is None where the
    waybill does not say it.
    """

    declaration_id: str
    departed_at: datetime
    flight_id: str
    flight_number: str
    master_waybill: str
    house_waybill: str
    mode: str | None


@dataclass(frozen=True, slots=True)
class Departure:
    """What is reported of one flight under one number."""

    id: str
    cop_no: str
    flight_id: str
    declaration_ids: tuple[str, ...]
    documents: tuple[Document, ...]


def draw_up_reports(
    shipments: Sequence[DepartedShipment], *, parties: Parties, now: datetime
) -> tuple[Departure, ...]:
    """For one message: flights that no longer fit into it are left for the next one."""
    departures: list[Departure] = []
    room = DOCUMENTS_PER_MESSAGE_MAX
    for _, group in groupby(sorted(shipments, key=_flight_of), key=_flight_of):
        departure = _departure(tuple(group), parties=parties, now=now)
        room -= len(departure.documents)
        if room < 0:
            break
        departures.append(departure)
    return tuple(departures)


def _flight_of(shipment: DepartedShipment) -> tuple[str, str]:
    return shipment.flight_id, shipment.master_waybill


def _departure(
    shipments: tuple[DepartedShipment, ...], *, parties: Parties, now: datetime
) -> Departure:
    departure_id = new_id("dpt")
    number = cop_no(departure_id, prefix="DP")
    first = shipments[0]
    chunks = [shipments[at : at + LINES_MAX] for at in range(0, len(shipments), LINES_MAX)]
    head = {
        "appType": "1",
        "appTime": compact_time(now),
        "appStatus": "2",
        "customsCode": parties.customs_code,
        "copNo": number,
        "logisticsCode": parties.carrier.code,
        "logisticsName": parties.carrier.name,
        "trafMode": traf_mode(first.mode),
        # The means of transport is known by the flight alone; all three are needed by air.
        "trafName": first.flight_number,
        "voyageNo": first.flight_number,
        "billNo": first.master_waybill,
        "leaveTime": compact_time(min(shipment.departed_at for shipment in shipments)),
        "msgCount": str(len(chunks)),
    }
    return Departure(
        id=departure_id,
        cop_no=number,
        flight_id=first.flight_id,
        declaration_ids=tuple(shipment.declaration_id for shipment in shipments),
        documents=tuple(
            Document({**head, "guid": new_guid(), "msgSeqNo": str(sequence)}, _lines(chunk))
            for sequence, chunk in enumerate(chunks, start=1)
        ),
    )


def _lines(shipments: Sequence[DepartedShipment]) -> tuple[dict[str, str | None], ...]:
    return tuple(
        {"gnum": str(gnum), "logisticsNo": shipment.house_waybill}
        for gnum, shipment in enumerate(shipments, start=1)
    )
