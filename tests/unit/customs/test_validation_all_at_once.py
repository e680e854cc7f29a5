"""All that is wrong is told at once: no fault hides another, and none is told twice."""

from dataclasses import replace

import pytest

from services.customs.clients.reference import sender_rules
from services.customs.domain.declarations.documents import OrderDocument, OrderLine
from services.customs.domain.declarations.examining import Papers, examine
from services.customs.domain.declarations.findings import Finding
from services.customs.domain.declarations.rulebook import Rulebook
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.messages.parties import PartyRole, nobody
from services.customs.domain.messages.senders import sending_plan
from tests.support.customs import NOW, RULEBOOK, a_line, a_waybill, an_order

ALL_SENT = replace(RULEBOOK, sends_before=(DocumentKind.ORDER, DocumentKind.WAYBILL))
NO_FIRM = Finding(
    "customs.party.own_missing",
    {"role": "ecommerce_firm", "mode": "9610", "day": "2026-11-22"},
    mover="merchant",
)
NO_CLIENT = "customs.party.no_client"
TOO_LONG = "T" * 1001  # of CEB303 alone: itemDescribe has at most 1000


def found(
    order: OrderDocument, rulebook: Rulebook = ALL_SENT, *, taker: str | None = None
) -> set[tuple[str, str | None]]:
    """Code and pointer of each; no two are the same."""
    platform = rulebook.platform_of(order.store)
    takers = {} if taker is None else {(platform.code, order.order_no): taker}
    papers = Papers("dec_1", order, a_waybill(order))
    findings = examine(papers, rulebook=rulebook, takers=takers, now=NOW).findings
    told = {(one.code.rpartition(".")[2], one.pointer) for one in findings}
    assert len(told) == len(findings)
    return told


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"quantity": 0}, {("quantity", "/order/lines/0/quantity")}),
        ({"quantity": -1}, {("quantity", "/order/lines/0/quantity")}),
        ({"unit_price_minor": 0}, {("value_zero", "/order/lines/0/unit_price_minor")}),
        ({"unit_price_minor": -5}, {("value_zero", "/order/lines/0/unit_price_minor")}),
    ],
)
@pytest.mark.parametrize("others", [(), (a_line(2),)])
def test_nothing_follows_from_the_sum_of_a_faulty_line(
    change: dict[str, int], said: set[tuple[str, str]], others: tuple[OrderLine, ...]
) -> None:
    sound = an_order(a_line(1), *others)
    order = replace(sound, lines=(a_line(1, **change), *others))

    papers = Papers("dec_1", order, a_waybill(sound))
    findings = examine(papers, rulebook=ALL_SENT, takers={}, now=NOW).findings

    assert {(one.code.rpartition(".")[2], one.pointer) for one in findings} == said
    assert [one.repair for one in findings] == [None]


def test_the_weight_of_the_order_is_not_mended_by_that_of_a_line_without_weight() -> None:
    order = replace(an_order(), lines=(a_line(1, net_weight_g=0, gross_weight_g=0), a_line(2)))
    findings = examine(
        Papers("dec_1", order, a_waybill(order)), rulebook=ALL_SENT, takers={}, now=NOW
    ).findings

    assert findings
    assert {one.repair for one in findings} == {None}


def test_a_fault_of_a_line_does_not_explain_one_of_another_line() -> None:
    order = an_order(a_line(1, title_zh=None), a_line(2, title_zh="灯" * 251))

    assert found(order) == {
        ("name_missing", "/order/lines/0/title_zh"),
        ("field", "/list/lines/1/gname"),
    }


def test_faults_of_the_list_do_not_hide_those_of_the_order_message() -> None:
    order = an_order(a_line(1, hs_code="770000"), a_line(2, title=TOO_LONG))

    assert found(order) == {
        ("hs_code", "/order/lines/0/hs_code"),
        ("field", "/ceb303/lines/1/itemDescribe"),
    }


def test_what_is_wrong_in_several_messages_for_one_reason_is_told_once() -> None:
    order = an_order(a_line(1, title_zh=None), a_line(2), currency="XPF", order_number="N" * 61)

    assert found(order) == {
        ("name_missing", "/order/lines/0/title_zh"),
        ("currency_without_code", "/order/currency"),
        ("field", "/list/orderNo"),
    }


def test_a_number_that_is_taken_is_told_with_the_faults_of_the_list() -> None:
    order = an_order(a_line(1, hs_code="770000"))

    assert found(order, taker="dec_2") == {
        ("hs_code", "/order/lines/0/hs_code"),
        ("order_number_taken", "/order/order_number"),
    }


def test_a_missing_receipt_of_payment_is_told_with_the_faults_of_the_list() -> None:
    order = an_order(a_line(1, hs_code="770000"))
    rulebook = replace(RULEBOOK, sends_before=(DocumentKind.PAYMENT,))

    assert found(order, rulebook) == {
        ("hs_code", "/order/lines/0/hs_code"),
        ("payment_missing", "/payment"),
    }


def test_an_enterprise_that_cannot_be_named_does_not_hide_the_faults_of_the_goods() -> None:
    unnamed = replace(ALL_SENT, parties=nobody("4700", "4700"), unnamed=(NO_FIRM,))

    assert found(an_order(), unnamed) == {("own_missing", None)}
    assert found(an_order(a_line(1, hs_code="770000")), unnamed) == {
        ("own_missing", None),
        ("hs_code", "/order/lines/0/hs_code"),
    }


def test_a_message_that_nobody_can_send_is_told_with_the_rest() -> None:
    plan = sending_plan("303,505,603", "505:logistics,303:ecommerce_firm", sender_rules())
    rulebook = replace(ALL_SENT, plan=plan)
    order = an_order(a_line(1, hs_code="770000"))
    papers = Papers("dec_1", order, a_waybill(order))

    findings = examine(papers, rulebook=rulebook, takers={}, now=NOW).findings

    told = {one.params["message_type"]: one for one in findings if one.code == NO_CLIENT}
    assert {name: one.params["role"] for name, one in told.items()} == {
        "CEB303": "ecommerce_firm",
        "CEB505": "logistics",
    }
    assert {one.owner for one in told.values()} == {"park"}
    assert len(findings) == 3, "and the fault of the goods"
    assert "logistics firm" in told["CEB505"].text("en")

    clients = {PartyRole.LOGISTICS: "DXPLOGISTICS0001", PartyRole.FIRM: "DXPFIRM000000001"}
    able = replace(rulebook, parties=replace(rulebook.parties, dxp_ids=clients))
    assert found(an_order(), able) == set()
