"""What customs counts beyond the kit's metrics. Counted after the commit, so that an attempt that
was rolled back leaves no trace. The gauge of the lanes is set by a job: the queue is in the
database.
"""

from collections import Counter as Tally
from collections.abc import Collection, Iterable
from datetime import datetime
from functools import partial
from typing import Final, Literal, get_args

from prometheus_client import Counter, Gauge, Histogram

from services.customs.domain.declarations.clocks import ALARM_OF_LEVEL, Alarm, Clock
from services.customs.domain.declarations.dossier import DossierChange
from services.customs.domain.declarations.finding_kinds import KINDS
from services.customs.domain.declarations.missing import Owner
from services.customs.domain.declarations.phase import Phase
from services.customs.domain.documents.changing import DocumentChange
from services.customs.domain.documents.correlation import MatchedReceipt
from services.customs.domain.documents.kinds import MESSAGE_TYPE, DocumentKind
from services.customs.domain.documents.phases import is_known_code
from services.customs.domain.documents.state import Mark
from services.customs.domain.doors.breaker import Cause
from services.customs.domain.inbound.message import InboundStatus, Reading
from services.customs.domain.lanes.screening import Screening
from services.customs.domain.movements.waiting import Stall
from services.customs.domain.receipts.retry import Retry
from services.customs.repository.work import NotedAlarm
from shared.db import UnitOfWork

DECLARATIONS: Final = Counter(
    "airlane_customs_declarations", "Declarations that reached a status.", ["status"]
)
FINDINGS: Final = Counter(
    "airlane_customs_findings", "Faults found by the three-document match, by code.", ["code"]
)
RECEIPTS: Final = Counter("airlane_customs_receipts", "Receipts stored, each once.")
UNKNOWN_RECEIPTS: Final = Counter(
    "airlane_customs_unknown_receipts", "Receipts with a status code this version does not know."
)
UNMATCHED_RECEIPTS: Final = Counter(
    "airlane_customs_unmatched_receipts", "Receipts for documents that are not known here."
)
FAILED_SUBMISSIONS: Final = Counter(
    "airlane_customs_uploads_failed", "Submissions that the port refused, by what to do.", ["retry"]
)
MESSAGES: Final = Counter(
    "airlane_customs_messages_written", "Messages put into the transfer folder.", ["message_type"]
)
INBOUND: Final = Counter(
    "airlane_customs_inbound_messages",
    "Messages of the port that were read, by status.",
    ["status"],
)
DELIVERIES: Final = Counter(
    "airlane_customs_deliveries",
    "Messages that tried a door: delivered, refused, or the door was down.",
    ["door", "outcome"],
)
DOOR_OPEN: Final = Gauge(
    "airlane_customs_door_open",
    "1: nothing may leave by the door, for this cause; 0: messages pass.",
    ["door", "cause"],
)
DOOR_TRANSIENT: Final = Gauge(
    "airlane_customs_door_transient_answers",
    "Of the last 20 answers of the port, how many say that it cannot do it now.",
    ["door"],
)
CLOCK_ALARMS: Final = Counter(
    "airlane_customs_clock_alarms",
    "Clocks of declarations that warned (70 % of the target) or were overrun.",
    ["clock", "alarm"],
)
FIRST_PASS: Final = Counter(
    "airlane_customs_first_decisions",
    "Declarations that customs released or returned for the first time; first_pass: the first list"
    " was released without a return or a refusal.",
    ["first_pass"],
)
STAGE_SECONDS: Final = Histogram(
    "airlane_customs_stage_seconds",
    "How long each clock of a declaration ran.",
    ["clock"],
    buckets=(10, 60, 300, 900, 1800, 3600, 7200, 14400, 43200, 86400, 172800),
)
RECEIPT_MARKS: Final = Counter(
    "airlane_customs_receipt_marks", "What receipts did to their documents.", ["mark"]
)
DOCUMENTS_WAITING: Final = Gauge(
    "airlane_customs_documents_waiting",
    "Documents that may leave and have not, by kind; the oldest 10,000 of all are counted.",
    ["kind"],
)
DOCUMENTS_WAITING_SECONDS: Final = Gauge(
    "airlane_customs_documents_waiting_oldest_seconds",
    "For how long the oldest of them may have left.",
    ["kind"],
)
WORK: Final = Gauge(
    "airlane_customs_work_declarations",
    "Declarations that wait for somebody, by owner; counted up to 1,000.",
    ["owner"],
)
PARK_WORK: Final = Gauge(
    "airlane_customs_park_work",
    "Refused messages, inbound messages that could not all be read, failed documents of many"
    " declarations; counted up to 1,000.",
    ["kind"],
)
SCREENINGS: Final = Counter(
    "airlane_customs_screenings", "Screenings reported by the lanes.", ["lane", "passed"]
)
LANE_QUEUE: Final = Gauge(
    "airlane_customs_lane_queue_parcels", "Parcels waiting at a security lane.", ["lane"]
)

