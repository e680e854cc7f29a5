"""Periodic work: sending documents, reporting movements, reading what the port sent, measuring the
queues of the lanes.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any, get_args

from services.customs.clients.doors.door import DeliveryRefused, Door, DoorDown
from services.customs.clients.signers.signer import Signer
from services.customs.clients.single_window import Claim, SingleWindow
from services.customs.domain.declarations.missing import Owner
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.uploading import Signs
from services.customs.domain.doors.breaker import DoorStatus, Permission
from services.customs.domain.evidence.chain import ENTRIES_PER_BLOCK_MAX
from services.customs.domain.inbound.message import (
    LARGE_BYTES_MAX,
    InboundStatus,
    RawMessage,
)
from services.customs.domain.messages.kinds.kind import (
    DOCUMENTS_PER_MESSAGE_MAX,
    MessageKind,
    Signature,
)
from services.customs.domain.messages.parties import Parties, Party
from services.customs.domain.messages.senders import Sender
from services.customs.domain.messages.values import CHINA
from services.customs.domain.movements.waiting import Stall, terms_of
from services.customs.domain.regimes.regime import RegimeTables
from services.customs.domain.summaries.month import Age
from services.customs.queries import doors as door_views
from services.customs.queries import inbound, lanes, movements, work
from services.customs.queries.evidence import count_unsealed
from services.customs.use_cases import doors, evidence, messages, metrics, signing, summaries
from services.customs.use_cases.declarations import alarms, matching
from services.customs.use_cases.declarations.rulebooks import Rulebooks
from services.customs.use_cases.inbound import arrivals
from services.customs.use_cases.inbound.reading import read_apart
from services.customs.use_cases.movements import drawing
from services.customs.use_cases.movements.drawing import Report
from shared.kafka import JobContext
from shared.kernel.clock import real_now
from shared.kernel.errors import Unavailable
from shared.kernel.identity import PARK
from shared.telemetry import get_logger

log = get_logger(__name__)

# A run reduces a backlog, but within bounds: other jobs share the process.
_ROUNDS_MAX = 20
_ANSWERS_PER_RUN = 20
_MESSAGES_AT_ONCE = 20
# Summaries are due on the 15th.
_WARNED_FROM_DAY = 10
_UNSEALED_MAX = 1_000_000
_MATCHES_PER_RUN = 200


async def send_documents(
    context: JobContext, *, park: Sender, door: Door, signer: Signer | None = None
) -> None:
    """Composes messages of the documents that may leave, kind by kind, has them signed, and
    delivers them. Without a signer they leave unsigned, and say so.
    """
    async with context.db.transaction(PARK) as uow:
        kinds = await messages.due_kinds(uow, real_now=real_now())
    for kind in kinds:
        await _compose(context, kind=kind, park=park, signs=signs_of(signer))
    if signer is not None:
        await _sign(context, signer=signer)
    # Also when there was nothing new: a killed process may have left a message undelivered.
    await deliver(context, door=door)


def signs_of(signer: Signer | None) -> Signs:
    """What has to be signed, and what may be where there is a key of the party."""

    def signs(kind: MessageKind, party: Party) -> bool:
        if signer is None:
            return False
        return kind.signature is not Signature.OPTIONAL or signer.has_key_of(party)

    return signs


async def _sign(context: JobContext, *, signer: Signer) -> None:
    for _ in range(_ROUNDS_MAX):
        signed = await signing.sign_messages(context.db, signer, clock=context.clock)
        if signed < signing.AT_ONCE:
            return


async def _compose(context: JobContext, *, kind: DocumentKind, park: Sender, signs: Signs) -> None:
    async def together() -> int:
        async with context.db.transaction(PARK) as uow:
            return await messages.compose_due(
                uow, kind=kind, park=park, signs=signs, now=context.clock.now(), real_now=real_now()
            )

    async def due() -> list[str]:
        async with context.db.transaction(PARK) as uow:
            return await messages.list_due(uow, kind=kind, real_now=real_now())

    async def alone(document_id: str) -> None:
        async with context.db.transaction(PARK) as uow:
            await messages.compose_one(
                uow, document_id=document_id, park=park, signs=signs, now=context.clock.now()
            )

    async def put_off(document_id: str) -> None:
        async with context.db.transaction(PARK) as uow:
            await messages.put_off(uow, document_id=document_id, real_now=real_now())

    for _ in range(_ROUNDS_MAX):
        composed = await context.together_or_each(together, due, alone, put_off=put_off)
        if composed < DOCUMENTS_PER_MESSAGE_MAX:
            return


async def deliver(context: JobContext, *, door: Door) -> None:
    """Messages that were composed, each in a transaction of its own, as far as the door lets them
    pass. While it is down they wait, however long that is.
    """
    for _ in range(_ROUNDS_MAX):
        async with context.db.transaction(PARK) as uow:
            permission = await doors.may_deliver(uow, door=door.name, real_now=real_now())
        if permission is Permission.NONE:
            return
        limit = 1 if permission is Permission.PROBE else _MESSAGES_AT_ONCE
        async with context.db.transaction(PARK) as uow:
            guids = await messages.list_undelivered(uow, real_now=real_now(), limit=limit)
        down: list[DoorDown] = []
        delivered = await context.each_by_itself(guids, partial(_deliver, context, door, down))
        async with context.db.transaction(PARK) as uow:
            if down:
                error = str(down[0].params["reason"])
                log.warning("a door is down", door=door.name, reason=error, seldom=True)
                await doors.note_failure(uow, door=door.name, error=error, real_now=real_now())
                return
            if delivered:
                await doors.note_success(uow, door=door.name, real_now=real_now())
            elif permission is Permission.PROBE:
                await doors.hand_back(uow, door=door.name, real_now=real_now())
        if delivered < limit:
            return


async def _deliver(context: JobContext, door: Door, down: list[DoorDown], guid: str) -> None:
    """`down`: once the door has failed, no other message tries it."""
    if down:
        return
    try:
        async with context.db.transaction(PARK) as uow:
            await messages.deliver_message(
                uow, guid=guid, door=door, now=context.clock.now(), real_now=real_now()
            )
    except DoorDown as failure:
        down.append(failure)
    except DeliveryRefused as refusal:
        async with context.db.transaction(PARK) as uow:
            await messages.note_refusal(
                uow, guid=guid, door=door.name, error=str(refusal.params["reason"])
            )


async def draw_movements(
    context: JobContext, *, report: Report[Any], parties: Parties, regimes: RegimeTables
) -> None:
    """Draws up documents for parcels that have moved. A parcel that cannot be reported is left out:
    first all that would share its document, then of these it alone.
    """
    now = context.clock.now()
    terms = terms_of(regimes.district_on(parties.customs_code, now.astimezone(CHINA).date()))

    async def together() -> int:
        async with context.db.transaction(PARK) as uow:
            return await drawing.draw_due(
                uow, report, terms=terms, parties=parties, now=now, real_now=real_now()
            )

    async def groups() -> list[tuple[str, ...]]:
        async with context.db.transaction(PARK) as uow:
            return await drawing.list_due(uow, report, terms=terms, real_now=real_now())

    async def some(declaration_ids: Sequence[str]) -> int:
        async with context.db.transaction(PARK) as uow:
            return await drawing.draw_some(
                uow,
                report,
                declaration_ids=declaration_ids,
                terms=terms,
                parties=parties,
                now=now,
                real_now=real_now(),
            )

    async def one(declaration_id: str) -> None:
        await some([declaration_id])

    async def group(declaration_ids: tuple[str, ...]) -> None:
        async def each() -> tuple[str, ...]:
            return declaration_ids

        done = await context.together_or_each(partial(some, declaration_ids), each, one)
        if not done:
            raise RuntimeError("none of the parcels of a document can be reported")

    for _ in range(_ROUNDS_MAX):
        drawn = await context.together_or_each(together, groups, group)
        if not drawn:
            return


async def match_dossiers(context: JobContext, *, rulebooks: Rulebooks) -> None:
    """Declarations whose documents are there and that nobody has matched, as after a change of what
    a match is made with.
    """

    async def one(declaration_id: str) -> None:
        async with context.db.transaction(PARK) as uow:
            await matching.match_again(
                uow,
                declaration_ids=[declaration_id],
                rulebooks=rulebooks,
                now=context.clock.now(),
                real_now=real_now(),
            )

    async with context.db.transaction(PARK) as uow:
        waiting = await matching.list_to_match(uow, limit=_MATCHES_PER_RUN)
    await context.each_by_itself(waiting, one)


async def collect_answers(context: JobContext, *, single_window: SingleWindow) -> None:
    """Answers that the transfer client left in the folder: kept, then read as those that are posted
    to /v1/receipts.

    What cannot be read is kept as refused, and its file moved to `bad/` once nobody writes to it
    any more. A file that cannot be moved is left where it is.
    """
    taken = 0
    for name in await asyncio.to_thread(single_window.waiting):
        claim: Claim | None = None
        try:
            claim = await asyncio.to_thread(single_window.claim, name)
            taken += claim is not None and await _take_answer(context, claim)
        except Unavailable:
            raise
        except Exception:  # one file must not hold up those behind it
            log.warning("an answer in the folder cannot be taken", name=name, exc_info=True)
        finally:
            if claim is not None:
                claim.release()
        if taken == _ANSWERS_PER_RUN:
            return


async def _take_answer(context: JobContext, claim: Claim) -> bool:
    """False: it may come whole later, so it is left where it is."""
    if claim.size_bytes > LARGE_BYTES_MAX:
        if claim.is_being_written():
            return False
        log.warning("an answer in the folder is too large", name=claim.name, bytes=claim.size_bytes)
        await asyncio.to_thread(claim.settle, readable=False)
        return True
    raw = await asyncio.to_thread(claim.read, bytes_max=LARGE_BYTES_MAX)
    message = RawMessage("application/xml", raw)
    reading = await read_apart(message, now=context.clock.now())
    is_readable = reading.status is not InboundStatus.REFUSED
    if not is_readable and claim.is_being_written():
        return False
    async with context.db.transaction(PARK) as uow:
        await arrivals.store_message(
            uow,
            message,
            source="folder",
            file_name=claim.name,
            now=context.clock.now(),
            real_now=real_now(),
        )
    if not is_readable:
        log.warning("an answer in the folder cannot be read", name=claim.name)
    try:
        async with context.db.transaction(PARK) as uow:
            await arrivals.apply_reading(
                uow, message, reading, now=context.clock.now(), real_now=real_now()
            )
    except Unavailable:
        raise
    except Exception:
        log.exception("an answer could not be applied yet", digest=message.digest)
    await asyncio.to_thread(claim.settle, readable=is_readable)
    return True


async def read_inbound(context: JobContext) -> None:
    """Messages that are kept and that nobody has read in time: after a crash, for a replay."""
    failures: dict[str, Exception] = {}

    async def read(digest: str) -> None:
        try:
            async with context.db.transaction(PARK) as uow:
                await arrivals.read_left(
                    uow, digest=digest, now=context.clock.now(), real_now=real_now()
                )
        except Exception as failure:
            failures[digest] = failure
            raise

    async def put_off(digest: str) -> None:
        async with context.db.transaction(PARK) as uow:
            await arrivals.put_off(
                uow, digest=digest, failure=failures.get(digest), real_now=real_now()
            )

    async with context.db.read(PARK) as reader:
        left = await inbound.list_left(reader, real_now=real_now())
    await context.each_by_itself(left, read, put_off=put_off)


async def seal_evidence(context: JobContext) -> None:
    """Blocks of what has happened, until nothing waits; the gauge says what was left."""
    for _ in range(_ROUNDS_MAX):
        async with context.db.transaction(PARK) as uow:
            sealed = await evidence.seal_entries(uow, now=context.clock.now())
        if sealed < ENTRIES_PER_BLOCK_MAX:
            break
    async with context.db.read(PARK) as reader:
        waiting = await count_unsealed(reader, at_most=_UNSEALED_MAX)
    metrics.EVIDENCE_UNSEALED.set(waiting)


async def measure_summaries(context: JobContext) -> None:
    """How many released lists wait for a summary; from the tenth of a month it is also logged."""
    now = context.clock.now()
    async with context.db.read(PARK) as reader:
        waiting = await summaries.ages_of_waiting(reader, now=now)
    for age in get_args(Age):
        metrics.LISTS_TO_SUMMARISE.labels(age).set(waiting[age])
    if waiting["overdue"] or (waiting["due"] and now.astimezone(CHINA).day >= _WARNED_FROM_DAY):
        log.warning(
            "released lists wait for a summary",
            due=waiting["due"],
            overdue=waiting["overdue"],
            seldom=True,
        )


async def measure_doors(context: JobContext, *, door: str) -> None:
    """`door`: by which this worker delivers."""
    async with context.db.transaction(PARK) as uow:
        await doors.add_door(uow, door=door, real_now=real_now())
        for one in await door_views.list_doors(uow):
            metrics.DOOR_OPEN.labels(one.name).set(one.status is not DoorStatus.CLOSED)


async def measure_lanes(context: JobContext) -> None:
    async with context.db.read(PARK) as reader:
        for lane in await lanes.list_lanes(reader, now=context.clock.now()):
            metrics.LANE_QUEUE.labels(str(lane.lane)).set(lane.queue_parcels)


async def measure_movements(
    context: JobContext, *, customs_code: str, regimes: RegimeTables
) -> None:
    """How many parcels wait for a report for too long, by the reason."""
    now = context.clock.now()
    terms = terms_of(regimes.district_on(customs_code, now.astimezone(CHINA).date()))
    async with context.db.read(PARK) as reader:
        stalled = await movements.list_stalled(reader, terms=terms, now=now, real_now=real_now())
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
