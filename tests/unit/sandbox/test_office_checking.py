"""Values that the office refuses: presence, length, numbers, codes, dates, sums; and those it lets
pass. The rules are those of the interface specification, not of its tables here.
"""

import pytest

from deploy.sandbox.customs_office.inbound.checking import gaps_of_departure
from deploy.sandbox.customs_office.inbound.reading import read_upload
from tests.support import uploads as ceb


def faults(kind: str, node: str) -> tuple[str, ...]:
    (paper,) = read_upload(ceb.message(kind, node), "file.xml").papers
    return paper.faults


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"ebpName": None}, "ebpName is missing"),
        ({"ebpName": ""}, "ebpName is empty"),
        ({"ebpName": "x" * 101}, "ebpName has 101 characters, not 1 to 100"),
        ({"preNo": ""}, "preNo is empty: leave it out"),
        ({"preNo": "B123"}, "preNo has 4 characters, not 18"),
        ({"appStatus": "3"}, "appStatus cannot be 3"),
        ({"appStatus": ""}, "appStatus is empty"),
        ({"ieFlag": "I"}, "ieFlag cannot be I"),
        ({"fFlag": "1"}, "fFlag cannot be 1"),
        ({"tradeMode": "0110"}, "tradeMode cannot be 0110"),
        ({"country": "USA"}, "country cannot be USA"),
        ({"POD": "50"}, "POD has 2 characters, not 3 to 4"),
        ({"ebcCode": "42079"}, "ebcCode cannot be 42079"),
        ({"ownerCode": "无"}, "ownerCode cannot be 无"),
        ({"ieDate": "20261131"}, "ieDate is no date or time"),
        ({"freight": "-1"}, "freight is not a plain number"),
        ({"freight": "1e3"}, "freight is not a plain number"),
        ({"freight": "1.000001"}, "freight has more than 5 decimals"),
        ({"freight": "123456789012345.12345"}, "freight has more than 19 digits"),
        ({"packNo": "1.0"}, "packNo has more than 0 decimals"),
        ({"trafMode": " "}, "trafMode is empty"),
        ({"packNo": "0"}, "packNo is zero"),
        ({"netWeight": "3"}, "netWeight is zero or more than grossWeight"),
        ({"country": "142"}, "country is China"),
        ({"tradeMode": "1210"}, "1210 needs iacCode, iacName, emsNo and every itemRecordNo"),
    ],
)
def test_a_list_with_a_wrong_value_is_told_which(
    changes: dict[str, str | None], fault: str
) -> None:
    assert faults("CEB603", ceb.a_list(**changes)) == (fault,)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ({"gcode": "691200"}, "line 1: gcode has 6 characters, not 10"),
        ({"gcode": "69120000AB"}, "line 1: gcode cannot be 69120000AB"),
        ({"itemNo": "x" * 21}, "line 1: itemNo has 21 characters, not 1 to 20"),
        ({"qty2": "1"}, "line 1: qty2 and unit2 come together"),
        ({"totalPrice": "20.02"}, "line 1: totalPrice is not qty x price"),
        ({"gnum": "0"}, "gnum is repeated or zero"),
    ],
)
def test_a_line_with_a_wrong_value_is_told_which(line: ceb.Line, fault: str) -> None:
    assert faults("CEB603", ceb.a_list([line])) == (fault,)


@pytest.mark.parametrize(
    "changes",
    [
        {"trafName": "", "billNo": ""},  # optional texts may be empty
        {"trafName": "  B747   8F "},
        {"ebpCode": "无", "ownerCode": "NO"},
        {"ebcCode": "4712960001"},
        {"freight": "12345678901234.12345"},
        {"note": "中" * 1_000},  # characters count, not bytes
        {"tradeMode": "9710"},
    ],
)
def test_what_the_specification_allows_passes(changes: dict[str, str | None]) -> None:
    assert faults("CEB603", ceb.a_list(**changes)) == ()


@pytest.mark.parametrize(
    ("kind", "node", "fault"),
    [
        ("CEB303", ceb.an_order(goodsValue="21"), "goodsValue is not the sum of its lines"),
        ("CEB303", ceb.an_order([]), "has 0 lines"),
        (
            "CEB303",
            ceb.an_order([{"gnum": "1"}] * 2, goodsValue="40"),
            "gnum is repeated or zero",
        ),
        ("CEB303", ceb.an_order(orderType="X"), "orderType cannot be X"),
        (
            "CEB403",
            ceb.a_payment(accountingDate="2026"),
            "accountingDate has 4 characters, not 14",
        ),
        ("CEB505", ceb.a_waybill(goodsInfo=" "), "goodsInfo is empty"),
        ("CEB607", ceb.a_bill([]), "has 0 lines"),
        ("CEB607", ceb.a_bill(billNo=None), "billNo is missing"),
        ("CEB509", ceb.a_departure(msgSeqNo="2"), "msgSeqNo 2 of 1"),
        ("CEB509", ceb.a_departure(leaveTime="20261123250000"), "leaveTime is no date or time"),
        ("CEB213", ceb.a_return(invtNo="1", country="142"), "country is China"),
        (
            "CEB213",
            ceb.a_return([{"unit2": "35"}], invtNo="1"),
            "unit2 has 2 characters, not 3",
        ),
        ("CEB215", ceb.a_tally(ieFlag="E"), "ieFlag cannot be E"),
        ("CEB701", ceb.a_summary(), "has neither lists nor a period"),
        ("CEB701", ceb.a_summary(["1"], startTime="20261101000000"), "do not fit"),
        ("CEB701", ceb.a_summary(["1"], summaryFlag="3"), "summaryFlag cannot be 3"),
        ("CEB701", ceb.a_summary(["1"], itemNameFlag=" "), "itemNameFlag is empty"),
    ],
)
def test_rules_of_the_other_kinds(kind: str, node: str, fault: str) -> None:
    found = faults(kind, node)

    assert len(found) == 1
    assert fault in found[0]


def test_arrivals_may_go_without_lines_and_lists_have_a_hundred_at_most() -> None:
    line: ceb.Line = {"qty": "1", "price": "1", "totalPrice": "1"}

    assert faults("CEB507", ceb.an_arrival([], billNo="999-12345675")) == ()
    assert faults("CEB603", ceb.a_list([line] * 100)) == ()
    assert faults("CEB603", ceb.a_list([line] * 101)) == ("has 101 lines",)


def test_by_air_a_departure_names_flight_and_bill_and_by_mail_it_need_not() -> None:
    air, mail = {"trafMode": "5", "voyageNo": "CA1"}, {"trafMode": "6"}

    assert gaps_of_departure(air) == ("trafName", "billNo")
    assert gaps_of_departure(mail) == ()
