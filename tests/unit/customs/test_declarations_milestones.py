"""What others are told of a declaration, and how often."""

from dataclasses import replace

from services.customs.domain.declarations.case import Case, Match
from services.customs.domain.declarations.milestones import new_milestones
from services.customs.domain.declarations.state import declaration_state
from services.customs.domain.documents.document import DocumentFacts
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.receipts.receipt import DocumentKey
from tests.support.documents import a_document, a_receipt, an_attempt, at


def a_list(*codes: str) -> DocumentFacts:
    receipts = [a_receipt(code, n, invt_no="I1") for n, code in enumerate(codes, start=1)]
    return a_document(*receipts, id="list")


def a_cancellation(code: str) -> DocumentFacts:
    """Drawn up at 10 s, sent at 20 s and answered a second later."""
    cancellation = a_document(
        a_receipt(code, 21),
        kind=DocumentKind.CANCELLATION,
        id="cancellation",
        key=DocumentKey("P", "AL1-C"),
        attempts=(an_attempt(1, 20, guid="C"),),
    )
    return replace(cancellation, drawn_at=at(10))


def test_a_request_to_cancel_is_told_once_and_again_after_customs_declined() -> None:
    released = a_list("120", "800")
    told: tuple[str, ...] = ()

    def news(*documents: DocumentFacts, asked_at: float) -> list[str]:
        nonlocal told
        case = Case(Match.COMPLETE, at(0), documents, cancel_asked_at=at(asked_at))
        found = new_milestones(case, declaration_state(case), told)
        told += tuple(one.name for one in found)
        return [one.fact for one in found]

    assert news(a_list(), asked_at=5) == ["submitted"], "customs does not have it yet"
    assert news(released, asked_at=10) == ["accepted", "released", "cancel_requested"]
    asked = a_cancellation("3")
    assert news(released, asked, asked_at=10) == []
    # The next wish may be there when the answer comes, and is older by customs' clock.
    declined = a_cancellation("100")
    assert news(released, declined, asked_at=15) == ["cancel_declined", "cancel_requested"]
    assert news(released, declined, asked_at=15) == []
