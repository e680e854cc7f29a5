"""CEB messages in: as lenient in form as senders differ, and hardened. The messages are written by
hand here, not by our writer.
"""

import re
from xml.etree import ElementTree as ET

import pytest

from services.customs.domain.messages.document import Document
from services.customs.domain.messages.errors import (
    ElementRepeated,
    MessageNotExpected,
    MessageTooLarge,
    XmlNotReadable,
    XmlUnsafe,
)
from services.customs.domain.messages.kinds.kind import NAMESPACE
from services.customs.domain.messages.original import Original, original_of
from services.customs.domain.messages.reader import (
    ECHO_BYTES_MAX,
    MESSAGE_BYTES_MAX,
    read_documents,
    read_message,
    unknown_elements,
)
from services.customs.domain.messages.tree import Node
from tests.support.ceb import GUID, a_node, a_root, an_inventory_return

FIELDS = {"guid": GUID, "copNo": "AL01", "returnInfo": "入库<成功>"}


def written(
    prefix: str = "ceb", encoding: str = "UTF-8", root: str = "CEB604Message", eol: str = ""
) -> str:
    colon = f"{prefix}:" if prefix else ""
    declared = f'xmlns:{prefix}="{NAMESPACE}"' if prefix else f'xmlns="{NAMESPACE}"'
    body = eol.join(
        f"<{colon}{name}>{value.replace('<', '&lt;')}</{colon}{name}>"
        for name, value in FIELDS.items()
    )
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>{eol}<{colon}{root} guid="g" version="1.0"'
        f" {declared}>{eol}<{colon}InventoryReturn>{body}</{colon}InventoryReturn>{eol}"
        f"</{colon}{root}>{eol}"
    )


@pytest.mark.parametrize(
    "raw",
    [
        written().encode(),
        written("").encode(),
        written("ns2").encode(),
        written(root="CEB604").encode(),
        written(eol="\r\n").encode(),
        b"\r\n " + written().encode(),
        written().encode("utf-8-sig"),
        written(encoding="GBK").encode("utf-8-sig"),
        written(encoding="GBK").encode("gbk"),
        written(encoding="gb2312").encode("gb2312"),
        written(encoding="GB18030").encode("gb18030"),
        written(encoding="UTF-16").encode("utf-16"),
        written(encoding="UTF-16").encode("utf-16-be"),
        # As a string's own encoding is declared by some platforms while bytes are UTF-8.
        written(encoding="utf-16").encode(),
        written().replace(' encoding="UTF-8"', "").encode(),
        written().partition("?>")[2].encode(),
        written().replace("入库", "<![CDATA[入库]]>").encode(),
        written().replace("AL01", " AL01\n").encode(),
        written().replace("<ceb:copNo>", "<!-- c --><?p i?><ceb:copNo>").encode(),
    ],
)
def test_the_same_message_is_read_from_all_its_forms(raw: bytes) -> None:
    message = read_message(raw)

    assert (message.message_type, message.guid, message.version) == ("CEB604", "g", "1.0")
    assert message.nodes == (Node("InventoryReturn", FIELDS),)


def test_a_declared_gb2312_may_hold_characters_of_its_successors() -> None:
    raw = written(encoding="gb2312").replace("入库", "镕𠮷").encode("gb18030")

    assert read_message(raw).nodes[0].values["returnInfo"] == "镕𠮷<成功>"


