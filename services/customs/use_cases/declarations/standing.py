"""Whom declarations wait for, and their clocks, worked out anew from what is known of them. Nothing
else about them changes, and nothing is announced.
"""

from collections.abc import Sequence
from datetime import datetime

from services.customs.domain.declarations.deciding import case_of
from services.customs.domain.declarations.standing import standing_as_it_is
from services.customs.repository import declarations, lanes, work
from services.customs.repository.work import StandingChange
from services.customs.use_cases.declarations.loading import load_files
from shared.db import UnitOfWork


async def work_out(uow: UnitOfWork, declaration_ids: Sequence[str], *, now: datetime) -> None:
    """Any number of times. Runs for the whole park."""
    if not declaration_ids:
        return
    dossiers = await declarations.lock_dossiers(uow, declaration_ids)
    files = await load_files(uow, dossiers)
    parcels = await lanes.parcels_of(uow, declaration_ids)
    changes, clocks = [], []
    for file in files:
        declaration_id = file.dossier.subject.id
        parcel = parcels.get(declaration_id)
        standing, first = standing_as_it_is(file, case_of(file, now=now), parcel)
        changes.append(StandingChange(declaration_id, standing, first))
        if parcel is not None and parcel.running != standing.goods_running:
            clocks.append((declaration_id, standing.goods_running))
    await work.fill(uow, changes)
    if clocks:
        await work.save_goods_clocks(uow, clocks)
