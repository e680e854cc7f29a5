"""The departure report: one document (CEB509) per flight and master waybill, split where a document
would have too many lines.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from services.customs.domain.documents.content import DrawnDocument
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.documents.stored import NewDocument
from services.customs.domain.messages.document import Document
from services.customs.domain.messages.numbering import cop_no
from services.customs.domain.messages.parties import Parties
from services.customs.domain.messages.values import compact_time, traf_mode
from shared.kernel.identity import PARK_TENANT
from shared.kernel.ids import new_id

# Lines of one Departure node. A fuller flight is split over several with running numbers.
LINES_MAX: Final = 500
# A flight with shipments that are not noted yet is reported without them after this (real) time.
WAIT: Final = timedelta(seconds=2)
# Looked at in one run, so that a run ends.
SHIPMENTS_MAX: Final = 5_000


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


def draw_up_reports(
    shipments: Sequence[DepartedShipment], *, parties: Parties, real_now: datetime
) -> tuple[NewDocument, ...]:
    """One document for each flight and master waybill; it may leave at once."""
    return tuple(
        NewDocument(
            id=(document_id := new_id("doc")),
            tenant_id=PARK_TENANT,
            declaration_id=None,
            drawn=_departure(cop_no(document_id, prefix="DP"), group, parties=parties),
            covers=tuple(shipment.declaration_id for shipment in group),
            phase=DocumentPhase.QUEUED,
            send_at=real_now,
            flight_id=group[0].flight_id,
        )
        for group in _by_flight(shipments)
    )


def _by_flight(shipments: Sequence[DepartedShipment]) -> list[tuple[DepartedShipment, ...]]:
    groups = groupby(sorted(shipments, key=_flight_of), key=_flight_of)
    return [tuple(group) for _, group in groups]


def _flight_of(shipment: DepartedShipment) -> tuple[str, str]:
    return shipment.flight_id, shipment.master_waybill


def _departure(
    number: str, shipments: tuple[DepartedShipment, ...], *, parties: Parties
) -> DrawnDocument:
    first = shipments[0]
    chunks = [shipments[at : at + LINES_MAX] for at in range(0, len(shipments), LINES_MAX)]
    head = {
        "appType": "1",
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
    return DrawnDocument(
        kind=DocumentKind.DEPARTURE,
        party_code=parties.carrier.code,
        number=number,
        parts=tuple(
            Document({**head, "msgSeqNo": str(sequence)}, _lines(chunk))
            for sequence, chunk in enumerate(chunks, start=1)
        ),
    )


def _lines(shipments: Sequence[DepartedShipment]) -> tuple[dict[str, str | None], ...]:
    return tuple(
        {"gnum": str(gnum), "logisticsNo": shipment.house_waybill}
        for gnum, shipment in enumerate(shipments, start=1)
    )
