"""Documents that leave: drawn up, composed, signed, delivered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from services.customs.clients.doors.door import DeliveryRefused, Door, DoorDown
from services.customs.clients.signers.signer import Signer
from services.customs.domain.declarations.books import Books
from services.customs.domain.documents.document import MessageRefusal
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.uploading import Signs
from services.customs.domain.doors.breaker import Permission
from services.customs.domain.messages.kinds.kind import (
    DOCUMENTS_PER_MESSAGE_MAX,
    MessageKind,
    Signature,
)
from services.customs.domain.messages.parties import Party, SiteParties
from services.customs.domain.messages.senders import Sender
from services.customs.domain.movements.waiting import MovementTerms, terms_of
from services.customs.jobs.filling import fill_work
from services.customs.use_cases import doors, messages, signing
from services.customs.use_cases.declarations import matching
from services.customs.use_cases.declarations.rulebooks import Rulebooks
from services.customs.use_cases.movements import drawing
from services.customs.use_cases.movements.drawing import Report
from services.customs.use_cases.registrations import find_site_parties
from shared.db import UnitOfWork
from shared.kafka import JobContext
from shared.kernel.clock import real_now
from shared.kernel.identity import PARK
from shared.telemetry import get_logger

log = get_logger(__name__)

# A run reduces a backlog, but within bounds: other jobs share the process.
_ROUNDS_MAX = 20
_MESSAGES_AT_ONCE = 20
_MATCHES_PER_RUN = 200


async def send_documents(
    context: JobContext,
    *,
    park: Sender,
    door: Door,
    signer: Signer | None = None,
    books: Books | None = None,
) -> None:
    """Composes messages of the documents that may leave, kind by kind, has them signed, and
    delivers them. Without a signer they leave unsigned, and say so. Documents without a sender of
    their own leave by the client of the declarant that is registered on the day, by `books`; by
    `park` while there is none.
    """
    await _settle_refused(context)
    await _settle_trusted(context)
    async with context.db.transaction(PARK) as uow:
        kinds = await messages.due_kinds(uow, real_now=real_now())
    if kinds and books is not None:
        site = await _site_parties(context, books, now=context.clock.now())
        park = Sender.of_declarant(site) if site is not None else park
    for kind in kinds:
        await _compose(context, kind=kind, park=park, signs=signs_of(signer))
    if kinds:
        await fill_work(context, rounds=1)
    if signer is not None:
        await _sign(context, signer=signer)
    # Also when there was nothing new: a killed process may have left a message undelivered.
    await deliver(context, door=door)


async def _settle_refused(context: JobContext) -> None:
    """Documents of messages that an earlier release has left refused."""

    async def one(guid: str) -> None:
        async with context.db.transaction(PARK) as uow:
            await messages.settle_refused(
                uow, guid=guid, now=context.clock.now(), real_now=real_now()
            )

    async with context.db.transaction(PARK) as uow:
        guids = await messages.list_unsettled(uow, limit=_MESSAGES_AT_ONCE)
    await context.each_by_itself(guids, one)


async def _settle_trusted(context: JobContext) -> None:
    """Documents that were refused for a signature, once its key is trusted again."""

    async def one(guid: str) -> None:
        async with context.db.transaction(PARK) as uow:
            await messages.settle_documents(
                uow, guid=guid, now=context.clock.now(), real_now=real_now()
            )

    async with context.db.transaction(PARK) as uow:
        signed = await signing.list_to_settle(uow, limit=_MESSAGES_AT_ONCE)
    for key in signed:
        await context.each_by_itself(key.guids, one)
        is_all = len(key.guids) < _MESSAGES_AT_ONCE
        async with context.db.transaction(PARK) as uow:
            await signing.mark_settled(
                uow, key_name=key.key_name, guid=None if is_all else key.guids[-1]
            )


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
            await messages.put_off_document(uow, document_id=document_id, real_now=real_now())

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
            if permission is Permission.PROBE:
                guids = await _find_probe(uow, door)
            else:
                guids = await messages.list_undelivered(uow, real_now=real_now(), limit=limit)
        tried = _Tried()
        handled = await context.each_by_itself(guids, partial(_deliver, context, door, tried))
        async with context.db.transaction(PARK) as uow:
            if tried.down is not None:
                error = str(tried.down.params["reason"])
                log.warning("a door is down", door=door.name, reason=error, seldom=True)
                await messages.put_off_message(
                    uow, guid=tried.failed, error=error, real_now=real_now()
                )
                await doors.note_failure(uow, door=door.name, error=error, real_now=real_now())
                return
            if tried.taken or tried.refused:
                is_answered = tried.taken > 0
                await doors.note_success(
                    uow, door=door.name, real_now=real_now(), is_answered=is_answered
                )
            elif permission is Permission.PROBE:
                await doors.hand_back(uow, door=door.name, real_now=real_now())
        if handled < limit:
            return


async def _find_probe(uow: UnitOfWork, door: Door) -> list[str]:
    """The message that tries a door that is down; none if nothing waits."""
    guid = await messages.find_probe(uow)
    if guid is None:
        return []
    await doors.name_probe(uow, door=door.name, guid=guid, real_now=real_now())
    return [guid]


@dataclass(slots=True)
class _Tried:
    """What became of the messages of a round. `failed`: the one that the door was down for."""

    taken: int = 0
    refused: int = 0
    down: DoorDown | None = None
    failed: str = ""


async def _deliver(context: JobContext, door: Door, tried: _Tried, guid: str) -> None:
    """Once the door has failed, no other message tries it."""
    if tried.down is not None:
        return
    try:
        async with context.db.transaction(PARK) as uow:
            is_taken = await messages.deliver_message(
                uow, guid=guid, door=door, now=context.clock.now(), real_now=real_now()
            )
        tried.taken += is_taken
    except DoorDown as failure:
        tried.down, tried.failed = failure, guid
    except DeliveryRefused as refusal:
        async with context.db.transaction(PARK) as uow:
            now = context.clock.now()
            reason = MessageRefusal(now, refusal.retry, str(refusal.params["reason"]))
            await messages.refuse_message(
                uow, guid=guid, refusal=reason, door=door.name, now=now, real_now=real_now()
            )
        tried.refused += 1


async def draw_movements(context: JobContext, *, report: Report[Any], books: Books) -> None:
    """Draws up documents for parcels that have moved. All wait while nobody is registered whom they
    could name.
    """
    now = context.clock.now()
    parties = await _site_parties(context, books, now=now)
    if parties is not None:
        terms = terms_of(books.district_on(now))
        await _draw_movements(context, report, parties, terms, now=now)


async def _draw_movements(
    context: JobContext,
    report: Report[Any],
    parties: SiteParties,
    terms: MovementTerms,
    *,
    now: datetime,
) -> None:
    """A parcel that cannot be reported is left out: first all that would share its document, then
    of these it alone.
    """

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


async def _site_parties(context: JobContext, books: Books, *, now: datetime) -> SiteParties | None:
    async with context.db.read(PARK) as reader:
        found = await find_site_parties(reader, books, now=now)
    if isinstance(found, SiteParties):
        return found
    reasons = " ".join(one.text("en") for one in found)
    log.warning("no enterprise for reports about goods", reason=reasons, seldom=True)
    return None


async def match_dossiers(context: JobContext, *, rulebooks: Rulebooks) -> None:
    """Declarations whose documents are there and that nobody has matched, as after a change of what
    a match is made with.
    """
    async with context.db.transaction(PARK) as uow:
        waiting = await matching.list_to_match(uow, limit=_MATCHES_PER_RUN)
    await _decide_again(context, waiting, rulebooks=rulebooks)


async def request_cancellations(context: JobContext, *, rulebooks: Rulebooks) -> None:
    """Declarations that customs may be asked to cancel, and has not been: nobody waits for another
    receipt.
    """
    async with context.db.transaction(PARK) as uow:
        waiting = await matching.list_to_cancel(uow, limit=_MATCHES_PER_RUN)
    await _decide_again(context, waiting, rulebooks=rulebooks)


async def _decide_again(
    context: JobContext, declaration_ids: Sequence[str], *, rulebooks: Rulebooks
) -> None:
    async def one(declaration_id: str) -> None:
        async with context.db.transaction(PARK) as uow:
            await matching.match_again(
                uow,
                declaration_ids=[declaration_id],
                rulebooks=rulebooks,
                now=context.clock.now(),
                real_now=real_now(),
            )

    await context.each_by_itself(declaration_ids, one)
