"""What the office writes, checked by the tables of the specification: names, order and lengths."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest

from deploy.sandbox.customs_office.answers.writing import refusal_of, wrap, write_message
from deploy.sandbox.customs_office.desk import Desk
from deploy.sandbox.customs_office.inbound.envelope import open_message
from deploy.sandbox.customs_office.inbound.papers import Original
from tests.support import uploads as ceb
from tests.unit.sandbox.office_desk import a_day

NS = f"{{{ceb.NS}}}"
AT = datetime(2026, 11, 22, 3, 4, 5, 678_000, tzinfo=UTC)
SEED = 1
# Lengths are those of the specification; `?` may be missing, `~` may be empty.
THREE = "returnStatus 1-10; returnTime 17; returnInfo 1-1000"
TABLES = {
    "CEB304": ("OrderReturn", "guid 36; ebpCode 1-18; ebcCode 1-18; orderNo 1-60"),
    "CEB404": ("ReceiptsReturn", "guid 36; ebcCode 1-18; orderNo 1-60; payNo? 1-60"),
    "CEB506": ("LogisticsReturn", "guid 36; logisticsCode 1-18; logisticsNo 1-32"),
    "CEB508": (
        "ArrivalReturn",
        """guid 36; operatorCode 1-18; logisticsCode 1-18; preNo 18; copNo 1-30; billNo~ 0-37;
        msgSeqNo 1-9""",
    ),
    "CEB510": (
        "DepartureReturn",
        "guid 36; logisticsCode 1-18; copNo 1-30; preNo 18; msgSeqNo 1-9",
    ),
    "CEB604": (
        "InventoryReturn",
        """guid 36; agentCode 1-18; copNo 1-30; preNo 18; invtNo~ 0-20; ebcCode 1-18; ebpCode 1-18;
        orderNo 1-60; statisticsFlag 1""",
    ),
    "CEB606": (
        "InvtCancelReturn",
        "guid 36; agentCode 1-18; copNo 1-30; preNo 18; invtNo~ 0-20",
    ),
    "CEB608": (
        "WayBillReturn",
        """guid 36; agentCode 1-18; logisticsCode 1-18; copNo 1-30; preNo 18; billNo 1-37;
        msgSeqNo 1-9""",
    ),
    "CEB702": (
        "SummaryReturn",
        "guid 36; agentCode 1-18; ebcCode 1-18; copNo 1-30; preNo 18; sumNo? 18; msgSeqNo 1-9",
    ),
    "CEB214": (
        "RefundReturn",
        """guid 36; ebpCode? 1-18; ebcCode? 1-18; agentCode 1-18; coElNo 1-30; preNo? 1-18;
        invtNo 1-20""",
    ),
    "CEB216": (
        "InvtRefundDetailReturn",
        "guid 36; operatorCode 1-18; logisticsCode 1-18; logisticsNo 1-80; coElNo 1-30;preNo? 1-18",
    ),
}
RESULT_HEAD = (
    "guid 36; customsCode 4; sumNo 18; opDate 17; declSeqNo 18; decTmpNo? 18; decPreNo? 18;"
    "entryId? 18; decState 1-3; agentCode 1-18; agentName 1-100; ebcCode 1-18; ebcName 1-100;"
    "declAgentCode 1-18; declAgentName 1-100; grossWeight 1-19; netWeight 1-19; msgCount 1-9;"
    "msgSeqNo 1-9; note? 1-1000"
)
RESULT_LINE = "invtNo 1-20; logisticsNo 1-32; gseqno 1-9; gnum 1-5; gcode 10"


def parts(table: str) -> Iterator[tuple[str, bool, int, int]]:
    for entry in table.split(";"):
        name, lengths = entry.split()
        least, _, most = lengths.partition("-")
        yield name.rstrip("?~"), name.endswith("?"), int(least), int(most or least)


def faults(node: ET.Element, table: str) -> list[str]:
    found, children = [], list(node)
    for name, is_optional, least, most in parts(table):
        if children and children[0].tag == f"{NS}{name}":
            text = children.pop(0).text or ""
            if not least <= len(text) <= most:
                found.append(f"{name} has {len(text)} characters")
        elif not is_optional:
            found.append(f"{name} is missing")
    return found + [f"{child.tag} is too much" for child in children]


def message_faults(xml: str) -> list[str]:
    root = ET.fromstring(xml.encode())
    message = root.tag.removeprefix(NS).removesuffix("Message")
    found = [] if len(root.get("guid") or "") == 36 and root.get("version") else ["root"]
    if not 1 <= len(root) <= 100:
        found.append(f"{len(root)} nodes")
    for node in root:
        if message == "CEB792":
            head, *lines = node
            found += faults(head, RESULT_HEAD)
            found += [fault for line in lines for fault in faults(line, RESULT_LINE)]
            continue
        name, table = TABLES[message]
        found += [] if node.tag == f"{NS}{name}" else [node.tag]
        found += faults(node, f"{table};{THREE}")
    return found


def test_every_message_of_a_day_obeys_the_tables() -> None:
    answers = [planned.answer for planned in a_day()]
    kinds = Counter(answer.kind.message for answer in answers)

    assert kinds.keys() == {*TABLES, "CEB792"}
    for kind in kinds:
        mine = [answer for answer in answers if answer.kind.message == kind]
        assert message_faults(write_message(mine)) == []


def test_the_port_repeats_our_guid_and_customs_brings_one_of_its_own() -> None:
    guids: dict[str, set[str]] = {}
    for planned in Desk(SEED).take(ceb.message("CEB603", ceb.a_list(copNo="X~800")), "x", AT):
        guids.setdefault(planned.answer.status, set()).add(planned.answer.fields["guid"])

    ours = {ceb.guid(1)}
    assert guids.pop("2") == guids.pop("3") == ours
    assert all(ours.isdisjoint(theirs) for theirs in guids.values())


def test_numbers_have_the_forms_of_the_specification() -> None:
    told = ceb.message("CEB603", ceb.a_list(copNo="X~800"))
    answers = {one.answer.status: one.answer.fields for one in Desk(SEED).take(told, "x", AT)}
    (tally, *_) = Desk(SEED).take(ceb.message("CEB215", ceb.a_tally()), "x", AT)

    assert answers["2"]["invtNo"] == ""  # customs has given none yet
    assert re.fullmatch(r"4712" r"2026" r"E\d{11}", answers["800"]["invtNo"])
    assert re.fullmatch(r"B20261122\d{9}", answers["800"]["preNo"])
    assert len({fields["preNo"] for fields in answers.values()}) == 1
    assert tally.answer.fields["preNo"].startswith("O20261122")
    assert answers["2"]["returnTime"] == "20261122110505678"  # China's time, a minute later


@pytest.mark.parametrize(
    "text", ["<a/>", "<a><![CDATA[x]]></a>", "]]>]]>", "", "a\x00b", "中文 & <"]
)
def test_a_refused_message_comes_back_whole(text: str) -> None:
    answer = refusal_of(Original(text, "MSG-1", "CEB603"), "wrong", at=AT)

    root = ET.fromstring(write_message([answer]).encode())

    (node,) = root
    names = [child.tag.removeprefix(NS) for child in node]
    assert root.tag == f"{NS}CEB900Message"
    assert names == [
        *("guid", "returnStatus", "returnInfo", "returnTime"),
        *("oriCopMsgId", "oriMessageType", "oriBizMessage"),
    ]
    fields = dict(zip(names, ("".join(child.itertext()) for child in node), strict=True))
    assert fields["oriBizMessage"].strip() == text.replace("\x00", "?")
    assert fields["returnStatus"].startswith("-")
    assert (fields["oriCopMsgId"], fields["oriMessageType"]) == ("MSG-1", "CEB603")


def test_an_enveloped_answer_is_an_envelope_that_the_office_itself_would_open() -> None:
    xml = write_message([refusal_of(Original("<a/>", "MSG-1"), "wrong", at=AT)])

    root, original = open_message(
        wrap(xml, "CEB900", at=AT, receiver="DXPENT0000000000").encode(), "x"
    )

    assert root.tag == f"{NS}CEB900Message"
    assert original.text == xml
