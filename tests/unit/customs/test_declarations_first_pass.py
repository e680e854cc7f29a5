"""Whether customs took the first list as it was: by the definition of the figure."""

import pytest

from services.customs.domain.declarations.case import Case, Match
from services.customs.domain.declarations.first_pass import FirstDecision, first_decision
from tests.support.documents import a_document, a_receipt, an_attempt, at, refused_message

RELEASED, RETURNED = ["accepted", "released"], ["accepted", "returned"]


def a_case(*codes: str, lists: int = 1) -> Case:
    receipts = [a_receipt(code, n) for n, code in enumerate(codes, start=1)]
    documents = tuple(a_document(*receipts, id=f"list-{n}") for n in range(lists))
    return Case(match=Match.COMPLETE, matched_at=at(0), documents=documents)


@pytest.mark.parametrize(
    ("case", "announced", "new", "expected"),
    [
        (a_case("120", "800"), (), RELEASED, True),
        (a_case("4", "120", "800"), (), RELEASED, True),
        (a_case("120", "100"), (), RETURNED, False),
        (a_case("-301008", "120", "800"), (), RELEASED, False),
        (a_case("120", "800", lists=2), (), RELEASED, False),
        (a_case("120"), (), ["accepted"], None),
        (a_case("120", "800"), ("returned:AL0",), RELEASED, None),
        (a_case("120", "800", "899"), ("released:AL1",), ["closed"], None),
    ],
)
def test_only_the_first_decision_counts(
    case: Case, announced: tuple[str, ...], new: list[str], expected: bool | None
) -> None:
    facts = [(fact, at(n)) for n, fact in enumerate(new)]
    decided_at = at(len(new) - 1)

    found = first_decision(case, announced, facts)

    assert found == (None if expected is None else FirstDecision(expected, decided_at))


@pytest.mark.parametrize(("nodes", "expected"), [(25, True), (1, False)])
def test_a_message_refused_as_a_whole_counts_for_the_list_that_was_alone_in_it(
    nodes: int, *, expected: bool
) -> None:
    attempts = (an_attempt(nodes=nodes), an_attempt(2, 2))
    receipts = (refused_message(1), a_receipt("120", 3), a_receipt("800", 4))
    of_list = a_document(*receipts, attempts=attempts)
    case = Case(match=Match.COMPLETE, matched_at=at(0), documents=(of_list,))

    found = first_decision(case, (), [("accepted", at(3)), ("released", at(4))])

    assert found == FirstDecision(expected, at(4))
