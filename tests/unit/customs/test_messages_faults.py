"""Faults of a document before it is written: each with its place, all at once."""

import random
from dataclasses import replace

import pytest

from services.customs.domain.messages.document import Document, Values
from services.customs.domain.messages.faults import envelope_faults, faults
from services.customs.domain.messages.kinds.kind import MessageKind
from services.customs.domain.messages.kinds.registry import KINDS
from tests.support.ceb import TRANSFER, a_document


def sound(message_type: str, *, lines: int = 2) -> tuple[MessageKind, Document]:
    kind = KINDS[message_type]
    return kind, a_document(kind, random.Random(1), lines=lines)


def found(kind: MessageKind, document: Document) -> dict[str, str]:
    return {fault.place: fault.problem for fault in faults(kind, document)}


def with_head(document: Document, **changes: str | None) -> Document:
    return replace(document, head={**document.head, **changes})


def with_line(document: Document, at: int, **changes: str | None) -> Document:
    lines: list[Values] = list(document.lines)
    lines[at] = {**lines[at], **changes}
    return replace(document, lines=tuple(lines))


@pytest.mark.parametrize("message_type", KINDS)
def test_each_obligatory_element_is_missed_at_its_place(message_type: str) -> None:
    kind, document = sound(message_type)

    assert faults(kind, document) == ()

    for element in kind.head:
        if element.is_obligatory:
            place = f"{kind.head_node}.{element.name}"
            assert found(kind, with_head(document, **{element.name: None}))[place] == "is missing"
            assert found(kind, with_head(document, **{element.name: " \n"}))[place] == "is missing"


def test_the_faults_of_all_nodes_are_found_at_once() -> None:
    kind, document = sound("CEB603")
    document = with_head(document, orderNo=None, freight="-1")
    document = with_line(document, 1, gname="x" * 251, colour="red")

    assert found(kind, document) == {
        "InventoryHead.orderNo": "is missing",
        "InventoryHead.freight": "is not a number",
        "InventoryList[2].gname": "may have at most 250 characters",
        "InventoryList[2].colour": "is no element of this node",
    }


@pytest.mark.parametrize(
    ("message_type", "lines", "fault"),
    [
        ("CEB303", 0, {"OrderList": "needs at least 1"}),
        ("CEB603", 100, {}),
        ("CEB603", 101, {"InventoryList": "may come at most 100 times"}),
        ("CEB607", 0, {"WayBillList": "needs at least 1"}),
        ("CEB509", 0, {"DepartureList": "needs at least 1"}),
        ("CEB509", 101, {}),
        ("CEB507", 0, {}),
        ("CEB213", 101, {"InvtRefundList": "may come at most 100 times"}),
    ],
)
def test_a_document_has_as_many_lines_as_its_kind_allows(
    message_type: str, lines: int, fault: dict[str, str]
) -> None:
    assert found(*sound(message_type, lines=lines)) == fault


def test_a_flat_document_has_no_lines() -> None:
    kind, document = sound("CEB505")

    assert found(kind, replace(document, lines=({},))) == {"Logistics": "may come at most 0 times"}


@pytest.mark.parametrize("message_type", ["CEB303", "CEB507", "CEB509", "CEB603", "CEB607"])
def test_lines_are_numbered_from_one_without_gaps(message_type: str) -> None:
    kind, document = sound(message_type)
    place = f"{kind.line_node}[2].gnum"

    assert found(kind, with_line(document, 1, gnum=" 2 ")) == {}
    assert found(kind, with_line(document, 1, gnum="3")) == {place: "must be 2"}
    assert found(kind, with_line(document, 1, gnum="1")) == {place: "must be 2"}


def test_lines_of_a_return_have_the_numbers_of_the_list_each_once() -> None:
    kind, document = sound("CEB213")

    assert found(kind, with_line(document, 0, gnum="7")) == {}
    assert found(kind, with_line(document, 0, gnum="2")) == {
        "InvtRefundList[2].gnum": "stands twice: 2"
    }


