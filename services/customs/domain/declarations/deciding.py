"""What becomes of a dossier when something new is known: facts of its order and shipment, an
upload, receipts. All of it ends in one function of its state.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from services.customs.domain.declarations.agreeing import contradictions, customs_has_list
from services.customs.domain.declarations.announcing import announcements_of
from services.customs.domain.declarations.cancellations import cancellations_of
from services.customs.domain.declarations.case import (
    BEFORE_LIST,
    Case,
    Match,
    match_of,
    predecessors_of,
)
from services.customs.domain.declarations.correcting import at_fault_before_list, goes_again
from services.customs.domain.declarations.dossier import (
    DossierChange,
    DossierFile,
    ParcelFacts,
)
from services.customs.domain.declarations.drawing.dossier import Takers
from services.customs.domain.declarations.examining import Papers, examine
from services.customs.domain.declarations.findings import Finding
from services.customs.domain.declarations.first_pass import first_decision
from services.customs.domain.declarations.phase import ENTERED, Phase
from services.customs.domain.declarations.repairing import KeptRepair
from services.customs.domain.declarations.rulebook import Rulebook
from services.customs.domain.declarations.standing import NO_PARCEL, standing_of
from services.customs.domain.declarations.state import DeclarationState, declaration_state
from services.customs.domain.documents.changing import DocumentChange, RedrawnDocument, change_of
from services.customs.domain.documents.content import DrawnDocument
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.documents.state import DocumentState
from services.customs.domain.documents.stored import NewDocument, StoredDocument
from services.customs.domain.messages import numbering
from shared.kernel.ids import new_id

_LEFT_CUSTOMS: Final = (Phase.RETURNED, Phase.WITHDRAWN, Phase.CANCELLED)
_TAKEN_BACK: Final = (Phase.WITHDRAWN, Phase.CANCELLED)


@dataclass(frozen=True, slots=True)
class Decided:
    """`states`: of the documents that were there before."""

    change: DossierChange
    states: tuple[DocumentState, ...]


def decide(
    file: DossierFile,
    *,
    parcel: ParcelFacts | None,
    rulebook: Rulebook,
    takers: Takers,
    now: datetime,
    real_now: datetime,
) -> DossierChange | None:
    """After new facts of the order or the shipment. None: nothing changes."""
    drawing = _draw(file, rulebook=rulebook, takers=takers, now=now)
    change = decided(file, drawing, parcel=parcel, now=now, real_now=real_now).change
    return change if _changes(file, change) else None


def taken_by(change: DossierChange) -> dict[tuple[str, str], str]:
    """The order numbers that its new documents take, as `takers` has them."""
    drawn = [one.drawn for one in change.new_documents]
    drawn += (one.drawn for one in change.redrawn)
    orders = [one for one in drawn if one.kind is DocumentKind.ORDER]
    return {(one.party_code, one.number): change.declaration_id for one in orders}


def answered(
    file: DossierFile, *, parcel: ParcelFacts | None, now: datetime, real_now: datetime
) -> Decided:
    """After its documents were uploaded or answered."""
    return decided(file, as_it_is(file), parcel=parcel, now=now, real_now=real_now)


def case_of(file: DossierFile, *, now: datetime) -> Case:
    """As it is."""
    return _case_of(file, as_it_is(file), now=now)


def state_of(file: DossierFile, *, now: datetime) -> DeclarationState:
    """As it is."""
    return declaration_state(case_of(file, now=now))


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the documents are drawn from, and those that are new. `list_id`: the list that counts,
    `cop_no`: its number. `is_new`: they were drawn up now.
    """

    match: Match
    findings: tuple[Finding, ...]
    repairs: tuple[KeptRepair, ...]
    rulebook: str | None
    list_id: str | None
    cop_no: str
    is_new: bool = False
    new: tuple[NewDocument, ...] = ()
    redrawn: tuple[RedrawnDocument, ...] = ()


def as_it_is(file: DossierFile) -> Drawing:
    """Nothing is drawn up."""
    dossier = file.dossier
    return Drawing(
        match=match_of(dossier.list_id, dossier.findings),
        findings=dossier.findings,
        repairs=dossier.repairs,
        rulebook=dossier.rulebook,
        list_id=dossier.list_id,
        cop_no=dossier.cop_no,
    )


def _draw(file: DossierFile, *, rulebook: Rulebook, takers: Takers, now: datetime) -> Drawing:
    """As long as the list has not left, every newer order or waybill is matched again, and the
    documents are drawn up from it.
    """
    dossier, current = file.dossier, file.current_list
    if dossier.unwanted_since is not None or (current is not None and current.attempts):
        return as_it_is(file)
    return draw(file, rulebook=rulebook, takers=takers, now=now, is_asked=False)


