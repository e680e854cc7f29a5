"""Receipts, up to 100 at a time: stored once each, folded into their documents."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.customs.domain.lanes.queue import assign_lanes
from services.customs.domain.receipts.folding import AnsweredDeparture, Folded, fold
from services.customs.domain.receipts.matching import match_receipts
from services.customs.domain.receipts.receipt import DEPARTURE_RECEIPT, Receipt, by_number
from services.customs.events.declarations import declaration_event
from services.customs.repository import departures, lanes, receipts
from services.customs.use_cases import metrics
from services.customs.use_cases.declarations.announcing import announce
from shared.db import UnitOfWork


@dataclass(frozen=True, slots=True)
class RecordedReceipt:
    """`is_matched`: the document that it answers is known here."""

    id: str
    is_matched: bool
    is_new: bool


async def record_receipts(
    uow: UnitOfWork,
    *,
    digest: str,
    received: Sequence[Receipt],
    now: datetime,
    real_now: datetime,
) -> list[RecordedReceipt]:
    """In the order of `received`; `digest` names the message they came in. Repetition and order of
    arrival make no difference; receipts of unknown documents are kept. Runs for the whole park.
    """
    if not received:
        return []
    received = [by_number(receipt) for receipt in received]
    cop_nos = sorted({receipt.business_key for receipt in received})
    declarations = await receipts.lock_declarations(uow, cop_nos)
    reports = await _lock_departures(uow, received, cop_nos)
    matched = match_receipts(received, declarations, reports)
    new = await receipts.insert_receipts(uow, matched.values(), digest=digest, now=now)
    kept = await receipts.receipts_of(uow, cop_nos)

    folded = fold(
        declarations,
        reports,
        [one.receipt for one in kept],
        fresh={matched[identity].receipt.business_key for identity in new},
        now=now,
        real_now=real_now,
    )

    # Read only where a parcel joins a queue.
    queues = await lanes.list_queues(uow) if folded.joining else []
    assigned = assign_lanes(queues, folded.joining)

    await _save(uow, folded.in_lanes(assigned), assigned, now=now)
    metrics.count_receipts(uow, [matched[identity] for identity in new])
    ids = {one.receipt.identity: one.id for one in kept}
    return [
        RecordedReceipt(
            id=ids[identity],
            is_matched=matched[identity].document_id is not None,
            is_new=identity in new,
        )
        for identity in (receipt.identity for receipt in received)
    ]


async def _lock_departures(
    uow: UnitOfWork, received: Collection[Receipt], cop_nos: Sequence[str]
) -> list[AnsweredDeparture]:
    if all(receipt.message_type != DEPARTURE_RECEIPT for receipt in received):
        return []
    return await departures.lock_by_cop_no(uow, cop_nos)


async def _save(
    uow: UnitOfWork, folded: Folded, assigned: Mapping[str, int], *, now: datetime
) -> None:
    if folded.joining:
        await lanes.join_queues(uow, folded.joining, lanes=assigned, now=now)
    if folded.declarations:
        await receipts.save_changes(uow, folded.declarations)
        announce(uow, folded.announcements, declaration_event, now=now)
        metrics.count_changes(uow, folded.declarations)
    if folded.leaving:
        await lanes.leave_queues(uow, folded.leaving)
    if folded.departures:
        await departures.save_phases(uow, folded.departures)
