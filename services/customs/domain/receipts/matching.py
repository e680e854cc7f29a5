"""Which document a receipt is about, if it is known here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.customs.domain.receipts.folding import AnsweredDeclaration, AnsweredDeparture
from services.customs.domain.receipts.outcome import phase_of_code
from services.customs.domain.receipts.receipt import (
    DEPARTURE_RECEIPT,
    Receipt,
    ReceiptIdentity,
)


@dataclass(frozen=True, slots=True)
class KeptReceipt:
    """As it is stored."""

    id: str
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class MatchedReceipt:
    """`document_id`: the declaration or the departure that it answers, None if it is not known
    here. `merchant_id` and `declaration_id` are those of the declaration, if it answers one.
    """

    receipt: Receipt
    document_id: str | None
    declaration_id: str | None
    merchant_id: str | None
    is_known_code: bool


def match_receipts(
    received: Sequence[Receipt],
    declarations: Iterable[AnsweredDeclaration],
    departures: Iterable[AnsweredDeparture],
) -> dict[ReceiptIdentity, MatchedReceipt]:
    """One entry per receipt, however often it was received."""
    subjects = {declaration.cop_no: declaration.subject for declaration in declarations}
    departure_ids = {departure.cop_no: departure.id for departure in departures}
    matched: dict[ReceiptIdentity, MatchedReceipt] = {}
    for receipt in received:
        identity = receipt.identity
        if identity in matched:
            continue
        is_departure = receipt.message_type == DEPARTURE_RECEIPT
        subject = None if is_departure else subjects.get(receipt.business_key)
        declaration_id = subject.id if subject else None
        matched[identity] = MatchedReceipt(
            receipt=receipt,
            document_id=departure_ids.get(receipt.business_key) if is_departure else declaration_id,
            declaration_id=declaration_id,
            merchant_id=subject.merchant_id if subject else None,
            is_known_code=phase_of_code(receipt.return_status) is not None,
        )
    return matched