def draw(
    file: DossierFile,
    *,
    rulebook: Rulebook,
    takers: Takers,
    now: datetime,
    clone_id: str | None = None,
    amends: bool = False,
    is_asked: bool = True,
) -> Drawing:
    """The documents, from the order as repaired and the waybill. `clone_id`: the list is drawn up
    anew under the number that follows from this id, and replaces the one that counts. `amends`: the
    list that has left gets another content under its number. `is_asked`: somebody wants it; else an
    event may have brought nothing new.
    """
    dossier = file.dossier
    cop_no = dossier.cop_no if clone_id is None else numbering.cop_no(clone_id)
    papers = Papers(dossier.subject.id, dossier.order, dossier.waybill, cop_no, dossier.repairs)
    examined = examine(papers, rulebook=rulebook, takers=takers, now=now)
    is_held = amends and customs_has_list(file)
    if is_held and (found := contradictions(file, examined.documents)):
        findings = (*examined.findings, *found)
        examined = replace(examined, match=Match.BLOCKED, findings=findings)
    drawing = replace(
        as_it_is(file),
        match=examined.match,
        findings=examined.findings,
        repairs=examined.repairs,
        rulebook=examined.rulebook,
        cop_no=cop_no,
    )
    if examined.match is not Match.COMPLETE:
        return drawing
    new, redrawn = _drawn_documents(
        file,
        examined.documents,
        clone_id=clone_id,
        amends=amends,
        is_held=is_held,
        is_asked=is_asked,
    )
    lists = [one.id for one in new if one.drawn.kind is DocumentKind.LIST]
    return replace(
        drawing,
        list_id=lists[0] if lists else dossier.list_id,
        is_new=True,
        new=tuple(new),
        redrawn=tuple(redrawn),
    )


def _drawn_documents(
    file: DossierFile,
    drawn: Sequence[DrawnDocument],
    *,
    clone_id: str | None,
    amends: bool,
    is_held: bool,
    is_asked: bool,
) -> tuple[list[NewDocument], list[RedrawnDocument]]:
    """Those that are new, and those that wait with an older content. What has left stays, unless
    the list is amended, or what comes before it has to be corrected or says something else; under
    another number it is replaced. `is_held`: customs has the list, so it takes no change of what
    comes before it.
    """
    at_fault = at_fault_before_list(file)
    last = {one.kind: one for one in file.documents}
    new, redrawn = [], []
    for one in drawn:
        stored = last.get(one.kind)
        is_list = one.kind is DocumentKind.LIST
        if stored is not None and not stored.attempts:
            redrawn.append(RedrawnDocument(stored.id, one, stored.version))
        elif stored is None or (stored.party_code, stored.number) != (one.party_code, one.number):
            document_id = clone_id if is_list else None
            new.append(_new_document(file, one, document_id, stored.id if stored else None))
        elif (amends and is_list) or (
            not is_held and goes_again(file, stored, one, at_fault=at_fault, is_asked=is_asked)
        ):
            redrawn.append(RedrawnDocument(stored.id, one, stored.version + 1))
    return new, redrawn


def _new_document(
    file: DossierFile, drawn: DrawnDocument, document_id: str | None, replaces: str | None
) -> NewDocument:
    subject = file.dossier.subject
    return NewDocument(
        id=document_id or new_id("doc"),
        tenant_id=subject.merchant_id,
        declaration_id=subject.id,
        drawn=drawn,
        covers=(subject.id,),
        phase=DocumentPhase.QUEUED,
        send_at=None,
        replaces=replaces,
    )


def _new_documents(
    drawing: Drawing, state: DeclarationState, *, real_now: datetime
) -> tuple[NewDocument, ...]:
    """Those that may leave do so at once."""
    return tuple(
        replace(one, send_at=real_now if one.id in state.sendable else None) for one in drawing.new
    )


