"""What receipts say about the door that their documents left by."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from services.customs.domain.documents.correlation import MatchedReceipt
from services.customs.domain.documents.document import Attempt
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.documents.stored import StoredDocument
from services.customs.domain.documents.uploads import Uploads, fault_of, is_failure
from services.customs.domain.doors.breaker import UploadAnswer
from services.customs.domain.receipts.receipt import FORMAT_RECEIPT, Receipt
from services.customs.domain.receipts.retry import Retry

_UNANSWERED: Final = (DocumentPhase.QUEUED, DocumentPhase.TRANSMITTED)
# A document that fails again and again may have a fault of its own: it opens no door.
_TELLING_UPLOADS_MAX: Final = 3


def answers_of(
    new: Iterable[MatchedReceipt], attempts: Mapping[str, Sequence[Attempt]]
) -> list[UploadAnswer]:
    """One for each upload that the receipts are about; an answer that is not transient outweighs
    one that is. `new`: with their documents as they were before. Telling is what comes first: later
    receipts speak of customs, which may be well while the port is not.
    """
    found: dict[tuple[str, str], UploadAnswer] = {}
    for one in new:
        receipt, document = one.receipt, one.document
        tried = attempts.get(document.id, ()) if document else ()
        about = _about(receipt, tried)
        if document is None or about is None:
            continue
        key = (document.id, about.guid)
        is_transient = is_failure(receipt) and fault_of(receipt) is Retry.TRANSIENT
        if key not in found or (found[key].is_transient and not is_transient):
            words = f"{receipt.return_status} {receipt.return_info}".strip()
            telling = _is_telling(document, about, tried)
            found[key] = UploadAnswer(about.message_guid, is_transient, telling, words)
    return list(found.values())


def _about(receipt: Receipt, tried: Sequence[Attempt]) -> Attempt | None:
    """By our guid, or the newest that has left. Customs' clock does not matter here: if it is
    behind ours, no answer would ever be about a probe.
    """
    if receipt.message_type == FORMAT_RECEIPT:
        return next(iter(Uploads(tried).about(receipt)), None)
    uploads = Uploads([attempt for attempt in tried if attempt.part == receipt.key.part])
    named = uploads.named(receipt.guid)
    left = [attempt for attempt in uploads.attempts if attempt.left_at is not None]
    return named or (left[-1] if left else uploads.newest)


def _is_telling(document: StoredDocument, about: Attempt, tried: Sequence[Attempt]) -> bool:
    return (
        document.phase in _UNANSWERED
        and about.number == tried[-1].number
        and about.number <= _TELLING_UPLOADS_MAX
    )
