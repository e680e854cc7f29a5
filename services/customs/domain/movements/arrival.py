"""Goods that have come into the supervised site, and the report about them (CEB507): one document
for each truck and bill.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.customs.domain.documents.kinds import MESSAGE_TYPE, DocumentKind
from services.customs.domain.documents.stored import NewDocument
from services.customs.domain.messages.parties import SiteParties
from services.customs.domain.messages.senders import site_sender
from services.customs.domain.messages.values import traf_mode
from services.customs.domain.movements.drawing import draw_up, grouped
from services.customs.domain.movements.errors import (
    ArrivalContradicted,
    OperatorNotRegistered,
    WaybillNotFound,
)
from shared.kernel.errors import AirlaneError


@dataclass(frozen=True, slots=True)
class Arrival:
    """As the site reports it. `truck_plate`: domesticTrafNo, `location`: loctNo. `bill_number`:
    billNo, the master waybill or the document that the truck carries the goods under.
    """

    arrived_at: datetime
    truck_plate: str
    location: str | None = None
    bill_number: str | None = None


@dataclass(frozen=True, slots=True)
class ExpectedParcel:
    """A parcel with a house waybill; `arrival` is None until it has come. `void_id`: the CEB507
    that names it, if that has come to nothing.
    """

    declaration_id: str
    tenant_id: str
    house_waybill: str
    arrival: Arrival | None
    void_id: str | None = None


@dataclass(frozen=True, slots=True)
class ReceivedGoods:
    """`results`: one per waybill, in their order: the declaration and whether its arrival is new,
    or why it is refused. `new`: parcels that have come.
    """

    results: tuple[tuple[str, bool] | AirlaneError, ...]
    new: tuple[ExpectedParcel, ...]


def receive_goods(
    arrival: Arrival, house_waybills: Sequence[str], parcels: Sequence[ExpectedParcel]
) -> ReceivedGoods:
    """The same report again changes nothing; another one about the same parcel contradicts it. Once
    customs has not taken what was reported, either is a new report.
    """
    by_waybill = {parcel.house_waybill: parcel for parcel in parcels}
    results: list[tuple[str, bool] | AirlaneError] = []
    new: dict[str, ExpectedParcel] = {}
    for waybill in house_waybills:
        parcel = by_waybill.get(waybill)
        if parcel is None:
            results.append(WaybillNotFound(house_waybill=waybill))
        elif parcel.arrival not in (None, arrival) and parcel.void_id is None:
            results.append(ArrivalContradicted(house_waybill=waybill))
        else:
            is_open = parcel.arrival is None or parcel.void_id is not None
            is_new = is_open and waybill not in new
            if is_new:
                new[waybill] = parcel
            results.append((parcel.declaration_id, is_new))
    return ReceivedGoods(tuple(results), tuple(new.values()))


@dataclass(frozen=True, slots=True)
class ArrivedParcel:
    """One whose arrival may be reported. `mode`: how it will leave the country; None where the
    waybill does not say it.
    """

    declaration_id: str
    house_waybill: str
    mode: str | None
    truck_plate: str
    location: str | None
    bill_number: str

    @property
    def group(self) -> tuple[str, ...]:
        return self.bill_number, self.truck_plate, self.location or "", traf_mode(self.mode)


def draw_up_arrivals(
    parcels: Sequence[ArrivedParcel], *, parties: SiteParties, real_now: datetime
) -> tuple[NewDocument, ...]:
    """Raises OperatorNotRegistered: only the operator of the site may say what has arrived."""
    return tuple(
        _arrival(group, parties=parties, real_now=real_now)
        for group in grouped(parcels, lambda parcel: parcel.group)
    )


def _arrival(
    parcels: tuple[ArrivedParcel, ...], *, parties: SiteParties, real_now: datetime
) -> NewDocument:
    first, operator = parcels[0], parties.operator
    if operator is None:
        raise OperatorNotRegistered
    return draw_up(
        DocumentKind.ARRIVAL,
        {
            "customsCode": parties.customs_code,
            "operatorCode": operator.code,
            "operatorName": operator.name,
            "loctNo": first.location,
            "ieFlag": "E",
            "trafMode": traf_mode(first.mode),
            "billNo": first.bill_number,
            "domesticTrafNo": first.truck_plate,
            "logisticsCode": parties.carrier.code,
            "logisticsName": parties.carrier.name,
        },
        [{"logisticsNo": parcel.house_waybill} for parcel in parcels],
        party_code=operator.code,
        covers=[parcel.declaration_id for parcel in parcels],
        sender=site_sender(MESSAGE_TYPE[DocumentKind.ARRIVAL], parties),
        flight_id=None,
        real_now=real_now,
    )
