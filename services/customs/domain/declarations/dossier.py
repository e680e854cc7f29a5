"""What new facts make of a dossier: matched and queued, blocked, or withdrawn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.customs.domain.declarations.announcements import Announcement, Subject
from services.customs.domain.declarations.documents import OrderDocument, Waybill
from services.customs.domain.declarations.export_list import draw_up_list, export_list_document
from services.customs.domain.declarations.facts import DossierFacts
from services.customs.domain.declarations.findings import Finding, errors_of, summary
from services.customs.domain.declarations.match import check_list
from services.customs.domain.declarations.phase import OPEN, Phase, phase_after_cancel
from services.customs.domain.declarations.rulebook import Rulebook
from services.customs.domain.messages.numbering import guid_text

_ANY_GUID = guid_text("0" * 32)


@dataclass(frozen=True, slots=True)
class Dossier:
    """A declaration with the documents it is made from, as locked."""

    subject: Subject
    cop_no: str
    phase: Phase
    status: Phase
    order: OrderDocument | None
    waybill: Waybill | None
    is_cancelled: bool
    attempts: int
    lane: int | None
    findings: tuple[Finding, ...]
    version: int


@dataclass(frozen=True, slots=True)
class DossierChange:
    """The declaration afterwards."""

    declaration_id: str
    phase: Phase
    status: Phase
    lane: int | None
    version: int
    rulebook: str | None = None
    findings: tuple[Finding, ...] = ()
    announcement: Announcement | None = None


@dataclass(frozen=True, slots=True)
class DossierChanges:
    """Of a slice. `leaving`: declarations whose parcels leave the lanes' queues; `rebooked`: those
    whose parcels are in a queue and may have a new cut-off.
    """

    changes: tuple[DossierChange, ...]
    leaving: tuple[str, ...]
    rebooked: tuple[str, ...]

    @property
    def announcements(self) -> list[Announcement]:
        return [c.announcement for c in self.changes if c.announcement is not None]


def decide_all(
    dossiers: Sequence[Dossier],
    facts: Iterable[DossierFacts],
    *,
    rulebook: Rulebook,
    now: datetime,
) -> DossierChanges:
    """`dossiers`: as they are with these `facts`."""
    booked = {fact.order_id for fact in facts if fact.shipment is not None}
    changes = [decide(dossier, rulebook=rulebook, now=now) for dossier in dossiers]
    queued = [dossier for dossier in dossiers if dossier.lane is not None]
    return DossierChanges(
        changes=tuple(change for change in changes if change is not None),
        leaving=tuple(one.subject.id for one in queued if one.is_cancelled),
        rebooked=tuple(one.subject.id for one in queued if one.subject.order_id in booked),
    )


def decide(dossier: Dossier, *, rulebook: Rulebook, now: datetime) -> DossierChange | None:
    """None: nothing changes."""
    if dossier.is_cancelled:
        return _cancelled(dossier)
    if dossier.phase in OPEN and dossier.order is not None and dossier.waybill is not None:
        findings = _check(
            dossier.order, dossier.waybill, dossier.cop_no, rulebook=rulebook, now=now
        )
        if findings:
            return _blocked(dossier, findings, rulebook, now)
        return _queued(dossier, rulebook)
    return None


def _cancelled(dossier: Dossier) -> DossierChange | None:
    after = phase_after_cancel(dossier.phase, in_a_message=dossier.attempts > 0)
    if after is dossier.status:
        return None
    return DossierChange(
        declaration_id=dossier.subject.id,
        phase=after if after is Phase.WITHDRAWN else dossier.phase,
        status=after,
        lane=None,
        version=dossier.version,
    )


def _queued(dossier: Dossier, rulebook: Rulebook) -> DossierChange:
    return DossierChange(
        declaration_id=dossier.subject.id,
        phase=Phase.QUEUED,
        status=Phase.QUEUED,
        lane=dossier.lane,
        version=dossier.version,
        rulebook=rulebook.version,
    )


def _blocked(
    dossier: Dossier, findings: tuple[Finding, ...], rulebook: Rulebook, now: datetime
) -> DossierChange | None:
    if dossier.phase is Phase.BLOCKED and dossier.findings == findings:
        return None  # announced already
    found = summary(findings)
    version = dossier.version + 1
    return DossierChange(
        declaration_id=dossier.subject.id,
        phase=Phase.BLOCKED,
        status=Phase.BLOCKED,
        lane=dossier.lane,
        version=version,
        rulebook=rulebook.version,
        findings=findings,
        announcement=Announcement(
            fact="blocked",
            subject=dossier.subject,
            version=version,
            at=now,
            status=Phase.BLOCKED,
            detail=found.en,
            meaning=found,
        ),
    )


def _check(
    order: OrderDocument, waybill: Waybill, cop_no: str, *, rulebook: Rulebook, now: datetime
) -> tuple[Finding, ...]:
    """What keeps the list here."""
    export = draw_up_list(order, waybill, cop_no=cop_no, rulebook=rulebook)
    document = export_list_document(export, guid=_ANY_GUID, app_time=now, parties=rulebook.parties)
    return errors_of(check_list(order, waybill, export, document, rulebook))
