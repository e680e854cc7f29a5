"""What customs says of a shipment, and rebooking it the moment it is ready.

The caller has taken the turn.
"""

from datetime import datetime
from typing import Final

from services.routing.domain.shipments.clearance import Standing
from services.routing.repository.shipments import clearance
from services.routing.use_cases.shipments.booking import rebook_now
from shared.db import UnitOfWork

# As long as the inbox remembers: an order that has not come by then comes no more.
_DAYS_KEPT: Final = 31


async def note_release(
    uow: UnitOfWork,
    known: Standing | None,
    *,
    order_id: str,
    merchant_id: str,
    at: datetime,
    version: int,
    now: datetime,
) -> Standing | None:
    """Customs let it go. If its flight closed without it, it gets another one at once.

    `known` is its standing, or None if it is not here yet. `version` is that of the declaration;
    what an older one says changes nothing. Returns the new standing; None: it has to be read.
    """
    if known is not None:
        return await _save(uow, known, known.released(at, version=version), now=now)
    await clearance.add_early_fact(
        uow, order_id=order_id, kind="released", merchant_id=merchant_id, at=at, version=version
    )
    return None


async def note_screening(
    uow: UnitOfWork,
    known: Standing | None,
    *,
    order_id: str,
    merchant_id: str,
    passed_at: datetime | None,
    version: int,
    now: datetime,
) -> Standing | None:
    """As `note_release`. `passed_at` None: it was not passed, which takes an earlier one back."""
    if known is not None:
        return await _save(uow, known, known.screened(passed_at, version=version), now=now)
    await clearance.add_early_fact(
        uow,
        order_id=order_id,
        kind="screened",
        merchant_id=merchant_id,
        at=passed_at,
        version=version,
    )
    return None


async def _save(
    uow: UnitOfWork, known: Standing, standing: Standing, *, now: datetime
) -> Standing | None:
    if standing != known:
        await clearance.set_clearance(uow, standing, known=known)
    if standing.needs_flight:
        await rebook_now(uow, shipment_id=standing.shipment_id, now=now)
        return None
    return standing


async def forget_early_facts(uow: UnitOfWork, *, rows_max: int) -> int:
    """Of orders that never came. Returns how many, at most `rows_max`."""
    return await clearance.forget_early_facts(uow, days_kept=_DAYS_KEPT, rows_max=rows_max)
