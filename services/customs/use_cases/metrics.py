"""What customs counts beyond the kit's metrics. Counted after the commit: a rolled-back attempt
leaves no trace. The gauge of the lanes is set by a job, because the queue is in the database.
"""

from collections import Counter as Tally
from collections.abc import Iterable
from functools import partial
from typing import Final

from prometheus_client import Counter, Gauge

from services.customs.domain.declarations.findings import KINDS
from services.customs.domain.declarations.phase import Phase
from services.customs.domain.messages.writer import CEB509, CEB603
from services.customs.domain.receipts.retry import Retry
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


FAILED_UPLOADS: Final = Counter(
    "airlane_customs_uploads_failed", "Uploads the port refused, by what to do.", ["retry"]
)


MESSAGES: Final = Counter(
    "airlane_customs_messages_written", "Messages put into the transfer folder.", ["message_type"]
)


# A series that is born at 1 shows no increase.
for _phase in Phase:
    DECLARATIONS.labels(_phase.value)


for _code in KINDS:
    FINDINGS.labels(_code)


for _retry in Retry:
    FAILED_UPLOADS.labels(_retry.value)


for _message in (CEB603, CEB509):
    MESSAGES.labels(_message.message_type)


SCREENINGS: Final = Counter(
    "airlane_customs_screenings", "Screenings reported by the lanes.", ["lane", "passed"]
)


LANE_QUEUE: Final = Gauge(
    "airlane_customs_lane_queue_parcels", "Parcels waiting at a security lane.", ["lane"]
)


def count_after_commit(uow: UnitOfWork, counter: Counter, labels: Iterable[str]) -> None:
    """One per entry of `labels`, for a counter with one label."""
    for label, times in Tally(labels).items():
        uow.after_commit.append(partial(counter.labels(label).inc, times))


def add_after_commit(uow: UnitOfWork, counter: Counter, times: int) -> None:
    """For a counter without labels."""
    if times:
        uow.after_commit.append(partial(counter.inc, times))
