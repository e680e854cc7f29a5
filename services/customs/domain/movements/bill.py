"""Master waybills: which lists leave on which flight (CEB607)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from services.customs.domain.declarations.phase import ENTERED, Phase
from services.customs.domain.documents.kinds import MESSAGE_TYPE, DocumentKind
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.documents.stored import NewDocument
from services.customs.domain.messages.parties import SiteParties
from services.customs.domain.messages.senders import site_sender
from services.customs.domain.messages.values import number, traf_mode
from services.customs.domain.movements.drawing import draw_up, grouped
from services.customs.domain.movements.errors import (
    BillWaybillsBound,
    BillWaybillsNotEntered,
    WaybillNotFound,
)
from services.customs.domain.movements.void import is_void

_NAMED_MAX: Final = 10  # waybills in the text of an error


@dataclass(frozen=True, slots=True)
class BoundParcel:
    """A parcel with the flight and master waybill that its list is to be bound to. `flight_id` is
    None where only the number of the flight is known, `mode` where the waybill does not say it.
    """

    declaration_id: str
    house_waybill: str
    mode: str | None
    flight_id: str | None
    flight_number: str
    master_waybill: str
    gross_weight_kg: Decimal
    invt_no: str | None

    @property
    def group(self) -> tuple[str, ...]:
        return self.flight_id or "", self.flight_number, self.master_waybill


@dataclass(frozen=True, slots=True)
class KnownBill:
    """A bill that a parcel is on, in its `part`, whose phase it is. `lists`: how many it binds;
    `waits`: it is sent once more.
    """

    id: str
    phase: DocumentPhase
    master_waybill: str
    flight_number: str
    lists: int
    waits: bool = False
    part: int = 1

    @property
    def is_void(self) -> bool:
        """It came to nothing: its lists may be bound anew."""
        return is_void(self.phase, waits=self.waits)


@dataclass(frozen=True, slots=True)
class DeclaredParcel:
    """A parcel that somebody wants to bind."""

    declaration_id: str
    tenant_id: str
    house_waybill: str
    status: Phase
    mode: str | None
    gross_weight_kg: Decimal
    invt_no: str | None
    bill: KnownBill | None


@dataclass(frozen=True, slots=True)
class BillOrder:
    """What an operator wants bound."""

    master_waybill: str
    flight_number: str
    house_waybills: tuple[str, ...]


def known_bill(order: BillOrder, declared: Sequence[DeclaredParcel]) -> KnownBill | None:
    """The bill that has been made of the same order; None: there is none, or it came to nothing."""
    bills = {parcel.bill for parcel in declared}
    (bill,) = bills if len(bills) == 1 else (None,)
    if bill is None or bill.is_void:
        return None
    is_same = (
        (bill.master_waybill, bill.flight_number) == (order.master_waybill, order.flight_number)
        and {parcel.house_waybill for parcel in declared} == {*order.house_waybills}
        and bill.lists == len(declared)
    )
    return bill if is_same else None


def parcels_to_bind(order: BillOrder, declared: Sequence[DeclaredParcel]) -> list[BoundParcel]:
    """In the order of the waybills. Raises WaybillNotFound, BillWaybillsNotEntered and
    BillWaybillsBound: a bill is bound as a whole or not at all.
    """
    by_waybill = {parcel.house_waybill: parcel for parcel in declared}
    for waybill in order.house_waybills:
        if waybill not in by_waybill:
            raise WaybillNotFound(house_waybill=waybill)
    parcels = [by_waybill[waybill] for waybill in dict.fromkeys(order.house_waybills)]
    if out := [one.house_waybill for one in parcels if one.status not in ENTERED]:
        raise BillWaybillsNotEntered(house_waybills=_named(out))
    bound = [one for one in parcels if one.bill is not None and not one.bill.is_void]
    if bound:
        raise BillWaybillsBound(house_waybills=_named([one.house_waybill for one in bound]))
    return [
        BoundParcel(
            declaration_id=one.declaration_id,
            house_waybill=one.house_waybill,
            mode=one.mode,
            flight_id=None,
            flight_number=order.flight_number,
            master_waybill=order.master_waybill,
            gross_weight_kg=one.gross_weight_kg,
            invt_no=one.invt_no,
        )
        for one in parcels
    ]


def _named(waybills: Sequence[str]) -> str:
    more = ["…"] if len(waybills) > _NAMED_MAX else []
    return ", ".join([*waybills[:_NAMED_MAX], *more])


def draw_up_bills(
    parcels: Sequence[BoundParcel], *, parties: SiteParties, real_now: datetime
) -> tuple[NewDocument, ...]:
    """One document for each flight and master waybill."""
    return tuple(
        _bill(group, parties=parties, real_now=real_now)
        for group in grouped(parcels, lambda parcel: parcel.group)
    )


def _bill(
    parcels: tuple[BoundParcel, ...], *, parties: SiteParties, real_now: datetime
) -> NewDocument:
    first, declarant = parcels[0], parties.declarant
    weight_kg = sum((parcel.gross_weight_kg for parcel in parcels), Decimal(0))
    return draw_up(
        DocumentKind.BILL,
        {
            "customsCode": parties.customs_code,
            "agentCode": declarant.code,
            "agentName": declarant.name,
            "trafMode": traf_mode(first.mode),
            # The means of transport is known by the flight alone.
            "trafName": first.flight_number,
            "voyageNo": first.flight_number,
            "billNo": first.master_waybill,
            # Of all lists, also where they are in several parts.
            "grossWeight": number(weight_kg),
            "logisticsCode": parties.carrier.code,
            "logisticsName": parties.carrier.name,
        },
        [{"logisticsNo": one.house_waybill, "invtNo": one.invt_no} for one in parcels],
        party_code=declarant.code,
        covers=[parcel.declaration_id for parcel in parcels],
        sender=site_sender(MESSAGE_TYPE[DocumentKind.BILL], parties),
        flight_id=first.flight_id,
        real_now=real_now,
    )
