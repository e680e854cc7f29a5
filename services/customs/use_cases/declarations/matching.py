"""Dossiers are matched and decided on, as locked."""

from collections.abc import Sequence
from datetime import datetime

from services.customs.domain.declarations.deciding import decide
from services.customs.domain.declarations.dossier import Dossier
from services.customs.domain.declarations.rulebook import Rulebook
from services.customs.repository import declarations, lanes
from services.customs.use_cases.declarations.loading import load_files
from services.customs.use_cases.declarations.saving import save_dossiers
from shared.db import UnitOfWork


async def decide_dossiers(
    uow: UnitOfWork,
    dossiers: Sequence[Dossier],
    *,
    rulebook: Rulebook,
    now: datetime,
    real_now: datetime,
) -> None:
    """The dossiers are locked."""
    files = await load_files(uow, dossiers)
    with_list = [one.subject.id for one in dossiers if one.list_id]
    parcels = await lanes.parcels_of(uow, with_list) if with_list else {}

    decided = [
        decide(
            file,
            parcel=parcels.get(file.dossier.subject.id),
            rulebook=rulebook,
            now=now,
            real_now=real_now,
        )
        for file in files
    ]

    changes = [change for change in decided if change is not None]
    await save_dossiers(uow, files, changes, now=now)


async def match_again(
    uow: UnitOfWork,
    *,
    declaration_ids: Sequence[str],
    rulebook: Rulebook,
    now: datetime,
    real_now: datetime,
) -> None:
    """As if their order and waybill had just come."""
    dossiers = await declarations.lock_dossiers(uow, declaration_ids)
    await decide_dossiers(uow, dossiers, rulebook=rulebook, now=now, real_now=real_now)


async def list_to_match(uow: UnitOfWork, *, limit: int) -> list[str]:
    """Declarations whose order and waybill are there, and that nobody has matched."""
    return await declarations.list_to_match(uow, rows_max=limit)
