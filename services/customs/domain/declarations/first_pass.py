"""Whether customs took the first list of a declaration as it was: the measure of how well lists are
checked before they leave.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.customs.domain.declarations.case import Case
from services.customs.domain.documents.document import DocumentFacts
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.phases import is_refusal
from services.customs.domain.documents.uploads import Uploads
from services.customs.domain.receipts.receipt import FORMAT_RECEIPT, Receipt
from services.customs.domain.receipts.retry import Retry, retry_class

_DECISIONS: Final = ("released", "returned")
# They say nothing about what the list holds.
_NOT_ITS_FAULT: Final = (Retry.TRANSIENT, Retry.TOO_MUCH, Retry.ALREADY_THERE, Retry.STALE)


@dataclass(frozen=True, slots=True)
class FirstDecision:
    """What customs decided first about a declaration, and when by its clock."""

    is_first_pass: bool
    at: datetime


def first_decision(
    case: Case, announced: Collection[str], new: Iterable[tuple[str, datetime]]
) -> FirstDecision | None:
    """None: customs has not just decided for the first time. `announced`: the names of the facts of
    before; `new`: the facts that have just become known, by their instants.
    """
    found = next(((fact, at) for fact, at in new if fact in _DECISIONS), None)
    if found is None or any(name.partition(":")[0] in _DECISIONS for name in announced):
        return None
    decided, at = found
    lists = [one for one in case.documents if one.kind is DocumentKind.LIST]
    was_refused = any(_is_its_fault(receipt, one) for one in lists for receipt in one.receipts)
    return FirstDecision(decided == "released" and len(lists) == 1 and not was_refused, at)


def _is_its_fault(receipt: Receipt, of_list: DocumentFacts) -> bool:
    """A message that was refused as a whole says nothing about one of several lists in it."""
    if not is_refusal(receipt.return_status):
        return False
    if receipt.message_type == FORMAT_RECEIPT:
        about = Uploads(of_list.attempts).about(receipt)
        if not any(attempt.nodes == 1 for attempt in about):
            return False
    return retry_class(receipt.return_status, receipt.return_info) not in _NOT_ITS_FAULT
