"""What could be done with a shipment that has no place, other than to wait for one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.routing.domain.itineraries.choosing import find_booking
from services.routing.domain.network.refusal import Refusal
from services.routing.domain.rates.margins import margin_on
from services.routing.domain.shipments.planning import Unplaced, request_for
from services.routing.domain.shipments.refusing import refusal_of
from services.routing.domain.shipments.shipment import ShipmentStatus
from services.routing.use_cases.itineraries.copy import COPY
from services.routing.use_cases.itineraries.search import PricedAlternative, priced_alternatives
from shared.db import Reader

_WITHOUT_PLACE: Final = (ShipmentStatus.UNROUTABLE, ShipmentStatus.WAITING)


@dataclass(frozen=True, slots=True)
class ShipmentAlternatives:
    """`refusal` None: it has a place, or finds one when it is looked at next."""

    refusal: Refusal | None
    alternatives: Sequence[PricedAlternative]


async def shipment_alternatives(
    reader: Reader, unplaced: Unplaced, *, now: datetime
) -> ShipmentAlternatives:
    """As of the timetable in memory: what it offers is not held. Raises NoMargin."""
    if unplaced.status not in _WITHOUT_PLACE:
        return ShipmentAlternatives(None, ())
    basis = await COPY.current(reader, now=now)
    request = request_for(basis, unplaced, now=now)
    if request.last_miles and find_booking(request) is not None:
        return ShipmentAlternatives(None, ())
    margin = margin_on(basis.rates.margins, unplaced.shipment.merchant_id, now.date())
    # The park packs orders, and would pack smaller ones anew.
    found = priced_alternatives(request, margin, has_whole_pieces=False)
    return ShipmentAlternatives(refusal_of(request), found)