LAUGHS = f"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>
<ceb:CEB604Message xmlns:ceb="{NAMESPACE}">&b;</ceb:CEB604Message>""".encode()
OUTSIDE = LAUGHS.replace(b'b "&a;&a;&a;&a;"', b'b SYSTEM "file:///etc/passwd"')
DXP = b'<DxpMsg xmlns="http://www.chinaport.gov.cn/dxp"><Data>%s</Data></DxpMsg>'
DEEP = 40
LONG = "x" * 300_000


def attributes(count: int) -> str:
    return " ".join(f"a{number}='1'" for number in range(count))


@pytest.mark.parametrize(
    ("raw", "refusal"),
    [
        (LAUGHS, XmlUnsafe),
        (OUTSIDE, XmlUnsafe),
        (b'<!DOCTYPE x SYSTEM "http://nowhere/x.dtd"><x/>', XmlUnsafe),
        (LAUGHS.decode().encode("utf-16"), XmlUnsafe),
        (b"", XmlNotReadable),
        (b"<a", XmlNotReadable),
        (b"\xff\xfe\x00", XmlNotReadable),
        (b'<?xml version="1.0" encoding="nonsense"?><x/>', XmlNotReadable),
        (b'<?xml version="1.0" encoding="UTF-7"?><x/>', XmlNotReadable),
        (written().encode("gbk"), XmlNotReadable),
        (a_root("CEB604", namespace="http://elsewhere"), XmlNotReadable),
        (b"<CEB604Message/>", XmlNotReadable),
        (a_root("CEB604", root="Message604"), XmlNotReadable),
        (a_root("CEB604", "&undefined;"), XmlNotReadable),
        (a_root("CEB604", "<InventoryReturn/>"), XmlNotReadable),
        (a_root("CEB604", a_node("InventoryReturn", {}, "<copNo>1</copNo>")), XmlNotReadable),
        (a_root("CEB604", '<x:a xmlns:x="http://elsewhere"/>'), XmlNotReadable),
        (a_root("CEB604", "<ceb:a>" * DEEP + "</ceb:a>" * DEEP), XmlNotReadable),
        (a_root("CEB604", f"<ceb:a {attributes(17)}/>"), XmlNotReadable),
        (a_root("CEB604", f"<ceb:a {attributes(80_000)}/>"), XmlNotReadable),
        (a_root("CEB604", f"<ceb:a {attributes(1)[:-1]}{LONG}'/>"), XmlNotReadable),
        (a_root("CEB604", "<ceb:a/>" * 60_000), XmlNotReadable),
        (
            a_root("CEB900", f"<ceb:a {'x' * ECHO_BYTES_MAX}"[: ECHO_BYTES_MAX - 400]),
            XmlNotReadable,
        ),
        (b" " * (MESSAGE_BYTES_MAX + 1), MessageTooLarge),
        (a_root("CEB604", "<!--CEB900-->", " " * MESSAGE_BYTES_MAX), MessageTooLarge),
        (a_root("CEB900", " " * ECHO_BYTES_MAX), MessageTooLarge),
        (DXP % b"", XmlNotReadable),
        (DXP % b"***", XmlNotReadable),
        (DXP % b"PGE+", XmlNotReadable),
        (DXP.replace(b"DxpMsg", b"DxpRep"), MessageNotExpected),
    ],
)
def test_a_message_that_cannot_be_read_is_refused(raw: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        read_message(raw)


@pytest.mark.parametrize("where", ["Signature", "Message"])
def test_what_is_none_of_ours_is_bounded_in_depth_as_well(where: str) -> None:
    deep = "<x>" * DEEP + "</x>" * DEEP
    signature = f'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">{deep}</ds:Signature>'
    extension = f"<ceb:ExtendMessage><ceb:Message>{deep}</ceb:Message></ceb:ExtendMessage>"

    with pytest.raises(XmlNotReadable):
        read_message(a_root("CEB604", signature if where == "Signature" else extension))


def test_the_signature_and_what_an_extension_holds_are_left_alone() -> None:
    raw = a_root(
        "CEB603",
        '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><a><b>x</b></a></ds:Signature>',
        "<ceb:ExtendMessage><ceb:name>n</ceb:name><ceb:Message><any><ceb:thing/></any>"
        "</ceb:Message></ceb:ExtendMessage>",
    )

    assert read_message(raw).nodes == (Node("ExtendMessage", {"name": "n", "Message": ""}),)


def test_an_empty_node_is_still_a_node() -> None:
    message = read_message(a_root("CEB604", "<ceb:InventoryReturn/>", an_inventory_return()))

    assert [len(node.values) > 0 for node in message.named("InventoryReturn")] == [False, True]


def test_a_message_of_ours_may_be_longer_than_any_that_comes_in() -> None:
    raw = a_root("CEB603", " " * MESSAGE_BYTES_MAX)

    assert read_message(raw, bytes_max=2 * MESSAGE_BYTES_MAX).message_type == "CEB603"


def test_unknown_elements_are_kept_apart_and_named() -> None:
    line = a_node("InventoryList", {"gnum": "1", "colour": "red"})
    nested = a_node("InventoryHead", {"shop": "t"}, "<ceb:x><ceb:y/></ceb:x>")
    message = read_message(
        a_root(
            "CEB603",
            a_node("Inventory", {}, a_node("InventoryHead", {"orderNo": "1", "shop": "s"}), line),
            a_node("Inventory", {}, nested),
        )
    )

    assert read_documents(message) == [
        Document({"orderNo": "1"}, ({"gnum": "1"},)),
        Document({}),
    ]
    assert unknown_elements(message) == (
        "InventoryHead.shop",
        "InventoryList.colour",
        "InventoryHead.x",
    )


def test_a_repeated_element_spoils_its_document_and_no_other() -> None:
    twice = "<ceb:orderNo>1</ceb:orderNo><ceb:orderNo>2</ceb:orderNo>"
    head = a_node("InventoryHead", {"orderNo": "1"})
    documents = read_documents(
        read_message(
            a_root(
                "CEB603",
                a_node("Inventory", {}, f"<ceb:InventoryHead>{twice}</ceb:InventoryHead>"),
                a_node("Inventory", {}, head, head),
                a_node("Inventory", {}, head, a_node("InventoryList", {"gnum": "1"})),
            )
        )
    )

    assert [type(document) for document in documents] == [
        ElementRepeated,
        ElementRepeated,
        Document,
    ]


def test_documents_of_a_message_that_we_do_not_send_are_not_expected() -> None:
    with pytest.raises(MessageNotExpected):
        read_documents(read_message(a_root("CEB604", an_inventory_return())))


ROOT = f'<ceb:CEB603Message xmlns:ceb="{NAMESPACE}" guid="{GUID.lower()}" version="1.0">'


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f'<?xml version="1.0" encoding="UTF-8"?>\n{ROOT}<ceb:Inventory>', GUID),
        (f"\ufeff{ROOT}", GUID),
        (ROOT[: ROOT.index(" version")], GUID),
        (ROOT.replace('"', "'").replace("guid=", "guid = "), GUID),
        (ROOT.replace("ceb:", ""), GUID),
        (ROOT.replace("Message", ""), GUID),
        # A guid of an element is none of the root.
        (f"<CEB603Message xmlns=''><x guid='{GUID}'/>", None),
        (ROOT[:40], None),
        (ROOT.replace("CEB603", "ABC"), None),
        ("", None),
        ("<" * 100_000, None),
        ("<CEB603Message" + " guid" * 100_000, None),
        ("<CEB603Message" + " " * 100_000, None),
    ],
)
def test_the_original_of_a_refused_message_is_known_by_its_first_tag(
    text: str, found: str | None
) -> None:
    assert original_of(text) == (Original("CEB603", found) if found else None)


def test_another_parser_reads_the_same_values() -> None:
    raw = a_root("CEB604", an_inventory_return(returnInfo="a&amp;b &#x4e2d;<![CDATA[<c>]]>"))
    (node,) = ET.fromstring(raw)
    names = {re.sub("{.*}", "", child.tag): (child.text or "").strip() for child in node}

    assert read_message(raw).nodes[0].values == names
