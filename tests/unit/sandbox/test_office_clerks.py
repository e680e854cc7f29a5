"""Orders, waybills, lists and their cancellation at the office: what comes on file, what is
returned, and what follows for the others.
"""

import pytest

from deploy.sandbox.customs_office.clerks.case import Rules
from tests.support import uploads as ceb
from tests.unit.sandbox.office_desk import AT, EARLIER, LATER, Office, released


@pytest.fixture
def office() -> Office:
    return Office()


VERSIONED = {
    "CEB303": (ceb.an_order, "-301010", "-301014"),
    "CEB403": (ceb.a_payment, "-401007", "-401012"),
    "CEB505": (ceb.a_waybill, "-504015", "-505016"),
    "CEB603": (ceb.a_list, "-621004", "-301014"),
    "CEB215": (ceb.a_tally, "-800003", "-800005"),
}


@pytest.mark.parametrize("kind", VERSIONED)
def test_a_number_that_is_under_way_is_there_already_and_an_older_message_is_stale(
    office: Office, kind: str
) -> None:
    make, there, stale = VERSIONED[kind]
    office.take(kind, make())

    assert office.codes(kind, make(appTime=LATER)) == [there]
    assert office.codes(kind, make(appTime=EARLIER)) == [stale]


def test_the_same_upload_handed_over_twice_is_answered_once(office: Office) -> None:
    raw = ceb.message("CEB603", ceb.a_list())

    first, second = (office.desk.take(raw, name, AT) for name in ("a", "b"))

    assert first
    assert second == []


@pytest.mark.parametrize("kind", VERSIONED)
def test_a_change_of_what_is_not_there_is_unknown(office: Office, kind: str) -> None:
    (code,) = office.codes(kind, VERSIONED[kind][0](appType="2"))

    assert code in ("-301009", "-401006", "-504014", "-621006", "-2002")


def test_a_returned_list_may_be_changed_or_come_anew_and_a_released_one_may_not(
    office: Office,
) -> None:
    office.take("CEB603", ceb.a_list(copNo="AL~100"))
    office.wait(hours=1)
    assert office.codes("CEB603", ceb.a_list(copNo="AL~100", appType="2", appTime=LATER))[0] == "2"

    office.take("CEB603", ceb.a_list(copNo="AL~800", logisticsNo="W2"))
    office.wait(hours=1)
    changed = ceb.a_list(copNo="AL~800", logisticsNo="W2", appType="2", appTime=LATER)
    assert office.codes("CEB603", changed) == ["-621010"]


def test_answers_to_a_version_that_was_changed_do_not_leave(office: Office) -> None:
    first = office.take("CEB603", ceb.a_list(copNo="AL~120"))
    office.wait(minutes=2.5)
    office.take("CEB603", ceb.a_list(copNo="AL~120", appType="2", appTime=LATER))

    left = [one.answer.status for one in first if one.is_due_still]

    assert left == ["2", "3"]


def test_an_unsigned_list_that_does_not_say_so_is_refused_and_an_order_is_not(
    office: Office,
) -> None:
    assert office.codes("CEB603", ceb.a_list(), note=None) == ["-621028"]
    assert office.codes("CEB509", ceb.a_departure(), note="test") == ["-1004"]
    assert office.codes("CEB507", ceb.an_arrival(appStatus="2"), note=None) == ["-1004"]
    assert office.codes("CEB507", ceb.an_arrival(appStatus="1"), note=None)[0] == "2"
    assert office.codes("CEB303", ceb.an_order(), note=None)[0] == "2"
    assert office.desk.tolerated == {}


def test_a_faulty_value_refuses_one_document_and_not_its_neighbours(office: Office) -> None:
    nodes = [ceb.an_order(goodsValue="1"), ceb.an_order(orderNo="ORD-2", guid=ceb.guid(2))]

    planned = office.desk.take(ceb.message("CEB303", *nodes), "x", AT)

    codes = [(one.answer.fields["orderNo"], one.answer.status) for one in planned]
    assert codes[0] == ("ORD-1", "-301008")
    assert {number for number, _ in codes[1:]} == {"ORD-2"}
    assert "goodsValue" in planned[0].answer.fields["returnInfo"]


def test_without_orders_of_an_enterprise_its_lists_need_none(office: Office) -> None:
    assert office.codes("CEB603", ceb.a_list(copNo="AL~120")) == ["2", "3", "120"]


