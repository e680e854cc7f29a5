"""CEB messages out and in: element order, round trip, and what is refused."""

import random
from contextlib import suppress
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.customs.domain.messages.errors import (
    MessageNotExpected,
    MessageTooLarge,
    XmlNotReadable,
    XmlUnsafe,
)
from services.customs.domain.messages.layout import (
    DEPARTURE_HEAD,
    DEPARTURE_LIST,
    INVENTORY_HEAD,
    INVENTORY_LIST,
    NAMESPACE,
    Layout,
)
from services.customs.domain.messages.reader import MESSAGE_BYTES_MAX, read_message
from services.customs.domain.messages.writer import (
    CEB509,
    CEB603,
    Document,
    DocumentKind,
    faults,
    write_message,
)
from services.customs.domain.receipts.answers import read_answers, receipt_from_fields
from services.customs.domain.receipts.errors import ReceiptCountOutOfRange, ReceiptIncomplete
from services.customs.domain.receipts.receipt import DocumentKey, Receipt
from shared.kernel.errors import AirlaneError

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)

GUID = "01900000-0000-7000-8000-000000000000"
TRANSFER = {"copCode": "91420700MAA1RL001K", "copName": "报关", "dxpMode": "DXP", "dxpId": "D1"}


def values_of(layout: Layout, rng: random.Random) -> dict[str, str | None]:
    """Values that fit the table, optional ones sometimes absent, in a shuffled order."""
    values: dict[str, str | None] = {}
    for element in layout:
        if not element.required and rng.random() < 0.5:
            continue
        if element.numeric:
            fraction = rng.choice(["", ".5", ".00001"]) if element.decimals else ""
            values[element.name] = f"{rng.randint(0, 99_999)}{fraction}"
        else:
            size = rng.randint(element.length_min, element.length_max)
            values[element.name] = "".join(rng.choices("A<&>\"'中é ]", k=size))
    order = list(values)
    rng.shuffle(order)
    return {name: values[name] for name in order}


@pytest.mark.parametrize("kind", [CEB603, CEB509], ids=["603", "509"])
@given(seed=st.integers(0, 2**32), lines=st.integers(1, 3))
def test_what_is_written_is_read_back_in_the_order_of_the_table(
    kind: DocumentKind, seed: int, lines: int
) -> None:
    rng = random.Random(seed)
    document = Document(
        values_of(kind.head, rng), tuple(values_of(kind.line, rng) for _ in range(lines))
    )

    assert faults(kind, document) == ()

    text = write_message(kind, guid=GUID, documents=[document], transfer=TRANSFER)
    message = read_message(text.encode())

    assert (message.root, message.guid) == (f"{kind.message_type}Message", GUID)

    (node,) = message.named(kind.node)
    head, *parts = node.children
    layouts = [kind.head, *[kind.line] * lines]
    written = [document.head, *document.lines]
    for part, layout, values in zip([head, *parts], layouts, written, strict=True):
        names = [child.name for child in part.children]
        assert names == [element.name for element in layout if element.name in values]
        assert {child.name: child.text for child in part.children} == values

    assert [n.name for n in message.nodes] == [kind.node, "BaseTransfer"]
    # A parser that is not ours agrees.
    assert ET.fromstring(text.encode()).tag == f"{{{NAMESPACE}}}{kind.message_type}Message"


@given(st.text())
def test_no_text_makes_the_message_unreadable(text: str) -> None:
    values = {"gnum": "1", "logisticsNo": text or "x"}
    written = write_message(
        CEB509, guid=GUID, documents=[Document({}, (values,))], transfer=TRANSFER
    )
    read_message(written.encode())


