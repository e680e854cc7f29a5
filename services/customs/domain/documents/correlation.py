"""Which document a receipt is about, if it is known here."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.customs.domain.documents.document import Attempt
from services.customs.domain.documents.state import Mark
from services.customs.domain.documents.stored import DocumentHistory, StoredDocument
from services.customs.domain.receipts.receipt import (
    FORMAT_RECEIPT,
    DocumentKey,
    Receipt,
    ReceiptIdentity,
)


@dataclass(frozen=True, slots=True)
class KeptReceipt:
    """As it is stored. `mark` is None while its document is not known here. It came `times` times,
    first at `received_at`.
    """

    id: str
    receipt: Receipt
    mark: Mark | None
    times: int
    received_at: datetime


def kept_receipt(  # noqa: PLR0917 - a row's columns
    receipt_id: str,
    message_type: str,
    party_code: str,
    number: str,
    part: int,
    return_status: str,
    return_time: datetime,
    return_info: str,
    guid: str | None,
    pre_no: str | None,
    invt_no: str | None,
    sum_no: str | None,
    mark: str | None,
    times: int,
    received_at: datetime,
) -> KeptReceipt:
    """From the values of its row."""
    receipt = Receipt(
        message_type=message_type,
        key=DocumentKey(party_code, number, part),
        return_status=return_status,
        return_time=return_time,
        return_info=return_info,
        guid=guid,
        pre_no=pre_no,
        invt_no=invt_no,
        sum_no=sum_no,
    )
    return KeptReceipt(receipt_id, receipt, Mark(mark) if mark else None, times, received_at)


@dataclass(frozen=True, slots=True)
class MatchedReceipt:
    """`document` is what it answers, None if that is not known here. A message that was refused as
    a whole (CEB900) has many: the first stands for them.
    """

    receipt: Receipt
    document: StoredDocument | None


def match_receipts(
    received: Sequence[Receipt],
    documents: Collection[StoredDocument],
    attempts: Mapping[str, Iterable[Attempt]],
) -> dict[ReceiptIdentity, MatchedReceipt]:
    """One entry per receipt, however often it was received."""
    by_number: dict[str, list[StoredDocument]] = {}
    by_message: dict[str, StoredDocument] = {}
    for document in documents:
        by_number.setdefault(document.number, []).append(document)
        for attempt in attempts.get(document.id, ()):
            by_message.setdefault(attempt.message_guid, document)
    matched: dict[ReceiptIdentity, MatchedReceipt] = {}
    for receipt in received:
        if receipt.identity in matched:
            continue
        number = receipt.key.number
        if receipt.message_type == FORMAT_RECEIPT:
            found = by_message.get(number)
        else:
            found = next((one for one in by_number.get(number, ()) if one.answers(receipt)), None)
        matched[receipt.identity] = MatchedReceipt(receipt, found)
    return matched


def touched_documents(
    documents: Iterable[StoredDocument], history: DocumentHistory, new: Iterable[Receipt]
) -> set[str]:
    """Ids of the documents that any of the new receipts is about."""
    identities = {receipt.identity for receipt in new}
    return {
        one.id
        for one in documents
        if any(receipt.identity in identities for receipt in history.facts_of(one).receipts)
    }


def add_repetitions(
    kept: Iterable[KeptReceipt],
    received: Iterable[Receipt],
    attempts: Mapping[str, Iterable[Attempt]],
) -> tuple[list[KeptReceipt], list[KeptReceipt]]:
    """The kept ones with what their repetitions add, and those of them that this changed.

    The port repeats a receipt under other guids. The one that names our newest upload says most,
    whenever it comes.
    """
    numbers = {one.guid: one.number for tried in attempts.values() for one in tried}

    def number(guid: str | None) -> int:
        return numbers.get(guid.upper(), 0) if guid else 0

    repeated: dict[ReceiptIdentity, list[Receipt]] = {}
    for receipt in received:
        repeated.setdefault(receipt.identity, []).append(receipt)
    every: list[KeptReceipt] = []
    changed: list[KeptReceipt] = []
    for one in kept:
        said = one.receipt
        for again in repeated.get(said.identity, ()):
            said = replace(
                said,
                guid=again.guid if number(again.guid) > number(said.guid) else said.guid,
                pre_no=said.pre_no or again.pre_no,
                invt_no=said.invt_no or again.invt_no,
                sum_no=said.sum_no or again.sum_no,
            )
        every.append(one if said == one.receipt else replace(one, receipt=said))
        if said != one.receipt:
            changed.append(every[-1])
    return every, changed
