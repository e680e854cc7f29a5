"""What the office decides by itself: alike in every run, in the shares that it should be, and as
the park's own state machine understands it.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta

from deploy.sandbox.customs_office.answers.decisions import (
    Verdict,
    closing,
    failure_of,
    receipts_for,
    verdict_on,
)
from deploy.sandbox.customs_office.desk import Desk, Planned
from deploy.sandbox.customs_office.inbound.reading import read_upload
from services.customs.domain.documents.document import Attempt, DocumentFacts
from services.customs.domain.documents.fold import fold_document
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.documents.state import DocumentState
from services.customs.domain.receipts.receipt import DocumentKey, Receipt
from services.customs.domain.receipts.retry import Retry
from tests.support import uploads as ceb

AT = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
KEY = DocumentKey(ceb.AGENT, "AL1")
GOODS = [f"502 {20_000 + i}x{i % 7 + 1}" for i in range(4_000)]


def state_after(*receipts: Receipt) -> DocumentState:
    """Of a list that was uploaded once."""
    attempt = Attempt(1, 1, 1, "G1", "M1", AT, AT)
    facts = DocumentFacts(
        "doc_1", DocumentKind.LIST, KEY, 1, 1, None, False, (attempt,), tuple(receipts)
    )
    return fold_document(facts)


def test_content_of_a_list_is_where_it_goes_and_its_goods_in_whatever_order() -> None:
    def content(*items: str, cop_no: str) -> str:
        node = ceb.a_list([{"itemNo": item} for item in items], copNo=cop_no)
        (paper,) = read_upload(ceb.message("CEB603", node), "x").papers
        return paper.content

    assert content("B", "A", cop_no="AL1") == content("A", "B", cop_no="AL2") == "502 Ax4 Bx4"


def test_shares_of_verdicts_are_about_what_they_should_be() -> None:
    verdicts = Counter(verdict_on(goods, 1) for goods in GOODS)
    assert 0.005 < verdicts[Verdict.RETURN] / 4_000 < 0.016
    assert 0.005 < verdicts[Verdict.INSPECT] / 4_000 < 0.016
    assert 0.04 < verdicts[Verdict.INSPECT_THEN_RELEASE] / 4_000 < 0.06


def test_few_uploads_fail_and_customs_service_sends_them_again() -> None:
    failures = [step for goods in GOODS if (step := failure_of(goods, 1)) is not None]
    for step in failures:
        receipt = Receipt("CEB604", KEY, step.status, AT + step.after, step.info)
        assert state_after(receipt).retry is Retry.TRANSIENT
    assert {step.status for step in failures} == {"4", "-621017", "-301013"}
    assert 0.006 < len(failures) / 4_000 < 0.02


def test_few_answers_have_a_code_that_nobody_knows() -> None:
    strange = sum("777" in {s.status for s in receipts_for(goods, 1)} for goods in GOODS)
    assert 0.005 < strange / 4_000 < 0.016


def test_some_receipts_come_twice_and_some_out_of_order() -> None:
    sent = [receipts_for(goods, 1) for goods in GOODS]
    twice = sum(len(steps) != len({step.status for step in steps}) for steps in sent)
    overtaken = sum([s.after for s in steps] != sorted(s.after for s in steps) for steps in sent)
    assert twice > 100
    assert overtaken > 80


END_OF = {
    Verdict.RELEASE: (DocumentPhase.RELEASED,),
    Verdict.INSPECT_THEN_RELEASE: (DocumentPhase.RELEASED,),
    Verdict.INSPECT: (DocumentPhase.INSPECTION, DocumentPhase.MANUAL_REVIEW),
    Verdict.RETURN: (DocumentPhase.RETURNED,),
}


def test_customs_state_machine_ends_where_the_office_meant_it() -> None:
    for goods in GOODS[:1_500]:
        receipts = [
            Receipt("CEB604", KEY, step.status, AT + step.after, step.info)
            for step in receipts_for(goods, 1)
        ]
        assert state_after(*receipts).phase in END_OF[verdict_on(goods, 1)]


def test_closing_follows_departure_by_half_an_hour_at_least() -> None:
    step = closing(1, [GOODS[0]])
    assert step.status == "899"
    assert step.sent_after >= timedelta(minutes=30)


def answers(planned: list[Planned]) -> list[tuple[str, datetime, dict[str, str]]]:
    return [(one.answer.status, one.send_at, dict(one.answer.fields)) for one in planned]


def test_the_same_message_is_answered_alike_by_every_office_of_a_seed() -> None:
    raw = ceb.message(
        "CEB603",
        *(ceb.a_list([{"itemNo": f"SKU{n}"}], copNo=f"AL{n}", guid=ceb.guid(n)) for n in range(60)),
    )

    first, second = (answers(Desk(7).take(raw, "x", AT)) for _ in range(2))
    other_seed = answers(Desk(8).take(raw, "x", AT))

    assert first == second
    assert first != other_seed


def test_a_list_whose_upload_failed_is_decided_when_it_comes_again() -> None:
    sku = next(n for n in range(5_000) if failure_of(f"502 {n}x4", 1) is not None)
    desk = Desk(1)

    def take(guid: int) -> list[str]:
        node = ceb.a_list([{"itemNo": str(sku)}], guid=ceb.guid(guid))
        planned = desk.take(ceb.message("CEB603", node), "x", AT + timedelta(minutes=guid))
        return [one.answer.status for one in planned]

    (failure,), failed = take(1), {key.number for key in desk.ledger.failed}
    again = take(2)

    assert failure in ("4", "-621017", "-301013")
    assert failed == {"AL0001"}
    assert set(again) >= {"2", "3"}
    assert not desk.ledger.failed
