"""What scanners report about parcels, and what that changes."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from services.customs.domain.declarations.announcements import Announcement, Subject
from services.customs.domain.declarations.errors import DeclarationNotFound
from services.customs.domain.declarations.phase import Phase
from services.customs.domain.declarations.work import Work, work_after_screening
from services.customs.domain.documents.state import Channel
from services.customs.domain.lanes.errors import LaneNotFound, ScreeningContradicted
from shared.kernel.errors import AirlaneError

# The name by which a declaration remembers that its parcel has passed.
SCREENED: Final = "screened"


@dataclass(frozen=True, slots=True)
class Screening:
    """A report. The same values again are the same report."""

    declaration_id: str
    lane: int
    passed: bool
    screened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningAnnouncement(Announcement):
    lane: int
    passed: bool


@dataclass(frozen=True, slots=True)
class ScreenedParcel:
    """A declaration as far as screening goes. `is_held`: a screening failed and none has passed
    since. `screened_at`: when one passed. `announced`: the names of its facts that were announced.
    """

    subject: Subject
    status: Phase
    channel: Channel | None
    screened_at: datetime | None
    is_held: bool
    announced: tuple[str, ...]
    version: int
    has_departed: bool = False
    work: Work | None = None


@dataclass(frozen=True, slots=True)
class ScreeningOutcome:
    """`results`: one per report, in their order: whether it is new, or why it is refused. `parcels`
    are those that changed, by declaration.
    """

    results: tuple[bool | AirlaneError, ...]
    new: tuple[Screening, ...]
    parcels: Mapping[str, ScreenedParcel]
    announcements: tuple[ScreeningAnnouncement, ...]


def screen(
    parcels: Iterable[ScreenedParcel],
    reports: Iterable[Screening],
    *,
    lanes: Collection[int],
    known: Collection[Screening],
) -> ScreeningOutcome:
    """The reports in the order given, each accepted or refused by itself.

    A report that is `known` changes nothing. A failed screening holds the parcel until one passes.
    After that any other report contradicts.
    """
    before = {parcel.subject.id: parcel for parcel in parcels}
    changed: dict[str, ScreenedParcel] = {}
    seen = set(known)
    results: list[bool | AirlaneError] = []
    new: list[Screening] = []
    announcements: list[ScreeningAnnouncement] = []
    for report in reports:
        parcel = changed.get(report.declaration_id) or before.get(report.declaration_id)
        if parcel is None:
            results.append(DeclarationNotFound(declaration_id=report.declaration_id))
        elif report.lane not in lanes:
            results.append(LaneNotFound(lane=report.lane))
        elif report in seen:
            results.append(False)
        elif parcel.screened_at is not None:
            results.append(ScreeningContradicted(declaration_id=report.declaration_id))
        else:
            after = _after(parcel, report)
            changed[report.declaration_id] = after
            seen.add(report)
            new.append(report)
            announcements.append(_announcement(after, report))
            results.append(True)
    return ScreeningOutcome(tuple(results), tuple(new), changed, tuple(announcements))


def _after(parcel: ScreenedParcel, report: Screening) -> ScreenedParcel:
    version = parcel.version + 1
    work = work_after_screening(
        parcel.work,
        is_screened=report.passed,
        is_held=not report.passed,
        has_departed=parcel.has_departed,
    )
    if not report.passed:
        return replace(parcel, is_held=True, version=version, work=work)
    return replace(
        parcel,
        is_held=False,
        screened_at=report.screened_at,
        announced=(*parcel.announced, SCREENED),
        version=version,
        work=work,
    )


def _announcement(parcel: ScreenedParcel, report: Screening) -> ScreeningAnnouncement:
    return ScreeningAnnouncement(
        fact=SCREENED,
        subject=parcel.subject,
        version=parcel.version,
        at=report.screened_at,
        status=parcel.status,
        channel=parcel.channel,
        lane=report.lane,
        passed=report.passed,
    )
