"""What receipts say about the door by which their documents left."""

from dataclasses import replace
from typing import Any

import pytest

from services.customs.domain.documents.correlation import MatchedReceipt
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.doors.answers import answers_of
from services.customs.domain.doors.breaker import UploadAnswer
from services.customs.domain.receipts.receipt import Receipt
from tests.support.documents import a_receipt, an_attempt, refused_message
from tests.support.dossiers import a_list

BUSY = "[Code:3001;Desc:busy]"


def heard(*receipts: Receipt, uploads: int = 1, **changes: Any) -> list[UploadAnswer]:
    """About one list, of which so many uploads have left, ten seconds apart."""
    document = replace(a_list(uploads=uploads), **({"phase": DocumentPhase.TRANSMITTED} | changes))
    attempts = [an_attempt(number, 10 * number) for number in range(1, uploads + 1)]
    matched = [MatchedReceipt(one, document) for one in receipts]
    return answers_of(matched, {document.id: attempts})


@pytest.mark.parametrize(
    ("code", "info", "is_transient"),
    [
        ("4", BUSY, True),
        ("4", "", True),
        ("-621020", "", True),
        ("4", "[Code:1002;Desc:signature]", False),
        ("-621099", "", False),
        ("2", BUSY, False),
        ("120", "", False),
        ("100", BUSY, False),
    ],
)
def test_only_what_asks_to_try_again_later_is_transient(
    code: str, info: str, is_transient: bool
) -> None:
    (answer,) = heard(a_receipt(code, 11, return_info=info))

    assert (answer.is_transient, answer.is_telling) == (is_transient, True)
    assert answer.message_guid == "MESSAGE-1"


def test_a_message_that_is_refused_as_a_whole_is_one_answer() -> None:
    (answer,) = heard(refused_message(1))

    assert (answer.message_guid, answer.is_transient) == ("MESSAGE-1", False)


def test_an_answer_that_is_not_transient_outweighs_one_that_is() -> None:
    (answer,) = heard(a_receipt("4", 12), a_receipt("2", 11), a_receipt("4", 13))

    assert not answer.is_transient


def test_what_customs_says_later_tells_nothing_about_the_port() -> None:
    answers = heard(a_receipt("800", 11), phase=DocumentPhase.ACCEPTED)

    assert [one.is_telling for one in answers] == [False]


def test_an_answer_to_an_upload_that_was_sent_again_tells_nothing() -> None:
    late, newest = heard(
        a_receipt("4", 13, guid="GUID-1-1"), a_receipt("4", 23, guid="GUID-1-2"), uploads=2
    )

    assert (late.message_guid, late.is_telling) == ("MESSAGE-1", False)
    assert (newest.message_guid, newest.is_telling) == ("MESSAGE-2", True)


def test_an_answer_of_a_clock_behind_ours_is_about_the_newest_upload_that_has_left() -> None:
    document = a_list(uploads=3, phase=DocumentPhase.TRANSMITTED)
    attempts = [an_attempt(1, 10), an_attempt(2, 20), an_attempt(3, 30, left_at=None)]
    answer = MatchedReceipt(a_receipt("2", -300), document)

    (found,) = answers_of([answer], {document.id: attempts})

    assert (found.message_guid, found.is_transient) == ("MESSAGE-2", False)


def test_a_document_that_fails_again_and_again_opens_no_door() -> None:
    third = heard(a_receipt("4", 31), uploads=3)
    fourth = heard(a_receipt("4", 41), uploads=4)

    assert [one.is_telling for one in third + fourth] == [True, False]


def test_a_receipt_of_nothing_that_has_left_is_no_answer() -> None:
    assert heard(a_receipt("4"), uploads=0) == []
    assert answers_of([MatchedReceipt(a_receipt("4"), None)], {}) == []
