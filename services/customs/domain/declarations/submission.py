"""The submission of a list: what it is sent as, and what changes once its message is in the folder.
It is repeated when the port failed or refused it for a passing reason.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.customs.domain.declarations.announcements import Announcement, Subject
from services.customs.domain.declarations.documents import OrderDocument, Waybill
from services.customs.domain.declarations.export_list import draw_up_list, export_list_document
from services.customs.domain.declarations.phase import Phase
from services.customs.domain.declarations.rulebook import Rulebook
from services.customs.domain.messages.document import Document
from services.customs.domain.messages.numbering import new_guid

_SECOND: Final = timedelta(seconds=1)
# The name by which a declaration remembers that its submission was announced.
SUBMITTED: Final = "submitted"


@dataclass(frozen=True, slots=True)
class QueuedList:
    """A declaration that waits for a message. `app_time`: of its last submission, if there was
    one.
    """

    declaration_id: str
    cop_no: str
    order: OrderDocument
    waybill: Waybill
    app_time: datetime | None


@dataclass(frozen=True, slots=True)
class Submission:
    """A list as it goes into a message."""

    declaration_id: str
    app_time: datetime
    document: Document


@dataclass(frozen=True, slots=True)
class SubmittedList:
    """A declaration whose message is being delivered, as locked. `announced`: the names of its
    facts that were announced.
    """

    subject: Subject
    phase: Phase
    status: Phase
    announced: tuple[str, ...]
    version: int


@dataclass(frozen=True, slots=True)
class SubmissionChange:
    """The declaration once its message is in the folder."""

    declaration_id: str
    phase: Phase
    status: Phase
    announced: tuple[str, ...]
    version: int
    announcement: Announcement | None


def submission_of(queued: QueuedList, *, rulebook: Rulebook, now: datetime) -> Submission:
    # appTime must grow from one submission to the next, or the port ignores the newer one as stale
    # (-301014).
    app_time = now if queued.app_time is None else max(now, queued.app_time + _SECOND)
    export = draw_up_list(queued.order, queued.waybill, cop_no=queued.cop_no, rulebook=rulebook)
    document = export_list_document(
        export, guid=new_guid(), app_time=app_time, parties=rulebook.parties
    )
    return Submission(queued.declaration_id, app_time, document)


def after_submission(declaration: SubmittedList, *, now: datetime) -> SubmissionChange:
    """Announced once, however often the list is submitted. A receipt that was quicker than our
    commit, or a cancellation, has moved the phase or the status on: that stays.
    """
    phase = Phase.TRANSMITTED if declaration.phase is Phase.QUEUED else declaration.phase
    status = Phase.TRANSMITTED if declaration.status is Phase.QUEUED else declaration.status
    if SUBMITTED in declaration.announced:
        return SubmissionChange(
            declaration.subject.id, phase, status, declaration.announced, declaration.version, None
        )
    version = declaration.version + 1
    announcement = Announcement(
        fact=SUBMITTED, subject=declaration.subject, version=version, at=now, status=status
    )
    announced = (*declaration.announced, SUBMITTED)
    return SubmissionChange(declaration.subject.id, phase, status, announced, version, announcement)
