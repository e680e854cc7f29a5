"""A document in parts: each is sent until customs has it, and not once more."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.customs.domain.documents.document import DocumentFacts
from services.customs.domain.documents.fold import fold_document
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.documents.sending import (
    is_unanswered_or_failed,
    next_send_at,
    parts_to_send,
)
from services.customs.domain.documents.uploading import DueDocument, compose_uploads
from services.customs.domain.messages.document import Document
from services.customs.domain.messages.parties import Party
from services.customs.domain.messages.senders import Sender
from services.customs.domain.receipts.receipt import DocumentKey
from tests.support.documents import NUMBER, a_document, a_receipt, an_attempt

NOW = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
PARK = Sender(Party("P", "park"), "DXP")
# Customs has the first, the second goes again by itself, a person has to look at the third, nobody
# has answered the fourth, customs has returned the fifth, and the sixth is at the port.
CODES = ("120", "4", "-625099", None, "100", "3")


def in_parts(*codes: str | None) -> DocumentFacts:
    numbers = range(1, len(codes) + 1)
    return a_document(
        *(
            a_receipt(code, 1, key=DocumentKey("P", NUMBER, part))
            for part, code in zip(numbers, codes, strict=True)
            if code
        ),
        kind=DocumentKind.BILL,
        parts=len(codes),
        attempts=tuple(an_attempt(part=part) for part in numbers),
    )


@pytest.mark.parametrize(
    ("asked", "going"), [((), (2,)), (range(1, 7), (2, 3, 4, 6)), ((1, 4, 5), (2, 4))]
)
def test_only_the_parts_that_failed_or_were_not_answered_go_again(
    asked: tuple[int, ...], going: tuple[int, ...]
) -> None:
    assert parts_to_send(fold_document(in_parts(*CODES)), asked=asked) == going


def test_a_part_that_went_again_has_the_number_of_its_upload() -> None:
    """The first part was sent once, the second twice."""
    facts = in_parts("120", "4")
    again = replace(facts, attempts=(*facts.attempts, an_attempt(2, 5, part=2)))
    answered = a_receipt("120", 9, message_type="CEB608", key=DocumentKey("P", NUMBER, 2))

    assert fold_document(again).phase is DocumentPhase.TRANSMITTED
    whole = fold_document(replace(again, receipts=(*again.receipts, answered)))
    assert whole.phase is DocumentPhase.ACCEPTED


def test_what_others_stand_for_neither_goes_by_itself_nor_when_somebody_says_so() -> None:
    replaced = fold_document(replace(in_parts(*CODES), is_replaced=True))

    assert parts_to_send(replaced, asked=range(1, 7)) == ()
    assert next_send_at(replaced, now=NOW) is None
    assert not is_unanswered_or_failed(replaced)


def test_what_others_stand_for_is_taken_back_if_it_has_not_left() -> None:
    waiting = a_document(attempts=(), is_replaced=True)
    composed = a_document(attempts=(an_attempt(left_at=None),), is_replaced=True)

    assert fold_document(waiting).phase is DocumentPhase.WITHDRAWN
    assert fold_document(composed).phase is DocumentPhase.QUEUED


@pytest.mark.parametrize(("send_parts", "sent"), [(None, [1, 2, 3]), ((2, 3), [2, 3])])
def test_a_message_has_the_parts_that_go(
    send_parts: tuple[int, ...] | None, sent: list[int]
) -> None:
    parts = tuple(Document({"appType": "1", "msgSeqNo": str(n)}, ()) for n in (1, 2, 3))
    phase = DocumentPhase.SEND_FAILED
    due = DueDocument(
        "d", "t", DocumentKind.BILL, 1, 4, None, None, phase, (), parts, send_parts=send_parts
    )

    (composed,) = compose_uploads([due], park=PARK, signs=lambda *_: False, now=NOW)

    assert [(one.part, one.number) for one in composed.uploads] == [(n, 5) for n in sent]
