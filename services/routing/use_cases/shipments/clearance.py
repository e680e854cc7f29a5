"""What customs says of a shipment: it is rebooked the moment it is ready, and comes off the
manifest if its list was cancelled or is to be.

The caller has taken the turn.
"""

from datetime import datetime
from typing import Final

from services.routing.domain.reference.fsu import OFFLOADED
from services.routing.domain.shipments.clearance import Standing
from services.routing.domain.shipments.findings import is_aboard
from services.routing.events.shipments import shipment_status
from services.routing.repository.flights import manifests
from services.routing.repository.shipments import bookings, clearance
from services.routing.use_cases.metrics import DECLARATIONS_CANCELLED, count
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
    at: datetime | None,
    version: int,
    now: datetime,
) -> Standing | None:
    """Customs let it go. If its flight closed without it, it gets another one at once. `at` None:
    what customs let go is a list that no longer counts.

    `known` is its standing, or None if it is not here yet. `version` is that of the declaration;
    what an older one says changes nothing. Returns the new standing; None: it has to be read.
    """
    if known is not None:
        return await _save(uow, known, known.released(at, version=version), now=now)
    await clearance.add_early_fact(
        uow, order_id=order_id, kind="released", merchant_id=merchant_id, at=at, version=version
    )
    return None


async def note_declaration_cancelled(
    uow: UnitOfWork,
    known: Standing | None,
    *,
    order_id: str,
    merchant_id: str,
    at: datetime,
    version: int,
    now: datetime,
) -> Standing | None:
    """As `note_release`. It is not loaded until another list is released: it comes off a manifest
    that is closed already. One that has left is marked.
    """
    if known is None:
        await clearance.add_early_fact(
            uow,
            order_id=order_id,
            kind="declaration_cancelled",
            merchant_id=merchant_id,
            at=at,
            version=version,
        )
        return None
    standing = known.declaration_cancelled(at, version=version)
    if standing != known:
        count(uow, DECLARATIONS_CANCELLED.labels(_place_of(standing)))
    return await _save_and_unload(uow, known, standing, now=now)


async def note_cancel_request(
    uow: UnitOfWork,
    known: Standing | None,
    *,
    order_id: str,
    merchant_id: str,
    at: datetime | None,
    version: int,
    now: datetime,
) -> Standing | None:
    """As `note_release`. While customs is asked to cancel the list it is not loaded, as if the list
    were cancelled. `at` None: customs has declined, and it is loaded as before.
    """
    if known is None:
        await clearance.add_early_fact(
            uow,
            order_id=order_id,
            kind="cancel_requested",
            merchant_id=merchant_id,
            at=at,
            version=version,
        )
        return None
    standing = known.cancel_requested(at, version=version)
    return await _save_and_unload(uow, known, standing, now=now)


async def _save_and_unload(
    uow: UnitOfWork, known: Standing, standing: Standing, *, now: datetime
) -> Standing | None:
    changed = await _save(uow, known, standing, now=now)
    if not standing.must_not_be_loaded:
        return changed
    await _take_off_manifest(uow, standing.shipment_id, now=now)
    return None


def _place_of(standing: Standing) -> str:
    if standing.must_not_be_loaded:
        return "manifest"
    return "gone" if is_aboard(standing.status) else "park"


async def _take_off_manifest(uow: UnitOfWork, shipment_id: str, *, now: datetime) -> None:
    off = await manifests.take_off(uow, shipment_id, code=OFFLOADED, now=now)
    await bookings.release(uow, [shipment_id])
    uow.outbox.add(
        shipment_status(
            off.shipment,
            code=OFFLOADED,
            airport=off.airport,
            flight_number=off.flight_number,
            at=now,
        ),
        subject=shipment_id,
        version=off.shipment.version,
        at=now,
        tenant_id=off.shipment.merchant_id,
    )


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