def test_once_an_enterprise_sends_orders_its_lists_need_order_and_waybill(office: Office) -> None:
    office.take("CEB303", ceb.an_order())

    other_order = ceb.a_list(copNo="AL1", orderNo="ORD-9")
    assert office.codes("CEB603", other_order) == ["-621006"]
    assert office.codes("CEB603", ceb.a_list(copNo="AL2")) == ["-621019"]
    office.take("CEB505", ceb.a_waybill())
    assert office.codes("CEB603", ceb.a_list(copNo="AL3~120")) == ["2", "3", "120"]


def test_an_order_that_was_returned_is_as_good_as_none(office: Office) -> None:
    office.take("CEB303", ceb.an_order(orderNo="O~100"))
    office.wait(hours=1)

    assert office.codes("CEB603", ceb.a_list(orderNo="O~100")) == ["-621006"]


MISMATCHES: dict[str, tuple[list[ceb.Line] | None, dict[str, str | None]]] = {
    "ebcCode": (None, {"ebcCode": ceb.CARRIER}),
    "goodsValue, line 1: totalPrice": ([{"price": "6", "totalPrice": "24"}], {}),
    "gnum": ([{"gnum": "2"}], {}),
    "line 1: itemNo": ([{"itemNo": "SKU2"}], {}),
    "line 1: currency": ([{"currency": "142"}], {}),
    "line 1: qty": ([{"qty": "2", "price": "10"}], {}),
    "grossWeight": (None, {"grossWeight": "2.6"}),
    "packNo": (None, {"packNo": "2"}),
}


@pytest.mark.parametrize("names", MISMATCHES)
def test_a_list_that_does_not_match_is_returned_and_the_fields_are_named(names: str) -> None:
    office = Office(Rules(needs_transaction_data=True))
    office.take("CEB303", ceb.an_order())
    office.take("CEB505", ceb.a_waybill())
    lines, changes = MISMATCHES[names]

    last = office.take("CEB603", ceb.a_list(lines, **changes))[-1].answer

    assert last.status == "100"
    assert last.fields["returnInfo"] == f"[Code:1402;Desc:三单比对不符: {names}]"


def test_an_order_that_a_list_uses_cannot_be_changed_until_the_list_is_gone() -> None:
    office = Office()
    office.take("CEB303", ceb.an_order())
    office.take("CEB505", ceb.a_waybill())
    office.take("CEB603", ceb.a_list(copNo="AL~100"))

    used = [
        office.codes(kind, make(appType="2", appTime=LATER))
        for kind, make in (("CEB303", ceb.an_order), ("CEB505", ceb.a_waybill))
    ]
    office.wait(hours=1)

    assert used == [["-301011"], ["-504016"]]
    assert office.codes("CEB303", ceb.an_order(appType="2", appTime=LATER))[0] == "2"


def test_a_list_under_way_is_cancelled_and_says_nothing_more(office: Office) -> None:
    planned = office.take("CEB603", ceb.a_list(copNo="AL~500-800"))
    office.wait(minutes=6)
    number = office.file("AL~500-800").invt_no

    assert office.codes("CEB605", ceb.a_cancellation(invtNo=number)) == ["2", "399"]
    office.wait(hours=1)
    assert office.file("AL~500-800").status_at(office.now) == "cancelled"
    assert [one.answer.status for one in planned if one.is_due_still] == ["2", "3", "120"]
    again = ceb.a_cancellation(copNo="CX2", invtNo=number)
    assert office.codes("CEB605", again) == ["-623009"]
    assert office.codes("CEB603", ceb.a_list(copNo="AL2~120"))[0] == "2"  # its order is free


def test_after_release_a_cancellation_is_declined_and_after_closing_refused() -> None:
    office = released()
    cancellation = ceb.a_cancellation(invtNo=office.file().invt_no)
    assert office.codes("CEB605", cancellation) == ["2", "100"]
    assert office.file().status_at(office.now) == "800"

    office.take("CEB509", ceb.a_departure())
    office.wait(hours=3)
    second = ceb.a_cancellation(copNo="CX2", invtNo=office.file().invt_no)
    assert office.file().status_at(office.now) == "899"
    assert office.codes("CEB605", second) == ["-623005"]


def test_a_cancellation_of_an_unknown_list_and_of_anothers_is_refused() -> None:
    office = released("AL~120")
    unknown = ceb.a_cancellation(invtNo="47122026E00000000001")
    others = ceb.a_cancellation(invtNo=office.file("AL~120").invt_no, agentCode=ceb.SHOP)

    assert office.codes("CEB605", unknown) == ["-623003"]
    assert office.codes("CEB605", others) == ["-623003"]