# Interface specification, edition 202205: the XSD's sequences, `?` where minOccurs is 0.
SPECIFICATION = {
    "InventoryHead": (
        INVENTORY_HEAD,
        """guid appType appTime appStatus customsCode ebpCode ebpName orderNo logisticsCode
        logisticsName logisticsNo copNo preNo? invtNo? ieFlag portCode ieDate statisticsFlag
        agentCode agentName ebcCode ebcName ownerCode ownerName iacCode? iacName? emsNo? tradeMode
        trafMode trafName? voyageNo? billNo? totalPackageNo? loctNo? licenseNo? country POD freight
        fCurrency fFlag insuredFee iCurrency iFlag wrapType packNo grossWeight netWeight note?""",
    ),
    "InventoryList": (
        INVENTORY_LIST,
        """gnum itemNo itemRecordNo? itemName? gcode gname gmodel barCode country currency qty qty1
        qty2? unit unit1 unit2? price totalPrice note?""",
    ),
    "DepartureHead": (
        DEPARTURE_HEAD,
        """guid appType appTime appStatus customsCode copNo preNo? logisticsCode logisticsName
        trafMode trafName? voyageNo? billNo? leaveTime msgCount msgSeqNo note?""",
    ),
    "DepartureList": (DEPARTURE_LIST, "gnum totalPackageNo? logisticsNo note?"),
}


@pytest.mark.parametrize("node", SPECIFICATION)
def test_the_tables_have_the_elements_of_the_specification(node: str) -> None:
    layout, sequence = SPECIFICATION[node]

    assert [e.name + "?" * (not e.required) for e in layout] == sequence.split()


def test_lengths_that_other_messages_have_differently_are_those_of_the_list() -> None:
    """itemNo has 30 in CEB303, totalPackageNo 60 in CEB607, logisticsNo 80 in CEB213."""
    lengths = {e.name: (e.length_min, e.length_max) for e in (*INVENTORY_HEAD, *INVENTORY_LIST)}

    assert lengths["itemNo"] == (1, 20)
    assert lengths["totalPackageNo"] == (1, 37)
    assert lengths["logisticsNo"] == (1, 32)
    assert lengths["ebpCode"] == (1, 18)
    assert lengths["POD"] == (3, 4)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"guid": "short"}, "must have 36 characters"),
        ({"guid": None}, "is missing"),
        ({"orderNo": "x" * 61}, "may have at most 60 characters"),
        ({"freight": "1.123456"}, "has more than 5 decimals"),
        ({"freight": "1" * 15}, "has more than 14 digits before the point"),
        ({"freight": "-1"}, "is not a number"),
        ({"freight": "1e3"}, "is not a number"),
        ({"packNo": "1.5"}, "has more than 0 decimals"),
    ],
)
def test_field_faults_name_place_and_problem(change: dict[str, str | None], problem: str) -> None:
    sound: dict[str, str | None] = {
        e.name: "1" if e.numeric else "x" * e.length_max for e in INVENTORY_HEAD
    }

    assert faults(CEB603, Document(sound, ())) == ()

    (fault,) = faults(CEB603, Document({**sound, **change}, ()))

    assert fault.place == f"InventoryHead.{next(iter(change))}"
    assert fault.problem == problem


def a_return(**changes: str) -> str:
    fields = {
        "guid": GUID,
        "agentCode": "91420700MAA1RL001K",
        "copNo": "AL0001",
        "preNo": "",
        "returnStatus": "120",
        "returnTime": "20261122163000123",
        "returnInfo": "[Code:2600;Desc:入库 &lt;成功&gt;]",
    } | changes
    body = "".join(f"<ceb:{name}>{value}</ceb:{name}>" for name, value in fields.items())
    return f"<ceb:InventoryReturn>{body}</ceb:InventoryReturn>"


def a_604(*returns: str, root: str = "CEB604Message", namespace: str = NAMESPACE) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><ceb:{root} guid="{GUID}" version="1.0"'
        f' xmlns:ceb="{namespace}">{"".join(returns)}</ceb:{root}>'
    ).encode()


def test_a_receipt_is_read_from_ceb604() -> None:
    (receipt,) = read_answers(a_604(a_return()), now=NOW)

    assert receipt == Receipt(
        message_type="CEB604",
        key=DocumentKey("", "AL0001"),
        return_status="120",
        return_time=datetime(2026, 11, 22, 8, 30, 0, 123000, tzinfo=UTC),
        return_info="[Code:2600;Desc:入库 <成功>]",
        guid=GUID,
    )


def test_one_bad_entry_does_not_spoil_the_others() -> None:
    answers = read_answers(
        a_604(
            a_return(),
            a_return(copNo=""),
            a_return(returnTime="yesterday"),
            a_return(returnTime="20261399999999999"),
            a_return(returnStatus="x" * 11),
            a_return(returnTime="99991231235959999"),
        ),
        now=NOW,
    )

    assert isinstance(answers[0], Receipt)

    wrong = [
        answer.params["field"] for answer in answers[1:] if isinstance(answer, ReceiptIncomplete)
    ]

    assert wrong == ["copNo", "returnTime", "returnTime", "returnStatus", "returnTime"]