LANE_USE: Final = Gauge(
    "airlane_customs_lane_use_ratio",
    "Parcels that a security lane screened in the last hour, as a share of its capacity.",
    ["lane"],
)
LANE_TAKEN: Final = Counter(
    "airlane_customs_lane_taken_parcels",
    "Parcels that a security lane took to screen; one whose scanner died is taken again.",
    ["lane"],
)
MOVEMENTS_STALLED: Final = Gauge(
    "airlane_customs_movements_stalled",
    "Parcels of which a report waits for longer than it should, by the reason.",
    ["reason"],
)
LISTS_TO_SUMMARISE: Final = Gauge(
    "airlane_customs_lists_to_summarise",
    "Released lists in no summary: later, due by the 15th, overdue.",
    ["age"],
)
LISTS_DUE_SECONDS: Final = Gauge(
    "airlane_customs_lists_to_summarise_due_seconds",
    "Until the end of the day by which released lists of a month that is over must be in a summary;"
    " below 0: overdue, NaN: none waits.",
)

EVIDENCE_SEALED: Final = Counter(
    "airlane_customs_evidence_sealed", "Entries of evidence that were sealed in a block."
)
EVIDENCE_UNSEALED: Final = Gauge(
    "airlane_customs_evidence_unsealed_entries", "Entries of evidence that wait for a block."
)
EVIDENCE_UNSEALED_SECONDS: Final = Gauge(
    "airlane_customs_evidence_unsealed_oldest_seconds", "For how long the oldest of them waits."
)

# A series that begins with its first event shows no increase.
for _phase in Phase:
    DECLARATIONS.labels(_phase.value)
for _code in KINDS:
    FINDINGS.labels(_code)
for _status in InboundStatus:
    INBOUND.labels(_status.value)
for _clock in Clock:
    for _alarm in (Alarm.WARNED, Alarm.OVERRUN):
        CLOCK_ALARMS.labels(_clock.value, _alarm.value)
    STAGE_SECONDS.labels(_clock.value)
for _is_first in ("true", "false"):
    FIRST_PASS.labels(_is_first)
for _mark in Mark:
    RECEIPT_MARKS.labels(_mark.value)
for _kind in DocumentKind:
    DOCUMENTS_WAITING.labels(_kind.value)
    DOCUMENTS_WAITING_SECONDS.labels(_kind.value)
for _owner in get_args(Owner):
    WORK.labels(_owner)
for _retry in Retry:
    FAILED_SUBMISSIONS.labels(_retry.value)
for _stall in Stall:
    MOVEMENTS_STALLED.labels(_stall.value)
for _message_type in MESSAGE_TYPE.values():
    MESSAGES.labels(_message_type)


