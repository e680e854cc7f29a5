"""What was decided about dossiers is saved: documents, declarations, places in the queues of the
lanes, announcements.
"""

from collections.abc import Sequence
from datetime import datetime

from services.customs.domain.declarations.dossier import DossierChange, DossierFile
from services.customs.domain.lanes.queue import JoiningParcel, assign_lanes
from services.customs.events.declarations import declaration_event
from services.customs.repository import declarations, lanes, work
from services.customs.repository.documents import stored as documents
from services.customs.use_cases import metrics
from services.customs.use_cases.declarations.announcing import announce
from shared.db import UnitOfWork


async def save_dossiers(
    uow: UnitOfWork,
    files: Sequence[DossierFile],
    changes: Sequence[DossierChange],
    *,
    now: datetime,
) -> None:
    """The declarations and their documents are locked."""
    if not changes:
        return
    new = [one for change in changes for one in change.new_documents]
    redrawn = [one for change in changes for one in change.redrawn]
    changed = [one for change in changes for one in change.documents]
    if new:
        await documents.insert_documents(uow, new, now=now)
    if redrawn:
        await documents.redraw_documents(uow, redrawn)
    if changed:
        await documents.save_changes(uow, changed)
    await declarations.save_changes(uow, changes, now=now)
    announcements = [one for change in changes for one in change.announcements]
    announce(uow, announcements, declaration_event, now=now)
    await _move_parcels(uow, files, changes, now=now)
    clocks = [(one.declaration_id, one.goods_running) for one in changes if one.has_new_clock]
    if clocks:
        await work.save_goods_clocks(uow, clocks)
    metrics.count_changes(uow, changes)


async def _move_parcels(
    uow: UnitOfWork,
    files: Sequence[DossierFile],
    changes: Sequence[DossierChange],
    *,
    now: datetime,
) -> None:
    leaving = [change.declaration_id for change in changes if change.leaves_queue]
    if leaving:
        await lanes.leave_queues(uow, leaving)
    joining = {change.declaration_id for change in changes if change.joins_queue}
    if joining:
        parcels = [
            JoiningParcel(one.subject.id, one.subject.merchant_id, one.cut_off_at)
            for one in (file.dossier for file in files)
            if one.subject.id in joining
        ]
        assigned = assign_lanes(await lanes.list_queues(uow), parcels)
        await lanes.join_queues(uow, parcels, lanes=assigned, now=now)
