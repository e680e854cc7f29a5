"""A promise is written down with the booking that makes it."""

from collections.abc import Sequence
from datetime import datetime

from services.routing.domain.shipments.shipment import Leg
from services.routing.repository import promises
from shared.db import UnitOfWork


async def make_promise(
    uow: UnitOfWork,
    *,
    shipment_id: str,
    bookings: int,
    region: str | None,
    legs: Sequence[Leg],
    cut_off_at: datetime,
    promised_at: datetime,
    state: tuple[str, int],
    now: datetime,
) -> None:
    """With the booking, in its transaction. `bookings` counts those of the shipment: the promise of
    the first one is graded, the others are kept for the record. `region`: the delivery region;
    `state`: of the timetable.
    """
    await promises.add_promise(
        uow,
        shipment_id=shipment_id,
        promise_no=bookings,
        region=region,
        legs=legs,
        cut_off_at=cut_off_at,
        promised_at=promised_at,
        state=state,
        now=now,
    )
