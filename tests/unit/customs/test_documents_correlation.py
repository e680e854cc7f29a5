"""Which document a receipt answers: by the keys of the specification, of whomever."""

from dataclasses import replace

import pytest

from services.customs.domain.receipts.receipt import DocumentKey
from tests.support.documents import a_receipt
from tests.support.dossiers import a_list


@pytest.mark.parametrize(
    ("party_code", "is_answered"),
    [("P", True), ("", True), ("91420700MAA1RL0089", False), ("p", False)],
)
def test_a_receipt_of_another_enterprise_with_our_number_is_not_about_our_document(
    party_code: str, is_answered: bool
) -> None:
    """Without a party (JSON) the number has to do."""
    document = replace(a_list(), party_code="P", number="AL1")
    receipt = replace(a_receipt("120"), key=DocumentKey(party_code, "AL1"))

    assert document.answers(receipt) is is_answered


def test_a_document_of_an_earlier_release_knows_no_enterprise() -> None:
    document = replace(a_list(), party_code="", number="AL1")

    assert document.answers(replace(a_receipt("120"), key=DocumentKey("ANY", "AL1")))


def test_another_number_or_kind_is_not_about_it() -> None:
    document = replace(a_list(), party_code="P", number="AL1")

    assert not document.answers(replace(a_receipt("120"), key=DocumentKey("P", "AL2")))
    assert not document.answers(
        replace(a_receipt("120"), message_type="CEB606", key=DocumentKey("P", "AL1"))
    )