def test_a_departure_receipt_is_read_from_ceb510() -> None:
    raw = a_604(a_return().replace("InventoryReturn", "DepartureReturn"), root="CEB510Message")
    (receipt,) = read_answers(raw, now=NOW)

    assert isinstance(receipt, Receipt)
    assert receipt.message_type == "CEB510"


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>
<ceb:CEB604Message xmlns:ceb="http://www.chinaport.gov.cn/ceb">&b;</ceb:CEB604Message>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY f SYSTEM "file:///etc/passwd">]>
<ceb:CEB604Message xmlns:ceb="http://www.chinaport.gov.cn/ceb">&f;</ceb:CEB604Message>"""


@pytest.mark.parametrize(
    ("raw", "refusal"),
    [
        (LAUGHS, XmlUnsafe),
        (OUTSIDE, XmlUnsafe),
        (b'<!DOCTYPE x SYSTEM "http://nowhere/x.dtd"><x/>', XmlUnsafe),
        (b"", XmlNotReadable),
        (b"<a", XmlNotReadable),
        (b"\xff\xfe\x00", XmlNotReadable),
        (b'<?xml version="1.0" encoding="nonsense"?><x/>', XmlNotReadable),
        (a_604(a_return(), namespace="http://elsewhere"), XmlNotReadable),
        (b"<CEB604Message/>", XmlNotReadable),
        (a_604("&undefined;"), XmlNotReadable),
        (a_604("<a>" * 20 + "</a>" * 20), XmlNotReadable),
        (b" " * (MESSAGE_BYTES_MAX + 1), MessageTooLarge),
        (a_604(a_return(), root="CEB603Message"), MessageNotExpected),
        (a_604(), ReceiptCountOutOfRange),
        (a_604(*[a_return()] * 101), ReceiptCountOutOfRange),
    ],
)
def test_a_message_that_cannot_be_read_is_refused(raw: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        read_answers(raw, now=NOW)


WHOLE = a_604(a_return(), a_return(copNo="AL0002"))


@given(
    encoding=st.sampled_from([b"UTF-8", b"GBK", b"UTF-16", b"UTF-7", b"idna", b"nonsense"]),
    at=st.integers(0, len(WHOLE)),
    cut=st.integers(0, 40),
    noise=st.binary(max_size=12) | st.sampled_from([b"<", b"&#0;", b"]]>", b"\xef\xbb\xbf"]),
)
@example(encoding=b"GBK", at=0, cut=0, noise=b"")
@example(encoding=b"nonsense", at=0, cut=0, noise=b"")
@example(encoding=b"UTF-8", at=len(WHOLE), cut=0, noise=b"<")
def test_a_damaged_message_is_read_or_refused_never_a_crash(
    encoding: bytes, at: int, cut: int, noise: bytes
) -> None:
    raw = (WHOLE[:at] + noise + WHOLE[at + cut :]).replace(b"UTF-8", encoding)
    with suppress(AirlaneError):
        assert 1 <= len(read_answers(raw, now=NOW)) <= 2


def test_white_space_around_the_fields_of_a_receipt_is_not_part_of_them() -> None:
    bare = {
        "cop_no": "AL01",
        "return_status": "120",
        "return_time": "20261122163000123",
        "return_info": "[Code:2600;Desc:entered]",
        "guid": "G-1",
    }
    padded = {name: f" {text}\r\n" for name, text in bare.items()}
    read = [receipt_from_fields(message_type="CEB604", now=NOW, **f) for f in (bare, padded)]

    assert isinstance(read[0], Receipt)
    assert read[0] == read[1]


@pytest.mark.parametrize("field", ["copNo", "returnStatus", "guid", "preNo"])
def test_every_text_of_a_receipt_has_a_length(field: str) -> None:
    (refused,) = read_answers(a_604(a_return(**{field: "x" * 4_001})), now=NOW)

    assert isinstance(refused, ReceiptIncomplete)
    assert refused.params["field"] == field