def count_changes(uow: UnitOfWork, changes: Collection[DossierChange]) -> None:
    new = [change for change in changes if change.is_new_status]
    _count(uow, DECLARATIONS, (change.status for change in new))
    _count(uow, FINDINGS, (finding.code for change in new for finding in change.findings))
    firsts = (one.first.is_first_pass for one in changes if one.first is not None)
    _count(uow, FIRST_PASS, (str(is_first).lower() for is_first in firsts))
    for change in changes:
        for stopped in change.stopped:
            took = (change.phase_at - stopped.since).total_seconds()
            series = STAGE_SECONDS.labels(stopped.clock.value)
            uow.after_commit.append(partial(series.observe, max(took, 0.0)))


def count_reported(uow: UnitOfWork, departed_at: Iterable[datetime], *, now: datetime) -> None:
    """`departed_at`: of the parcels whose departure has just been reported."""
    series = STAGE_SECONDS.labels(Clock.REPORTING.value)
    for at in departed_at:
        uow.after_commit.append(partial(series.observe, max((now - at).total_seconds(), 0.0)))


def count_marks(uow: UnitOfWork, marks: Iterable[Mark]) -> None:
    _count(uow, RECEIPT_MARKS, (mark.value for mark in marks))


def count_receipts(
    uow: UnitOfWork, new: Collection[MatchedReceipt], changes: Iterable[DocumentChange]
) -> None:
    """`changes`: of the documents that they are about."""
    _add(uow, RECEIPTS, len(new))
    _add(uow, UNKNOWN_RECEIPTS, sum(not is_known_code(one.receipt.return_status) for one in new))
    _add(uow, UNMATCHED_RECEIPTS, sum(one.document is None for one in new))
    count_failures(uow, changes)


def count_failures(uow: UnitOfWork, changes: Iterable[DocumentChange]) -> None:
    _count(uow, FAILED_SUBMISSIONS, (one.retry for one in changes if one.retry is not None))


def count_alarms(uow: UnitOfWork, noted: Iterable[NotedAlarm]) -> None:
    for one in noted:
        for level in range(one.level_before + 1, one.level + 1):
            _add(uow, CLOCK_ALARMS.labels(one.clock, ALARM_OF_LEVEL[level].value), 1)


def count_reading(uow: UnitOfWork, reading: Reading) -> None:
    _add(uow, INBOUND.labels(reading.status), 1)


def count_sealed(uow: UnitOfWork, entries: int) -> None:
    _add(uow, EVIDENCE_SEALED, entries)


def count_delivery(
    uow: UnitOfWork, door: str, outcome: Literal["delivered", "refused", "down"]
) -> None:
    _add(uow, DELIVERIES.labels(door, outcome), 1)


def measure_door(door: str, *, cause: Cause | None, transient_answers: int) -> None:
    """`cause` None: it is closed, and messages pass."""
    for one in Cause:
        DOOR_OPEN.labels(door, one.value).set(one == cause)
    DOOR_TRANSIENT.labels(door).set(transient_answers)


def start_door(door: str) -> None:
    """A series that begins with its first event shows no increase."""
    measure_door(door, cause=None, transient_answers=0)
    for outcome in ("delivered", "refused", "down"):
        DELIVERIES.labels(door, outcome)


def count_screenings(uow: UnitOfWork, screenings: Iterable[Screening]) -> None:
    for screening in screenings:
        series = SCREENINGS.labels(str(screening.lane), str(screening.passed).lower())
        uow.after_commit.append(series.inc)


def count_taken(uow: UnitOfWork, lane: int, parcels: int) -> None:
    _add(uow, LANE_TAKEN.labels(str(lane)), parcels)


def count_message(uow: UnitOfWork, message_type: str) -> None:
    _add(uow, MESSAGES.labels(message_type), 1)


def _count(uow: UnitOfWork, counter: Counter, labels: Iterable[str]) -> None:
    """One per entry of `labels`, for a counter with one label."""
    for label, times in Tally(labels).items():
        _add(uow, counter.labels(label), times)


def _add(uow: UnitOfWork, series: Counter, times: int) -> None:
    if times:
        uow.after_commit.append(partial(series.inc, times))
