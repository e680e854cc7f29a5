"""Outcomes that a document's number tells."""

from datetime import timedelta

import pytest

from deploy.sandbox.customs_office.answers.decisions import receipts_for
from deploy.sandbox.customs_office.inbound.papers import Key
from tests.support import uploads as ceb
from tests.unit.sandbox.office_desk import AT, Office

LISTS = {
    "100": ["2", "3", "100"],
    "120": ["2", "3", "120"],
    "300": ["2", "3", "120", "300"],
    "500": ["2", "3", "120", "500"],
    "800": ["2", "3", "120", "399", "800"],
    "300-800": ["2", "3", "120", "300", "399", "800"],
    "500-800": ["2", "3", "120", "500", "399", "800"],
    "800-899": ["2", "3", "120", "399", "800", "899"],
    "-301014": ["-301014"],
    "-621004": ["-621004"],
    "900": ["-1"],
    "none": [],
}


@pytest.mark.parametrize("told", LISTS)
def test_the_end_of_a_lists_number_chooses_its_answers(told: str) -> None:
    assert Office().codes("CEB603", ceb.a_list(copNo=f"AL~{told}")) == LISTS[told]


@pytest.mark.parametrize("code", ["4", "-621017", "-301013"])
def test_a_fault_that_passes_comes_once(code: str) -> None:
    office = Office()
    node = ceb.a_list([{"itemNo": "SKU7"}], copNo=f"AL~{code}")

    first, second = (office.codes("CEB603", node) for _ in range(2))

    usual = sorted(receipts_for("502 SKU7x4", 1), key=lambda step: step.after)
    assert first == [code]
    assert second == [step.status for step in usual]


def test_a_fault_that_passes_may_be_followed_by_an_outcome() -> None:
    office = Office()
    node = ceb.a_list(copNo="AL~-621017~100")

    assert office.codes("CEB603", node) == ["-621017"]
    assert office.codes("CEB603", node) == ["2", "3", "100"]


def test_an_unknown_code_comes_besides_the_usual_ones() -> None:
    told = Office().codes("CEB603", ceb.a_list(copNo="AL~999"))
    usual = Office().codes("CEB603", ceb.a_list(copNo="AL"))

    assert sorted(told) == sorted([*usual, "999"])


@pytest.mark.parametrize(
    ("kind", "node", "codes"),
    [
        ("CEB303", ceb.an_order(orderNo="O~100"), ["2", "100"]),
        ("CEB505", ceb.a_waybill(logisticsNo="W~-504011"), ["-504011"]),
        ("CEB507", ceb.an_arrival(copNo="AR~100"), ["2", "100"]),
        ("CEB509", ceb.a_departure(copNo="DP~none"), []),
        ("CEB215", ceb.a_tally(coElNo="RT~4"), ["4"]),
        ("CEB213", ceb.a_return(coElNo="RT~-625001", invtNo="1"), ["-625001"]),
    ],
)
def test_the_other_kinds_are_told_by_their_own_numbers(
    kind: str, node: str, codes: list[str]
) -> None:
    assert Office().codes(kind, node) == codes


def test_an_order_number_speaks_to_its_first_list_only() -> None:
    office = Office()
    number = "ORD-1~603:100"

    assert office.codes("CEB303", ceb.an_order(orderNo=number))[-1] != "100"
    office.take("CEB505", ceb.a_waybill())
    first = office.codes("CEB603", ceb.a_list(copNo="AL1", orderNo=number))
    office.wait(hours=1)
    second = office.codes("CEB603", ceb.a_list(copNo="AL2", orderNo=number))

    assert first == ["2", "3", "100"]
    assert second != first


def test_one_number_of_a_message_can_refuse_all_of_it() -> None:
    office = Office()
    nodes = ceb.a_list(copNo="AL1") + ceb.a_list(copNo="AL~900", guid=ceb.guid(2))

    (planned,) = office.take("CEB603", nodes)

    assert planned.answer.kind.message == "CEB900"
    assert "AL1" in planned.answer.fields["oriBizMessage"]
    assert not office.desk.ledger.documents


def test_receipts_come_twice_or_backwards_or_late() -> None:
    def sent(words: str) -> list[tuple[str, timedelta]]:
        planned = Office().take("CEB603", ceb.a_list(copNo=f"AL~800{words}"))
        return [(one.answer.status, one.send_at - AT) for one in planned]

    plain = sent("")
    later = [(code, wait + timedelta(minutes=20)) for code, wait in plain]
    assert sorted(sent("~twice")) == sorted([*plain, *later])
    assert [code for code, _ in sent("~mixed")] == [code for code, _ in reversed(plain)]
    assert sent("~late") == [(code, wait + timedelta(hours=6)) for code, wait in plain]


def test_receipts_that_come_twice_are_the_same_receipts() -> None:
    planned = Office().take("CEB603", ceb.a_list(copNo="AL~100~twice"))

    answers = [tuple(one.answer.values()) for one in planned]

    assert len(answers) == 2 * len(set(answers))


def test_what_is_never_answered_is_on_file() -> None:
    office = Office()
    office.take("CEB603", ceb.a_list(copNo="AL~none"))

    assert Key("CEB603", ceb.AGENT, "AL~none") in office.desk.ledger.documents
    assert office.codes("CEB603", ceb.a_list(copNo="AL~none")) == ["-621004"]


def test_numbers_that_only_look_like_it_say_nothing() -> None:
    usual = Office().codes("CEB603", ceb.a_list(copNo="AL"))

    for number in ("AL-100", "AL100", "AL~abc", "AL~", "AL~605:100", "100"):
        assert Office().codes("CEB603", ceb.a_list(copNo=number)) == usual