def decided(
    file: DossierFile,
    drawing: Drawing,
    *,
    parcel: ParcelFacts | None,
    now: datetime,
    real_now: datetime,
    resent: Collection[str] = (),
) -> Decided:
    """`resent`: the documents that go once more, at once."""
    dossier = file.dossier
    case = _case_of(file, drawing, now=now)
    state = declaration_state(case)
    if asking := cancellations_of(file, state, now=now):
        drawing = replace(drawing, new=(*drawing.new, *asking))
        case = _case_of(file, drawing, now=now)
        state = declaration_state(case)
    drawing = _of_list_that_counts(file, drawing, state)
    request = None if state.is_wish_answered else dossier.cancel_request
    is_unwanted = dossier.cancelled_at is not None or request is not None
    documents = tuple(
        _document_change(
            replace(one, send_at=real_now) if one.id in resent else one,
            file,
            state,
            now=now,
            real_now=real_now,
        )
        for one in file.documents
    )
    announcements, announced = announcements_of(file, case, state, drawing.findings, now=now)
    is_new_status = state.status is not dossier.status
    place = parcel or NO_PARCEL
    joins = not is_unwanted and _joins_queue(state, place)
    leaves = is_unwanted or state.status is Phase.CANCELLED or state.phase in _LEFT_CUSTOMS
    phase_at = state.status_at if is_new_status else dossier.phase_at
    standing = standing_of(file, state, place, list_id=drawing.list_id, status_at=phase_at)
    change = DossierChange(
        declaration_id=dossier.subject.id,
        # Nothing more will come: the phase of its list matters no more.
        phase=state.status if state.status in _TAKEN_BACK else state.phase,
        status=state.status,
        phase_at=phase_at,
        channel=state.channel,
        list_id=drawing.list_id,
        cop_no=drawing.cop_no,
        findings=drawing.findings,
        repairs=drawing.repairs,
        rulebook=drawing.rulebook,
        is_matched=drawing.is_new,
        cancel_request=request,
        announced=announced,
        version=dossier.version + len(announcements),
        is_new_status=is_new_status,
        announcements=announcements,
        new_documents=_new_documents(drawing, state, real_now=real_now),
        redrawn=drawing.redrawn,
        documents=documents,
        joins_queue=joins,
        leaves_queue=place.is_queued and not joins and leaves,
        work=standing.work,
        running=standing.running,
        goods_running=standing.goods_running,
        has_new_clock=standing.goods_running != place.running,
        stopped=standing.stopped(dossier.running, place.running),
        first=first_decision(
            case, dossier.announced, ((one.fact, one.at) for one in announcements)
        ),
    )
    return Decided(change, tuple(state.documents[one.id] for one in file.documents))


def _case_of(file: DossierFile, drawing: Drawing, *, now: datetime) -> Case:
    versions = {one.id: one.version for one in drawing.redrawn}
    known = (replace(one, version=versions.get(one.id, one.version)) for one in file.facts)
    facts = (*known, *(one.facts for one in drawing.new))
    return Case(
        match=drawing.match,
        matched_at=now,
        documents=facts,
        predecessors=predecessors_of(facts),
        cancel_asked_at=file.dossier.unwanted_since,
    )


def _of_list_that_counts(file: DossierFile, drawing: Drawing, state: DeclarationState) -> Drawing:
    """Customs may have entered a list after all that a newer one was to replace."""
    counts = next((one for one in file.documents if one.id == state.list_id), None)
    if counts is None or counts.id == drawing.list_id:
        return drawing
    return replace(drawing, list_id=counts.id, cop_no=counts.number)


def _document_change(
    document: StoredDocument,
    file: DossierFile,
    state: DeclarationState,
    *,
    now: datetime,
    real_now: datetime,
) -> DocumentChange:
    change = change_of(
        document,
        state.documents[document.id],
        # One that a person sends again stays due until it has left or is answered.
        is_sendable=document.id in state.sendable
        or (document.send_at is not None and document.id in state.resendable),
        now=now,
        real_now=real_now,
    )
    is_unwanted = file.dossier.unwanted_since is not None
    is_list = document.kind is DocumentKind.LIST
    is_dropped = not document.attempts and (
        (is_unwanted and (is_list or document.kind in BEFORE_LIST))
        or (is_list and document.id != state.list_id)
        or document.id in state.overtaken
    )
    return replace(change, phase=DocumentPhase.WITHDRAWN) if is_dropped else change


def _joins_queue(state: DeclarationState, place: ParcelFacts) -> bool:
    return (
        state.phase in ENTERED
        and state.phase is not Phase.CLOSED
        and state.status is not Phase.CANCELLED
        and not place.is_queued
        and not place.is_screened
    )


def _changes(file: DossierFile, change: DossierChange) -> bool:
    """Whether there is anything to save."""
    dossier = file.dossier
    stored = {one.id: (one.phase, one.send_at) for one in file.documents}
    return bool(
        change.is_new_status
        or change.announcements
        or change.new_documents
        or change.redrawn
        or change.leaves_queue
        or change.work != dossier.work
        or change.has_new_clock
        or (change.phase, change.findings, change.repairs, change.rulebook, change.list_id)
        != (dossier.phase, dossier.findings, dossier.repairs, dossier.rulebook, dossier.list_id)
        or any((one.phase, one.send_at) != stored[one.id] for one in change.documents)
    )
