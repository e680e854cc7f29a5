"""What a change of a declaration tells others."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from services.customs.domain.declarations.announcements import Announcement
from services.customs.domain.declarations.case import Case, Match
from services.customs.domain.declarations.dossier import DossierFile
from services.customs.domain.declarations.findings import Finding, summary
from services.customs.domain.declarations.milestones import Milestone, new_milestones, withdrawn
from services.customs.domain.declarations.phase import Phase
from services.customs.domain.declarations.state import DeclarationState
from services.customs.domain.receipts.meanings import meaning_of
from services.customs.domain.receipts.receipt import parse_return_info
from shared.kernel.words import words


def announcements_of(
    file: DossierFile,
    case: Case,
    state: DeclarationState,
    findings: Sequence[Finding],
    *,
    now: datetime,
) -> tuple[tuple[Announcement, ...], tuple[str, ...]]:
    """Those that are new, numbered, and the names of all facts that were announced."""
    dossier = file.dossier
    milestones = new_milestones(case, state, dossier.announced)
    if dossier.cancel_request is not None and (taken_back := withdrawn(state, dossier.announced)):
        milestones = (*milestones, taken_back)
    found = [_announcement(file, state, one) for one in milestones]
    if case.match is Match.BLOCKED and findings != dossier.findings:
        found.insert(0, _blocked(file, findings, now=now))
    numbered = tuple(
        replace(one, version=version)
        for version, one in enumerate(found, start=dossier.version + 1)
    )
    return numbered, (*dossier.announced, *(one.name for one in milestones))


def _blocked(file: DossierFile, findings: Sequence[Finding], *, now: datetime) -> Announcement:
    found = summary(findings)
    return Announcement(
        fact="blocked",
        subject=file.dossier.subject,
        version=0,
        at=now,
        status=Phase.BLOCKED,
        detail=found.en,
        meaning=found,
    )


def _announcement(file: DossierFile, state: DeclarationState, milestone: Milestone) -> Announcement:
    announcement = Announcement(
        fact=milestone.fact,
        subject=file.dossier.subject,
        version=0,
        at=milestone.at,
        status=state.status,
    )
    receipt = milestone.receipt
    if milestone.why is not None:
        why = words(milestone.why)
        return replace(announcement, channel=state.channel, detail=why.en, meaning=why)
    if receipt is None:
        return announcement
    return replace(
        announcement,
        channel=state.channel,
        return_status=receipt.return_status,
        detail=parse_return_info(receipt.return_info).text or None,
        meaning=words(meaning_of(receipt.return_status, message_type=receipt.message_type).text),
    )
