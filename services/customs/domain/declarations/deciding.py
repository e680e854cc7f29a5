"""What becomes of a dossier when something new is known: facts of its order and shipment, an
upload, receipts. All of it ends in one function of its state.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from services.customs.domain.declarations.announcing import announcements_of
from services.customs.domain.declarations.case import (
    BEFORE_LIST,
    Case,
    Match,
    match_of,
    predecessors_of,
)
from services.customs.domain.declarations.dossier import DossierChange, DossierFile, ParcelFacts
from services.customs.domain.declarations.drawing.dossier import (
    Takers,
    draw_up,
    order_number_finding,
)
from services.customs.domain.declarations.findings import Finding, errors_of
from services.customs.domain.declarations.phase import ENTERED, Phase
from services.customs.domain.declarations.rulebook import NoRulebook, Rulebook
from services.customs.domain.declarations.state import DeclarationState, declaration_state
from services.customs.domain.documents.changing import DocumentChange, RedrawnDocument, change_of
from services.customs.domain.documents.content import DrawnDocument
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.documents.state import DocumentState
from services.customs.domain.documents.stored import NewDocument, StoredDocument
from shared.kernel.ids import new_id

_NO_PARCEL: Final = ParcelFacts(is_queued=False, is_screened=False)
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
    rulebook: Rulebook | NoRulebook,
    takers: Takers,
    now: datetime,
    real_now: datetime,
) -> DossierChange | None:
    """After new facts of the order or the shipment. None: nothing changes."""
    drawing = _draw(file, rulebook=rulebook, takers=takers, now=now)
    change = _decided(file, drawing, parcel=parcel, now=now, real_now=real_now).change
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
    return _decided(file, _as_it_is(file), parcel=parcel, now=now, real_now=real_now)


def state_of(file: DossierFile, *, now: datetime) -> DeclarationState:
    """As it is."""
    return declaration_state(_case_of(file, _as_it_is(file), now=now))


@dataclass(frozen=True, slots=True)
class _Drawing:
    """What the documents are drawn from, and those that are new. `list_id`: the list that counts.
    `is_new`: they were drawn up now.
    """

    match: Match
    findings: tuple[Finding, ...]
    rulebook: str | None
    list_id: str | None
    is_new: bool = False
    new: tuple[NewDocument, ...] = ()
    redrawn: tuple[RedrawnDocument, ...] = ()


def _as_it_is(file: DossierFile) -> _Drawing:
    dossier = file.dossier
    match = match_of(dossier.list_id, dossier.findings)
    return _Drawing(match, dossier.findings, dossier.rulebook, dossier.list_id)


def _draw(
    file: DossierFile, *, rulebook: Rulebook | NoRulebook, takers: Takers, now: datetime
) -> _Drawing:
    """As long as the list has not left, every newer order or waybill is matched again, and the
    documents are drawn up from it.
    """
    dossier, current = file.dossier, file.current_list
    if dossier.cancelled_at is not None or (current is not None and current.attempts):
        return _as_it_is(file)
    if dossier.order is None or dossier.waybill is None:
        return _Drawing(Match.DRAFT, (), None, dossier.list_id)
    if isinstance(rulebook, NoRulebook):
        return _Drawing(Match.BLOCKED, rulebook.findings, rulebook.version, dossier.list_id)
    drawn = draw_up(
        dossier.order, dossier.waybill, cop_no=dossier.cop_no, rulebook=rulebook, now=now
    )
    taken = order_number_finding(dossier.subject.id, drawn.documents, takers)
    findings = drawn.findings if taken is None else (*drawn.findings, taken)
    if errors_of(findings):
        return _Drawing(Match.BLOCKED, findings, rulebook.version, dossier.list_id)
    new, redrawn = _drawn_documents(file, drawn.documents)
    lists = [one.id for one in new if one.drawn.kind is DocumentKind.LIST]
    return _Drawing(
        match=Match.COMPLETE,
        findings=findings,
        rulebook=rulebook.version,
        list_id=lists[0] if lists else dossier.list_id,
        is_new=True,
        new=tuple(new),
        redrawn=tuple(redrawn),
    )


def _drawn_documents(
    file: DossierFile, drawn: Sequence[DrawnDocument]
) -> tuple[list[NewDocument], list[RedrawnDocument]]:
    """Those that are new, and those that wait with an older content. What has left stays; under
    another number it is replaced.
    """
    last = {one.kind: one for one in file.documents}
    new, redrawn = [], []
    for one in drawn:
        stored = last.get(one.kind)
        if stored is not None and not stored.attempts:
            redrawn.append(RedrawnDocument(stored.id, one))
        elif stored is None or (stored.party_code, stored.number) != (one.party_code, one.number):
            new.append(_new_document(file, one, replaces=stored.id if stored else None))
    return new, redrawn


def _new_document(file: DossierFile, drawn: DrawnDocument, *, replaces: str | None) -> NewDocument:
    subject = file.dossier.subject
    return NewDocument(
        id=new_id("doc"),
        tenant_id=subject.merchant_id,
        declaration_id=subject.id,
        drawn=drawn,
        covers=(subject.id,),
        phase=DocumentPhase.QUEUED,
        send_at=None,
        replaces=replaces,
    )


def _decided(
    file: DossierFile,
    drawing: _Drawing,
    *,
    parcel: ParcelFacts | None,
    now: datetime,
    real_now: datetime,
) -> Decided:
    dossier = file.dossier
    case = _case_of(file, drawing, now=now)
    state = declaration_state(case)
    documents = tuple(
        _document_change(one, file, state, now=now, real_now=real_now) for one in file.documents
    )
    new = tuple(
        replace(one, send_at=real_now if one.id in state.sendable else None) for one in drawing.new
    )
    announcements, announced = announcements_of(file, case, state, drawing.findings, now=now)
    is_new_status = state.status is not dossier.status
    place = parcel or _NO_PARCEL
    joins = _joins_queue(file, state, place)
    change = DossierChange(
        declaration_id=dossier.subject.id,
        # Nothing more will come: the phase of its list matters no more.
        phase=state.status if state.status in _TAKEN_BACK else state.phase,
        status=state.status,
        phase_at=state.status_at if is_new_status else dossier.phase_at,
        channel=state.channel,
        list_id=drawing.list_id,
        cop_no=dossier.cop_no,
        findings=drawing.findings,
        rulebook=drawing.rulebook,
        is_matched=drawing.is_new,
        announced=announced,
        version=dossier.version + len(announcements),
        is_new_status=is_new_status,
        announcements=announcements,
        new_documents=new,
        redrawn=drawing.redrawn,
        documents=documents,
        joins_queue=joins,
        leaves_queue=place.is_queued and not joins and _leaves_queue(file, state),
    )
    return Decided(change, tuple(state.documents[one.id] for one in file.documents))


def _case_of(file: DossierFile, drawing: _Drawing, *, now: datetime) -> Case:
    facts = (*file.facts, *(one.facts for one in drawing.new))
    return Case(
        match=drawing.match,
        matched_at=now,
        documents=facts,
        predecessors=predecessors_of(facts),
        cancel_asked_at=file.dossier.cancelled_at,
    )


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
        is_sendable=document.id in state.sendable,
        now=now,
        real_now=real_now,
    )
    is_dropped = (
        file.dossier.cancelled_at is not None
        and document.kind in (DocumentKind.LIST, *BEFORE_LIST)
        and not document.attempts
    )
    return replace(change, phase=DocumentPhase.WITHDRAWN) if is_dropped else change


def _joins_queue(file: DossierFile, state: DeclarationState, place: ParcelFacts) -> bool:
    return (
        state.phase in ENTERED
        and state.phase is not Phase.CLOSED
        and file.dossier.cancelled_at is None
        and not place.is_queued
        and not place.is_screened
    )


def _leaves_queue(file: DossierFile, state: DeclarationState) -> bool:
    return state.phase in _LEFT_CUSTOMS or file.dossier.cancelled_at is not None


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
        or (change.phase, change.findings, change.rulebook, change.list_id)
        != (dossier.phase, dossier.findings, dossier.rulebook, dossier.list_id)
        or any((one.phase, one.send_at) != stored[one.id] for one in change.documents)
    )
