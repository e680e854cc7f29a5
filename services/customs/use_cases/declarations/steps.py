"""A person takes a step with a declaration: load → decide → save, and the act is put on record."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from services.customs.domain.declarations.acts import Acting, resend
from services.customs.domain.declarations.dossier import Dossier, DossierChange
from services.customs.domain.declarations.errors import DocumentNotFound, NothingToResend
from services.customs.domain.declarations.repairs import Repair
from services.customs.domain.documents.changing import DocumentChange, answered_document
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.documents.sending import is_unanswered_or_failed
from services.customs.domain.documents.stored import StoredDocument
from services.customs.domain.evidence.entries import About, ActKind
from services.customs.domain.movements.void import needs_drawing
from services.customs.repository import declarations, lanes
from services.customs.repository.documents import stored as documents
from services.customs.repository.movements import void as reports
from services.customs.use_cases.declarations.loading import load_files, load_history
from services.customs.use_cases.declarations.matching import find_takers
from services.customs.use_cases.declarations.rulebooks import Rulebooks
from services.customs.use_cases.declarations.saving import save_dossiers
from services.customs.use_cases.declarations.standing import work_out
from services.customs.use_cases.evidence import record_act, record_park_act
from shared.db import UnitOfWork
from shared.kernel.errors import AirlaneError
from shared.kernel.identity import PARK

Decide = Callable[[Acting], DossierChange]


async def take_step(
    uow: UnitOfWork,
    *,
    declaration_id: str,
    act: ActKind,
    decide: Decide,
    rulebooks: Rulebooks,
    by: str,
    now: datetime,
    real_now: datetime,
    repairs: Sequence[Repair] = (),
) -> None:
    """The declaration is the caller's: that was looked up before. A refusal of a whole message and
    the queues of the lanes are the park's rows, so the step itself is taken as the park.
    `repairs`: that `decide` makes.
    """
    caller = uow.tenant
    await uow.act_as(PARK)
    dossiers = await declarations.lock_dossiers(uow, [declaration_id])
    await _take(
        uow,
        dossiers,
        {declaration_id: decide},
        rulebooks=rulebooks,
        act=act,
        by=by,
        now=now,
        real_now=real_now,
        repairs=repairs,
    )
    await uow.act_as(caller)


async def _take(
    uow: UnitOfWork,
    dossiers: Sequence[Dossier],
    decisions: Mapping[str, Decide],
    *,
    rulebooks: Rulebooks,
    act: ActKind,
    by: str,
    now: datetime,
    real_now: datetime,
    repairs: Sequence[Repair] = (),
) -> None:
    is_cancel = act is ActKind.CANCEL
    files = await load_files(uow, dossiers, for_cancellation=is_cancel, for_step=True)
    parcels = await lanes.parcels_of(uow, [one.subject.id for one in dossiers])
    merchants = sorted({one.subject.merchant_id for one in dossiers})
    of_merchant = await rulebooks.of(uow, merchants, now=now)
    takers: dict[tuple[str, str], str] = {}
    if rulebooks.books.sends_orders:
        takers = await find_takers(uow, dossiers, repairs)
    changes = []
    for file in files:
        subject = file.dossier.subject
        acting = Acting(
            file=file,
            parcel=parcels.get(subject.id),
            by=by,
            now=now,
            real_now=real_now,
            rulebook=of_merchant[subject.merchant_id],
            takers=takers,
        )
        changes.append(decisions[subject.id](acting))
    await save_dossiers(uow, files, changes, now=now)
    for file, change in zip(files, changes, strict=True):
        await record_act(
            uow,
            tenant_id=file.dossier.subject.merchant_id,
            declaration_id=change.declaration_id,
            act=act,
            actor=by,
            detail={"status": change.status.value, "cop_no": change.cop_no},
            now=now,
        )


async def resend_documents(
    uow: UnitOfWork,
    *,
    document_ids: Sequence[str],
    rulebooks: Rulebooks,
    by: str,
    now: datetime,
    real_now: datetime,
) -> list[str | AirlaneError]:
    """Each goes once more, or why it does not. In the order of `document_ids`. For the park."""
    owners = await documents.owners_by_id(uow, document_ids)
    by_declaration: dict[str, list[str]] = defaultdict(list)
    for document_id, declaration_id in owners.items():
        if declaration_id is not None:
            by_declaration[declaration_id].append(document_id)
    dossiers = await declarations.lock_dossiers(uow, sorted(by_declaration))
    refused: dict[str, AirlaneError] = {
        one: DocumentNotFound(document_id=one) for one in document_ids if one not in owners
    }
    for dossier in dossiers:
        named = by_declaration[dossier.subject.id]
        for document_id in named:
            decide = partial(resend, document_ids=[document_id])
            try:
                await _take(
                    uow,
                    [dossier],
                    {dossier.subject.id: decide},
                    rulebooks=rulebooks,
                    act=ActKind.RESEND,
                    by=by,
                    now=now,
                    real_now=real_now,
                )
            except AirlaneError as refusal:
                refused[document_id] = refusal
    own = [one for one, declaration_id in owners.items() if declaration_id is None]
    refused |= await _resend_own(uow, own, by=by, now=now, real_now=real_now) if own else {}
    return [refused.get(one, one) for one in document_ids]


async def _resend_own(
    uow: UnitOfWork, document_ids: Sequence[str], *, by: str, now: datetime, real_now: datetime
) -> dict[str, AirlaneError]:
    """Of documents that cover many declarations. What customs has returned, or the port refused for
    what it says, is not sent again: the job draws it up anew, of what is known by then. Returns the
    refusals.
    """
    stored = await documents.lock_with_declarations(uow, dict.fromkeys(document_ids))
    history, _ = await load_history(uow, stored)
    refused: dict[str, AirlaneError] = {}
    changes: list[DocumentChange] = []
    void = []
    whole = await reports.whole(uow, [one.id for one in stored])
    for one in stored:
        answer = answered_document(
            _due(one, real_now), history.facts_of(one), now=now, real_now=real_now
        )
        if needs_drawing(one.kind, answer.state, is_whole=one.id in whole):
            void.append(one.id)
        elif is_unanswered_or_failed(answer.state):
            changes.append(answer.change)
        else:
            refused[one.id] = NothingToResend(document_id=one.id)
    if void:
        let_go = await reports.let_go(uow, void)
        # Their parcels wait to be reported again, and that is timed.
        waiting = {one for document in stored if document.id in let_go for one in document.covers}
        await work_out(uow, sorted(waiting), now=now)
        await documents.mark_replaced(uow, let_go, now=now)
        refused |= {one: NothingToResend(document_id=one) for one in void if one not in let_go}
    if changes:
        await documents.save_changes(uow, changes)
    for one in stored:
        if one.id not in refused:
            await record_park_act(
                uow,
                about=About.DOCUMENT,
                name=one.id,
                act=ActKind.RESEND,
                actor=by,
                detail={"kind": one.kind, "number": one.number},
                now=now,
            )
    return refused


def _due(document: StoredDocument, real_now: datetime) -> StoredDocument:
    return replace(document, send_at=real_now, send_parts=None)


async def list_documents(
    uow: UnitOfWork, *, kind: DocumentKind, phase: DocumentPhase, limit: int
) -> list[str]:
    """Ids, oldest first, of those that do not wait to be sent anyway."""
    return await documents.list_of_phase(uow, kind=kind, phase=phase, rows_max=limit)
