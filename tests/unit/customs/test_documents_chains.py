"""Of a document and the one that stands for it only one gets to customs."""

from dataclasses import replace
from typing import Any

import pytest

from services.customs.domain.documents.chains import (
    DocumentUnderWay,
    behind,
    is_entered,
    may_be_entered,
    require_decided,
)
from services.customs.domain.documents.document import DocumentFacts
from services.customs.domain.documents.fold import fold_document
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.receipts.receipt import DocumentKey
from tests.support.documents import NUMBER, a_document, a_receipt, an_attempt

BILL: dict[str, Any] = {
    "kind": DocumentKind.BILL,
    "parts": 2,
    "attempts": (an_attempt(part=1), an_attempt(part=2)),
}
SECOND = DocumentKey("P", NUMBER, 2)


@pytest.mark.parametrize(
    ("codes", "is_decided"),
    [
        ([], False),
        (["3"], False),
        (["3", "-621099"], True),
        (["4"], True),
        (["-621099"], True),
        (["120"], True),
        (["100"], True),
    ],
)
def test_what_customs_may_still_enter_is_not_replaced(codes: list[str], is_decided: bool) -> None:
    receipts = [a_receipt(code, n) for n, code in enumerate(codes, start=1)]
    state = fold_document(a_document(*receipts))

    if is_decided:
        require_decided("doc_1", state)
    else:
        with pytest.raises(DocumentUnderWay):
            require_decided("doc_1", state)


def test_an_upload_that_is_composed_is_under_way() -> None:
    attempts = (an_attempt(1, 0), an_attempt(2, 5, left_at=None))
    state = fold_document(a_document(a_receipt("-621099"), attempts=attempts))

    with pytest.raises(DocumentUnderWay):
        require_decided("doc_1", state)


def test_an_earlier_upload_that_has_arrived_is_under_way_though_the_newest_failed() -> None:
    attempts = (an_attempt(1, 0), an_attempt(2, 3))
    document = a_document(a_receipt("3", 1), a_receipt("-621099", 4), attempts=attempts)

    with pytest.raises(DocumentUnderWay):
        require_decided("doc_1", fold_document(document))


def test_a_document_of_which_customs_has_a_part_is_entered() -> None:
    state = fold_document(a_document(a_receipt("120"), a_receipt("-1", key=SECOND), **BILL))

    assert is_entered(state)


def chain(*codes: str | None) -> list[DocumentFacts]:
    """Each stands for the one before; None: it waits to be sent."""
    return [
        replace(
            a_document(a_receipt(code)) if code else a_document(attempts=()),
            id=f"doc_{n}",
            replaces=f"doc_{n - 1}" if n else None,
        )
        for n, code in enumerate(codes)
    ]


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (["-621099", None], []),
        (["120", None], ["doc_1"]),
        (["120", "-621099", None], ["doc_1", "doc_2"]),
        (["-621099", "120", None], ["doc_2"]),
        (["100", None], []),
        (["3", None], []),
    ],
)
def test_what_stands_for_a_document_that_customs_has_is_behind_it(
    codes: list[str | None], expected: list[str]
) -> None:
    documents = chain(*codes)
    states = {one.id: fold_document(one) for one in documents}

    assert sorted(behind(documents, states, is_entered)) == expected


def test_while_customs_may_enter_it_what_stands_for_it_waits() -> None:
    documents = chain("3", None)
    states = {one.id: fold_document(one) for one in documents}

    assert behind(documents, states, may_be_entered) == {"doc_1"}
