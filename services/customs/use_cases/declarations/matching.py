"""Dossiers are matched and decided on, as locked."""

from collections.abc import Sequence
from datetime import datetime

from services.customs.domain.declarations.deciding import decide, taken_by
from services.customs.domain.declarations.dossier import Dossier
from services.customs.domain.declarations.phase import ENTERED, Phase
from services.customs.domain.declarations.repairs import Repair, order_numbers
from services.customs.repository import declarations, lanes
from services.customs.repository.documents import stored as documents
from services.customs.use_cases.declarations.loading import load_files
from services.customs.use_cases.declarations.rulebooks import Rulebooks
from services.customs.use_cases.declarations.saving import save_dossiers
from shared.db import UnitOfWork


async def decide_dossiers(
    uow: UnitOfWork,
    dossiers: Sequence[Dossier],
    *,
    rulebooks: Rulebooks,
    now: datetime,
    real_now: datetime,
) -> None:
    """The dossiers are locked."""
    if not dossiers:
        return
    files = await load_files(uow, dossiers)
    with_list = [one.subject.id for one in dossiers if one.list_id]
    parcels = await lanes.parcels_of(uow, with_list) if with_list else {}
    merchants = {one.subject.merchant_id for one in dossiers}
    of_merchant = await rulebooks.of(uow, sorted(merchants), now=now)
    takers = await find_takers(uow, dossiers) if rulebooks.books.sends_orders else {}

    changes = []
    for file in files:
        subject = file.dossier.subject
        change = decide(
            file,
            parcel=parcels.get(subject.id),
            rulebook=of_merchant[subject.merchant_id],
            takers=takers,
            now=now,
            real_now=real_now,
        )
        if change is not None:
            changes.append(change)
            # The next order of the slice finds the number taken.
            takers |= taken_by(change)

    await save_dossiers(uow, files, changes, now=now)


async def find_takers(
    uow: UnitOfWork, dossiers: Sequence[Dossier], repairs: Sequence[Repair] = ()
) -> dict[tuple[str, str], str]:
    """Of the numbers that their orders have, with the repairs that are kept and those given now.
    The numbers stay locked: two workers at once do not both find one free. The dossiers are locked.
    """
    numbers: set[str] = set()
    for one in dossiers:
        if one.order is not None and one.waybill is not None:
            kept = (kept.repair for kept in one.repairs)
            numbers |= order_numbers(one.order, (*kept, *repairs))
    if not numbers:
        return {}
    await documents.lock_order_numbers(uow, sorted(numbers))
    return await documents.takers_of(uow, sorted(numbers))


async def match_again(
    uow: UnitOfWork,
    *,
    declaration_ids: Sequence[str],
    rulebooks: Rulebooks,
    now: datetime,
    real_now: datetime,
) -> None:
    """As if their order and waybill had just come."""
    dossiers = await declarations.lock_dossiers(uow, declaration_ids)
    await decide_dossiers(uow, dossiers, rulebooks=rulebooks, now=now, real_now=real_now)


async def list_to_cancel(uow: UnitOfWork, *, limit: int) -> list[str]:
    """Declarations that customs could be asked to cancel, and has not been."""
    phases = ENTERED - {Phase.CLOSED}
    return await declarations.list_to_cancel(uow, phases, rows_max=limit)


async def list_to_match(uow: UnitOfWork, *, limit: int) -> list[str]:
    """Declarations whose order and waybill are there, and that nobody has matched."""
    return await declarations.list_to_match(uow, rows_max=limit)
