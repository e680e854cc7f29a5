"""The departure report (CEB509): one document per flight and master waybill."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.customs.domain.documents.kinds import MESSAGE_TYPE, DocumentKind
from services.customs.domain.documents.stored import NewDocument
from services.customs.domain.messages.parties import SiteParties
from services.customs.domain.messages.senders import site_sender
from services.customs.domain.messages.values import compact_time, traf_mode
from services.customs.domain.movements.drawing import draw_up, grouped


@dataclass(frozen=True, slots=True)
class DepartedParcel:
    """A parcel that has left, and whose departure may be reported. `mode` is None where the waybill
    does not say it.
    """

    declaration_id: str
    departed_at: datetime
    flight_id: str
    flight_number: str
    master_waybill: str
    house_waybill: str
    mode: str | None

    @property
    def group(self) -> tuple[str, ...]:
        return self.flight_id, self.master_waybill


def draw_up_departures(
    parcels: Sequence[DepartedParcel], *, parties: SiteParties, real_now: datetime
) -> tuple[NewDocument, ...]:
    return tuple(
        _departure(group, parties=parties, real_now=real_now)
        for group in grouped(parcels, lambda parcel: parcel.group)
    )


def _departure(
    parcels: tuple[DepartedParcel, ...], *, parties: SiteParties, real_now: datetime
) -> NewDocument:
    first, carrier = parcels[0], parties.carrier
    return draw_up(
        DocumentKind.DEPARTURE,
        {
            "customsCode": parties.customs_code,
            "logisticsCode": carrier.code,
            "logisticsName": carrier.name,
            "trafMode": traf_mode(first.mode),
            # The means of transport is known by the flight alone; all three are needed by air.
            "trafName": first.flight_number,
            "voyageNo": first.flight_number,
            "billNo": first.master_waybill,
            "leaveTime": compact_time(min(parcel.departed_at for parcel in parcels)),
        },
        [{"logisticsNo": parcel.house_waybill} for parcel in parcels],
        party_code=carrier.code,
        covers=[parcel.declaration_id for parcel in parcels],
        sender=site_sender(MESSAGE_TYPE[DocumentKind.DEPARTURE], parties),
        flight_id=first.flight_id,
        real_now=real_now,
    )
