"""What is sealed, measured and warned of from time to time."""

import math
from collections import Counter
from typing import get_args

from services.customs.domain.declarations.books import Books
from services.customs.domain.declarations.missing import Owner
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.evidence.chain import ENTRIES_PER_BLOCK_MAX
from services.customs.domain.movements.waiting import Stall, nameless_reports, terms_of
from services.customs.domain.summaries.month import Age
from services.customs.queries import doors as door_views
from services.customs.queries import lanes, movements
from services.customs.queries.evidence import count_unsealed
from services.customs.queries.work import items as work
from services.customs.use_cases import doors, evidence, metrics, summaries
from services.customs.use_cases.declarations import alarms
from services.customs.use_cases.registrations import find_site_parties
from shared.kafka import JobContext
from shared.kernel.clock import real_now
from shared.kernel.identity import PARK
from shared.telemetry import get_logger

log = get_logger(__name__)

# A run reduces a backlog, but within bounds: other jobs share the process.
_ROUNDS_MAX = 20
_UNSEALED_MAX = 1_000_000
# From the tenth on: they are due on the 15th.
_WARNED_S = 6 * 86_400


async def seal_evidence(context: JobContext) -> None:
    """Blocks of what has happened, until nothing waits."""
    for _ in range(_ROUNDS_MAX):
        async with context.db.transaction(PARK) as uow:
            sealed = await evidence.seal_entries(uow, now=context.clock.now())
        if sealed < ENTRIES_PER_BLOCK_MAX:
            return


async def measure_evidence(context: JobContext) -> None:
    """What waits to be sealed. Apart from the sealing: that may be what does not work."""
    async with context.db.read(PARK) as reader:
        unsealed = await count_unsealed(reader, at_most=_UNSEALED_MAX)
    metrics.EVIDENCE_UNSEALED.set(unsealed.entries)
    waits_s = 0.0
    if unsealed.since is not None:
        waits_s = max(context.clock.real_seconds(context.clock.now() - unsealed.since), 0.0)
    metrics.EVIDENCE_UNSEALED_SECONDS.set(waits_s)


async def measure_summaries(context: JobContext) -> None:
    """How many released lists wait for a summary; from the tenth of a month it is also logged."""
    now = context.clock.now()
    async with context.db.read(PARK) as reader:
        found = await summaries.waiting_by_age(reader, now=now)
    for age in get_args(Age):
        metrics.LISTS_TO_SUMMARISE.labels(age).set(found.lists[age])
    due_s = math.nan if found.due_at is None else (found.due_at - now).total_seconds()
    metrics.LISTS_DUE_SECONDS.set(due_s)
    if due_s < _WARNED_S:
        log.warning(
            "released lists wait for a summary",
            due=found.lists["due"],
            overdue=found.lists["overdue"],
            seldom=True,
        )


async def measure_doors(context: JobContext, *, door: str) -> None:
    """`door`: by which this worker delivers."""
    async with context.db.transaction(PARK) as uow:
        await doors.add_door(uow, door=door, real_now=real_now())
        for one in await door_views.list_doors(uow):
            metrics.measure_door(one.name, cause=one.cause, transient_answers=one.transient_answers)


async def measure_lanes(context: JobContext) -> None:
    async with context.db.read(PARK) as reader:
        for lane in await lanes.list_lanes(reader, now=context.clock.now()):
            metrics.LANE_QUEUE.labels(str(lane.lane)).set(lane.queue_parcels)
            metrics.LANE_USE.labels(str(lane.lane)).set(lane.use)
            # A series that begins with its first parcel shows no increase.
            metrics.LANE_TAKEN.labels(str(lane.lane))


async def measure_movements(context: JobContext, *, books: Books) -> None:
    """How many parcels wait for a report for too long, by the reason."""
    now = context.clock.now()
    terms = terms_of(books.district_on(now))
    async with context.db.read(PARK) as reader:
        nameless = nameless_reports(await find_site_parties(reader, books, now=now))
        stalled = await movements.list_stalled(
            reader, terms=terms, nameless=nameless, now=now, real_now=real_now()
        )
    reasons = Counter(stall for _, stall in stalled)
    for reason in Stall:
        metrics.MOVEMENTS_STALLED.labels(reason).set(reasons[reason])


async def note_alarms(context: JobContext) -> None:
    """Clocks that have run too long; then what waits for whom."""
    for _ in range(_ROUNDS_MAX):
        async with context.db.transaction(PARK) as uow:
            noted = await alarms.note_alarms(uow, now=context.clock.now())
        if noted < alarms.ALARMS_MAX:
            break
    async with context.db.read(PARK) as reader:
        owners = {one.owner: one.declarations for one in await work.count_by_owner(reader)}
        park = await work.count_park_work(reader)
        waiting = await work.list_waiting_documents(reader, real_now=real_now())
    by_kind = {one.kind: one for one in waiting}
    for kind in DocumentKind:
        one = by_kind.get(kind)
        waits_s = (real_now() - one.since).total_seconds() if one else 0.0
        metrics.DOCUMENTS_WAITING.labels(kind).set(one.documents if one else 0)
        metrics.DOCUMENTS_WAITING_SECONDS.labels(kind).set(waits_s)
    for owner in get_args(Owner):
        metrics.WORK.labels(owner).set(owners.get(owner, 0))
    if park is not None:
        metrics.PARK_WORK.labels("refused_messages").set(park.refused_messages)
        metrics.PARK_WORK.labels("refused_inbound").set(park.refused_inbound)
        metrics.PARK_WORK.labels("failed_documents").set(park.failed_documents)
