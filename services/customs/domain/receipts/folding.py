"""What new receipts make of the documents they answer: phase and status, the facts to announce, the
next submission, and whether the parcel joins or leaves the queue of a lane.

A document is always folded from all its receipts, so the order in which they arrived, and how
often, makes no difference.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from services.customs.domain.declarations.announcements import Announcement, Subject
from services.customs.domain.declarations.phase import ENTERED, Channel, Phase
from services.customs.domain.lanes.queue import JoiningParcel
from services.customs.domain.receipts.meanings import meaning_of
from services.customs.domain.receipts.outcome import Outcome, after_receipts, new_facts
from services.customs.domain.receipts.receipt import (
    DEPARTURE_RECEIPT,
    LIST_RECEIPT,
    Receipt,
    parse_return_info,
)
from services.customs.domain.receipts.retry import Retry
from services.customs.domain.receipts.settlement import Settlement, settle
from shared.kernel.words import words

_LEFT_CUSTOMS: Final = (Phase.RETURNED, Phase.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class AnsweredDeclaration:
    """A declaration that receipts are about, as locked. `announced`: the names of its facts that
    were announced.
    """

    subject: Subject
    cop_no: str
    phase: Phase
    status: Phase
    announced: tuple[str, ...]
    version: int
    attempts: int
    settled_at: datetime | None
    is_cancelled: bool
    is_screened: bool
    cut_off_at: datetime | None
    lane: int | None
    pre_no: str | None
    invt_no: str | None


@dataclass(frozen=True, slots=True)
class AnsweredDeparture:
    """A departure report that receipts are about."""

    id: str
    cop_no: str
    phase: Phase


@dataclass(frozen=True, slots=True)
class DeclarationChange:
    """A declaration afterwards. `settled_at` and `resend_at` are set where the submission is to be
    repeated. `joining`: its parcel joins a queue, `leaves_queue`: it leaves the one it is in.
    """

    declaration_id: str
    phase: Phase
    status: Phase
    channel: Channel | None
    phase_at: datetime
    announced: tuple[str, ...]
    version: int
    pre_no: str | None
    invt_no: str | None
    unknown_receipts: int
    lane: int | None
    settled_at: datetime | None
    resend_at: datetime | None
    retry: Retry | None
    is_new_status: bool
    announcements: tuple[Announcement, ...]
    joining: JoiningParcel | None
    leaves_queue: bool


@dataclass(frozen=True, slots=True)
class Folded:
    declarations: tuple[DeclarationChange, ...]
    departures: tuple[AnsweredDeparture, ...]

    @property
    def announcements(self) -> list[Announcement]:
        return [one for change in self.declarations for one in change.announcements]

    @property
    def joining(self) -> list[JoiningParcel]:
        return [change.joining for change in self.declarations if change.joining is not None]

    @property
    def leaving(self) -> list[str]:
        return [change.declaration_id for change in self.declarations if change.leaves_queue]

    def in_lanes(self, lanes: Mapping[str, int]) -> "Folded":
        """With the lanes that the joining parcels were assigned, by declaration."""
        declarations = tuple(
            replace(change, lane=lanes[change.declaration_id]) if change.joining else change
            for change in self.declarations
        )
        return replace(self, declarations=declarations)


def fold(
    declarations: Iterable[AnsweredDeclaration],
    departures: Iterable[AnsweredDeparture],
    receipts: Sequence[Receipt],
    *,
    fresh: Collection[str],
    now: datetime,
    real_now: datetime,
) -> Folded:
    """`receipts`: all that there are. `fresh`: the copNos of those that are new; the documents of
    others stay as they are.
    """
    by_document: dict[tuple[str, str], list[Receipt]] = {}
    for receipt in receipts:
        key = (receipt.message_type, receipt.business_key)
        by_document.setdefault(key, []).append(receipt)
    return Folded(
        tuple(
            fold_declaration(
                one, by_document.get((LIST_RECEIPT, one.cop_no), []), now=now, real_now=real_now
            )
            for one in declarations
            if one.cop_no in fresh
        ),
        tuple(
            fold_departure(one, by_document.get((DEPARTURE_RECEIPT, one.cop_no), []))
            for one in departures
            if one.cop_no in fresh
        ),
    )


def fold_departure(departure: AnsweredDeparture, receipts: Iterable[Receipt]) -> AnsweredDeparture:
    outcome = after_receipts(receipts)
    return replace(departure, phase=outcome.phase) if outcome.moves else departure


def fold_declaration(
    declaration: AnsweredDeclaration,
    receipts: Iterable[Receipt],
    *,
    now: datetime,
    real_now: datetime,
) -> DeclarationChange:
    """`now` dates a status that no receipt caused, `real_now` the next submission."""
    outcome = after_receipts(receipts, settled_at=declaration.settled_at)
    settlement = settle(
        outcome,
        before=declaration.phase,
        is_cancelled=declaration.is_cancelled,
        attempts=declaration.attempts,
    )
    announcements = _announcements(declaration, outcome, settlement)
    last_at = outcome.last.return_time if outcome.last else None
    resends = settlement.resend_after is not None
    joins = _joins_queue(declaration, settlement)
    leaves = not joins and declaration.lane is not None and settlement.phase in _LEFT_CUSTOMS
    return DeclarationChange(
        declaration_id=declaration.subject.id,
        phase=settlement.phase,
        status=settlement.status,
        channel=outcome.channel,
        phase_at=last_at or now,
        announced=(*declaration.announced, *(one.fact for one in announcements)),
        version=declaration.version + len(announcements),
        pre_no=_last(receipt.pre_no for receipt in outcome.moves) or declaration.pre_no,
        invt_no=_last(receipt.invt_no for receipt in outcome.moves) or declaration.invt_no,
        unknown_receipts=len(outcome.unknown),
        lane=None if leaves else declaration.lane,
        settled_at=last_at if resends else None,
        resend_at=real_now + settlement.resend_after if settlement.resend_after else None,
        retry=outcome.retry,
        is_new_status=settlement.status is not declaration.status,
        announcements=announcements,
        joining=_parcel(declaration) if joins else None,
        leaves_queue=leaves,
    )


def _announcements(
    declaration: AnsweredDeclaration, outcome: Outcome, settlement: Settlement
) -> tuple[Announcement, ...]:
    found = new_facts(outcome, frozenset(declaration.announced))
    return tuple(
        Announcement(
            fact=fact,
            subject=declaration.subject,
            version=version,
            at=receipt.return_time,
            status=settlement.status,
            channel=outcome.channel,
            return_status=receipt.return_status,
            detail=parse_return_info(receipt.return_info).text or None,
            meaning=words(meaning_of(receipt.return_status).text),
        )
        for version, (fact, receipt) in enumerate(found, start=declaration.version + 1)
    )


def _last(numbers: Iterable[str | None]) -> str | None:
    return next((number for number in reversed(list(numbers)) if number), None)


def _joins_queue(declaration: AnsweredDeclaration, settlement: Settlement) -> bool:
    return (
        settlement.phase in ENTERED
        and settlement.phase is not Phase.CLOSED
        and declaration.lane is None
        and not declaration.is_screened
        and not declaration.is_cancelled
    )


def _parcel(declaration: AnsweredDeclaration) -> JoiningParcel:
    subject = declaration.subject
    return JoiningParcel(subject.id, subject.merchant_id, declaration.cut_off_at)
