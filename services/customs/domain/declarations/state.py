"""From the documents of a declaration to its state: what it is, what may be sent, what people may
do next. A pure function of documents (uploads and receipts), match and cancellation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.customs.domain.declarations.case import Case
from services.customs.domain.declarations.folded import Folded
from services.customs.domain.declarations.permitting import allows, goes, may_be_sent_again
from services.customs.domain.declarations.phase import Phase
from services.customs.domain.declarations.refusals import Refusal
from services.customs.domain.declarations.steps import (
    CONFIRMED,
    STEP_NAMES,
    STEPS,
    Step,
    StepNeedsConfirmation,
    step_not_allowed,
)
from services.customs.domain.documents.chains import is_entered
from services.customs.domain.documents.fold import fold_document
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.documents.state import Channel, DocumentState
from services.customs.domain.receipts.receipt import Receipt


@dataclass(frozen=True, slots=True)
class DeclarationState:
    """`phase`: of the current list; `status`: what others see. `documents`: the state of each, by
    id. `declined`: customs' refusal to cancel the current list, unless somebody has wished for it
    since. `too_late_since`: from then on customs cannot be asked any more, although somebody wishes
    for it. `needs_cancellation`: a CEB605 has to be drawn up. `surplus`: ids of other lists that
    customs has of the same parcel; `surplus_to_cancel`: those that a CEB605 has to be drawn up
    about. `sendable`: ids of the documents that wait to be sent and may be; when a failed one goes
    again, `next_send_at` says. `resendable`: those that a person may send once more. `overtaken`:
    those that stand for one that customs has entered after all. `waits_for`: kinds that customs
    must accept before the list goes, `phase_before`: where these are; `at_fault`: documents of
    them that were refused or returned for what they say. `refusals`: of the documents that count.
    """

    phase: Phase
    status: Phase
    status_at: datetime
    documents: Mapping[str, DocumentState]
    list_id: str | None
    cancellation_id: str | None
    declined: Receipt | None
    too_late_since: datetime | None
    needs_cancellation: bool
    surplus: tuple[str, ...]
    surplus_to_cancel: tuple[str, ...]
    sendable: tuple[str, ...]
    resendable: tuple[str, ...]
    overtaken: frozenset[str]
    waits_for: frozenset[DocumentKind]
    phase_before: Mapping[DocumentKind, DocumentPhase]
    at_fault: tuple[str, ...]
    refusals: tuple[Refusal, ...]
    allowed: frozenset[Step]

    @property
    def current(self) -> DocumentState | None:
        return self.documents[self.list_id] if self.list_id else None

    @property
    def is_wish_answered(self) -> bool:
        """The wish to cancel it: done, declined, or too late."""
        answers = (self.declined, self.too_late_since)
        return self.status is Phase.CANCELLED or any(one is not None for one in answers)

    @property
    def second_returns(self) -> tuple[str, ...]:
        """Ids of returns and tallies that customs has beside one that they were to replace."""
        return tuple(sorted(one for one in self.overtaken if is_entered(self.documents[one])))

    @property
    def channel(self) -> Channel | None:
        return self.current.channel if self.current else None

    def require(self, step: Step, *, confirmed: bool = False) -> None:
        """Raises StepNotAllowed or StepNeedsConfirmation."""
        if step not in self.allowed:
            raise step_not_allowed(self.status, step, self.allowed)
        if self.status in CONFIRMED.get(step, ()) and not confirmed:
            raise StepNeedsConfirmation(step=STEP_NAMES[step])


def declaration_state(case: Case) -> DeclarationState:
    folded = Folded(case, {one.id: fold_document(one) for one in case.documents})
    resendable = tuple(one.id for one in case.documents if may_be_sent_again(folded, one))
    return DeclarationState(
        phase=folded.phase,
        status=folded.status,
        status_at=folded.status_at,
        documents=folded.states,
        list_id=folded.list.id if folded.list is not None else None,
        cancellation_id=folded.cancellation.id if folded.cancellation is not None else None,
        declined=folded.declined,
        too_late_since=folded.too_late_since(),
        needs_cancellation=folded.needs_cancellation(),
        surplus=tuple(one.id for one in folded.surplus),
        surplus_to_cancel=tuple(one.id for one in folded.surplus if folded.is_to_cancel(one)),
        sendable=tuple(one.id for one in case.documents if goes(folded, one)),
        resendable=resendable,
        overtaken=folded.overtaken,
        waits_for=folded.waits_for,
        phase_before=folded.phase_before(),
        at_fault=folded.at_fault(),
        refusals=tuple(folded.refusals()),
        allowed=frozenset(
            step
            for step in Step
            if folded.status in STEPS[step] and allows(folded, step, resendable)
        ),
    )
