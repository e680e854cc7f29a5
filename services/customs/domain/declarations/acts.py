"""What people do with a declaration: each act is a pure decision about its dossier as locked. All
raise StepNotAllowed where the status does not allow the step.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.customs.domain.declarations.cancellations import cancellation_of
from services.customs.domain.declarations.cancelling import CancelRequest
from services.customs.domain.declarations.deciding import (
    as_it_is,
    decided,
    draw,
    state_of,
)
from services.customs.domain.declarations.dossier import DossierChange, DossierFile, ParcelFacts
from services.customs.domain.declarations.drawing.dossier import Takers
from services.customs.domain.declarations.errors import NothingToResend, StillFaulty
from services.customs.domain.declarations.finding_kinds import KINDS
from services.customs.domain.declarations.findings import Finding, errors_of
from services.customs.domain.declarations.phase import Phase
from services.customs.domain.declarations.repairing import chosen_repairs, with_repairs
from services.customs.domain.declarations.repairs import Repair
from services.customs.domain.declarations.rulebook import Rulebook
from services.customs.domain.declarations.steps import Step
from shared.kernel.errors import FieldProblem
from shared.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts on which dossier, when, and by which rules. `by`: the client. `real_now` dates the
    next upload."""

    file: DossierFile
    parcel: ParcelFacts | None
    by: str
    now: datetime
    real_now: datetime
    rulebook: Rulebook
    takers: Takers


def cancel(acting: Acting, *, reason: str, confirmed: bool) -> DossierChange:
    """Withdrawn if customs does not have the list; else customs is asked to cancel it, as soon as
    the list has a number. What is on its way is decided once it is answered. Raises
    StepNeedsConfirmation after the release.
    """
    state = state_of(acting.file, now=acting.now)
    state.require(Step.CANCEL, confirmed=confirmed)
    request = CancelRequest(acting.now, reason, acting.by)
    file = replace(acting.file, dossier=replace(acting.file.dossier, cancel_request=request))
    drawing = as_it_is(file)
    # Customs has declined once: it is asked anew.
    if state.declined is not None and (again := cancellation_of(file, state, now=acting.now)):
        drawing = replace(drawing, new=(again,))
    return decided(
        file, drawing, parcel=acting.parcel, now=acting.now, real_now=acting.real_now
    ).change


def clone(acting: Acting, *, repairs: Sequence[Repair]) -> DossierChange:
    """Declared again under a new number, from the newest order and waybill. Raises StillFaulty."""
    state_of(acting.file, now=acting.now).require(Step.CLONE)
    file = _repaired(acting, repairs)
    drawing = draw(
        file, rulebook=acting.rulebook, takers=acting.takers, now=acting.now, clone_id=new_id("doc")
    )
    _refuse_faults(drawing.findings)
    return decided(
        file, drawing, parcel=acting.parcel, now=acting.now, real_now=acting.real_now
    ).change


def amend(acting: Acting, *, repairs: Sequence[Repair]) -> DossierChange:
    """New content under the same number, from the newest order and waybill, sent as a change
    (appType 2). Raises StillFaulty.
    """
    state_of(acting.file, now=acting.now).require(Step.AMEND)
    file = _repaired(acting, repairs)
    drawing = draw(
        file, rulebook=acting.rulebook, takers=acting.takers, now=acting.now, amends=True
    )
    _refuse_faults(drawing.findings)
    return decided(
        file, drawing, parcel=acting.parcel, now=acting.now, real_now=acting.real_now
    ).change


def repair(acting: Acting, *, given: Sequence[Repair], apply_suggested: bool) -> DossierChange:
    """A blocked declaration is matched again with the repairs, and queued if no fault is left. One
    that the port refused for its content is declared again. Raises NothingToRepair,
    RepairImpossible, and for a refused one StillFaulty.
    """
    state = state_of(acting.file, now=acting.now)
    state.require(Step.REPAIR)
    found = acting.file.dossier.findings
    # What is wrong with a document before the list may have been mended elsewhere.
    repairs = chosen_repairs(
        found, given, apply_suggested=apply_suggested, may_be_none=bool(state.at_fault)
    )
    is_blocked = state.status is Phase.BLOCKED
    if not is_blocked and (Step.CLONE in state.allowed or not state.at_fault):
        return clone(acting, repairs=repairs)
    file = _repaired(acting, repairs)
    current = file.current_list
    has_left = current is not None and current.attempts > 0
    drawing = draw(
        file,
        rulebook=acting.rulebook,
        takers=acting.takers,
        now=acting.now,
        amends=has_left and not is_blocked,
    )
    if not is_blocked:
        _refuse_faults(drawing.findings)
    return decided(
        file, drawing, parcel=acting.parcel, now=acting.now, real_now=acting.real_now
    ).change


def resend(acting: Acting, *, document_ids: Collection[str] | None = None) -> DossierChange:
    """Those of its documents that failed or were never answered, or of these the ones named, go
    once more at once. Raises NothingToResend for one that is named and need not go.
    """
    state = state_of(acting.file, now=acting.now)
    state.require(Step.RESEND)
    for document_id in document_ids or ():
        if document_id not in state.resendable:
            raise NothingToResend(document_id=document_id)
    return decided(
        acting.file,
        as_it_is(acting.file),
        parcel=acting.parcel,
        now=acting.now,
        real_now=acting.real_now,
        resent=state.resendable if document_ids is None else document_ids,
    ).change


def _repaired(acting: Acting, repairs: Sequence[Repair]) -> DossierFile:
    """Raises RepairImpossible."""
    dossier = acting.file.dossier
    if dossier.order is None or not repairs:
        return acting.file
    kept = with_repairs(dossier.order, dossier.repairs, repairs, at=acting.now, by=acting.by)
    return replace(acting.file, dossier=replace(dossier, repairs=kept))


def _refuse_faults(findings: Sequence[Finding]) -> None:
    """Raises StillFaulty."""
    if errors := errors_of(findings):
        problems = [
            FieldProblem(
                one.pointer or "",
                one.code,
                KINDS[one.code].text,
                KINDS[one.code].fix,
                one.shown,
            )
            for one in errors
        ]
        raise StillFaulty(problems=problems)