@pytest.mark.parametrize("message_type", ["CEB507", "CEB509", "CEB607", "CEB701"])
def test_a_part_is_one_of_its_count(message_type: str) -> None:
    kind, document = sound(message_type)

    assert found(kind, with_head(document, msgCount="3", msgSeqNo="3")) == {}
    assert found(kind, with_head(document, msgCount="3", msgSeqNo="4")) == {
        f"{kind.head_node}.msgSeqNo": "must be at most msgCount, 3"
    }


@pytest.mark.parametrize(
    ("message_type", "names"),
    [("CEB509", ("trafName", "voyageNo", "billNo")), ("CEB507", ("billNo",))],
)
def test_only_mail_may_leave_out_how_it_travels(message_type: str, names: tuple[str, ...]) -> None:
    kind, document = sound(message_type)
    document = with_head(document, **dict.fromkeys(names))

    assert found(kind, with_head(document, trafMode="6")) == {}
    assert found(kind, with_head(document, trafMode="5")).keys() == {
        f"{kind.head_node}.{name}" for name in names
    }


def test_a_list_may_leave_out_how_it_travels_until_its_bill_comes() -> None:
    kind, document = sound("CEB603")
    absent = dict.fromkeys(("trafName", "voyageNo", "billNo", "totalPackageNo"))

    assert found(kind, with_head(document, trafMode="5", **absent)) == {}


def test_goods_of_a_special_area_name_its_firm_its_book_and_their_records() -> None:
    kind, document = sound("CEB603")
    document = with_head(document, iacCode=None, iacName="", emsNo=" ")
    document = with_line(document, 1, itemRecordNo=None)

    assert found(kind, with_head(document, tradeMode="9610")) == {}
    assert found(kind, with_head(document, tradeMode="1210")).keys() == {
        "InventoryHead.iacCode",
        "InventoryHead.iacName",
        "InventoryHead.emsNo",
        "InventoryList[2].itemRecordNo",
    }


@pytest.mark.parametrize(
    ("start", "end", "lines", "fault"),
    [
        ("20261001000000", "20261031235959", 0, {}),
        ("20261001000000", "20261001000000", 0, {}),
        ("20261001000000", None, 0, {"endTime": "is missing; both times come together"}),
        (None, "20261031235959", 0, {"startTime": "is missing; both times come together"}),
        ("20261031000000", "20261001000000", 0, {"endTime": "must not be before startTime"}),
        (None, None, 1, {}),
        (None, None, 0, {"": "needs at least 1 where there is no startTime"}),
    ],
)
def test_a_summary_is_about_a_period_or_about_lists(
    start: str | None, end: str | None, lines: int, fault: dict[str, str]
) -> None:
    kind, document = sound("CEB701", lines=lines)
    document = with_head(document, startTime=start, endTime=end)

    places = {
        place.partition("SummaryApplyHead.")[2]: problem
        for place, problem in found(kind, document).items()
    }

    assert places == fault


def test_a_return_does_not_come_from_china() -> None:
    kind, document = sound("CEB213")

    assert found(kind, with_head(document, country="142")) == {
        "InvtRefundHead.country": "must not be China"
    }


def test_sender_and_subscribers_are_checked_as_well() -> None:
    subscriber = {"status": "ALL", "dxpMode": "DXP", "dxpAddress": "D1"}

    assert envelope_faults(TRANSFER, [subscriber] * 5) == ()
    assert [f.place for f in envelope_faults({**TRANSFER, "copName": ""}, [{}])] == [
        "BaseTransfer.copName",
        "BaseSubscribe[1].status",
        "BaseSubscribe[1].dxpMode",
        "BaseSubscribe[1].dxpAddress",
    ]
    assert [f.place for f in envelope_faults(TRANSFER, [subscriber] * 6)] == ["BaseSubscribe"]


def test_an_arrival_that_is_only_staged_needs_no_signature() -> None:
    kind, document = sound("CEB507")

    assert kind.needs_signature(with_head(document, appStatus="2"))
    assert not kind.needs_signature(with_head(document, appStatus="1"))
    assert KINDS["CEB603"].needs_signature(with_head(document, appStatus="1"))
    assert not KINDS["CEB505"].needs_signature(with_head(document, appStatus="2"))
