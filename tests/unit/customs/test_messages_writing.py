"""CEB messages out: order, values, canonical form. Oracle: lxml, its Canonical XML 1.0 and tree."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from services.customs.domain.messages.document import Document, Values
from services.customs.domain.messages.elements import Layout
from services.customs.domain.messages.faults import faults
from services.customs.domain.messages.kinds.kind import NAMESPACE
from services.customs.domain.messages.kinds.movements import CEB509
from services.customs.domain.messages.kinds.registry import KINDS
from services.customs.domain.messages.parts import split
from services.customs.domain.messages.reader import read_documents, read_message
from services.customs.domain.messages.writer import (
    Extension,
    root_element,
    signature_position,
    write_message,
)
from tests.support.ceb import GUID, TRANSFER, a_document

SUBSCRIBER = {"status": "ALL", "dxpMode": "DXP", "dxpAddress": "D1"}
_SIGNATURE = (
    '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo>x</ds:SignedInfo>'
    "</ds:Signature>"
)


def canonical(xml: str) -> bytes:
    root = etree.fromstring(xml.encode())
    for signature in root.findall("{http://www.w3.org/2000/09/xmldsig#}Signature"):
        root.remove(signature)  # as the transform enveloped-signature does
    written: bytes = etree.tostring(root, method="c14n", exclusive=False, with_comments=False)
    return written


def expected(layout: Layout, values: Values) -> dict[str, str]:
    """Trimmed, collapsed where the schema collapses, guids in capitals; nothing empty."""
    texts = {}
    for element in layout:
        text = (values.get(element.name) or "").strip(" \t\r\n")
        if element.is_collapsed:
            text = " ".join(re.split("[ \t\r\n]+", text))
        if text:
            texts[element.name] = text.upper() if element.name == "guid" else text
    return texts


@pytest.mark.parametrize("message_type", KINDS)
@given(seed=st.integers(0, 2**32), lines=st.integers(1, 3), subscribers=st.integers(0, 5))
def test_what_is_written_is_read_back_and_is_canonical(
    message_type: str, seed: int, lines: int, subscribers: int
) -> None:
    rng, kind = random.Random(seed), KINDS[message_type]
    documents = [a_document(kind, rng, lines=lines) for _ in range(rng.randint(1, 2))]

    assert [faults(kind, document) for document in documents] == [()] * len(documents)

    text = write_message(
        kind,
        guid=GUID,
        documents=documents,
        transfer=TRANSFER,
        subscribes=[SUBSCRIBER] * subscribers,
        extend=Extension("a&b", "1.0", "Anything", "<\r") if seed % 2 else None,
    )
    message = read_message(text.encode())

    assert canonical(text) == root_element(text).encode()
    assert (message.message_type, message.guid, message.version) == (message_type, GUID, "1.0")
    assert read_documents(message) == [
        Document(
            expected(kind.head, document.head),
            tuple(expected(kind.line, line) for line in document.lines),
        )
        for document in documents
    ]


@pytest.mark.parametrize("message_type", KINDS)
def test_elements_stand_in_the_order_of_the_table(message_type: str) -> None:
    kind = KINDS[message_type]
    document = a_document(kind, random.Random(3))
    text = write_message(kind, guid=GUID, documents=[document], transfer=TRANSFER)
    root = etree.fromstring(text.encode())
    node = root[0]

    def names(element: etree._Element) -> list[str]:
        return [child.tag.removeprefix(f"{{{NAMESPACE}}}") for child in element]

    def order(layout: Layout, values: Values) -> list[str]:
        return [element.name for element in layout if values.get(element.name)]

    assert root.tag == f"{{{NAMESPACE}}}{message_type}Message"
    assert names(root) == [kind.node, "BaseTransfer"]
    if kind.is_flat:
        assert names(node) == order(kind.head, document.head)
    else:
        assert names(node) == [kind.head_node, *[kind.line_node] * len(document.lines)]
        parts = [(kind.head, document.head), *((kind.line, line) for line in document.lines)]
        assert [names(part) for part in node] == [order(*part) for part in parts]


@given(st.text(), st.text())
def test_no_text_makes_the_message_unreadable_or_uncanonical(text: str, note: str) -> None:
    text = text.encode("utf-8", "replace").decode()  # no halves of a pair: they are no characters
    document = Document(
        {"billNo": text}, ({"gnum": "1", "logisticsNo": note.replace("\ud800", "")},)
    )
    written = write_message(CEB509, guid=GUID, documents=[document], transfer=TRANSFER)

    read_message(written.encode())
    assert canonical(written) == root_element(written).encode()


def test_nothing_empty_is_written_and_guids_are_in_capitals() -> None:
    document = Document({"guid": "ab" * 18, "billNo": " ", "preNo": "", "note": None})
    text = write_message(CEB509, guid=GUID.lower(), documents=[document], transfer=TRANSFER)

    assert "<ceb:DepartureHead><ceb:guid>" + "AB" * 18 + "</ceb:guid></ceb:DepartureHead>" in text
    assert f'guid="{GUID}"' in text


@pytest.mark.parametrize("subscribers", [0, 1, 5])
@pytest.mark.parametrize("extend", [None, Extension("n", "1", "x", "</ceb:BaseTransfer>")])
def test_a_signature_goes_before_the_extension_and_leaves_the_rest_as_it_was(
    subscribers: int, extend: Extension | None
) -> None:
    text = write_message(
        CEB509,
        guid=GUID,
        documents=[a_document(CEB509, random.Random(5))],
        transfer=TRANSFER,
        subscribes=[SUBSCRIBER] * subscribers,
        extend=extend,
    )
    at = signature_position(text)
    signed = text[:at] + _SIGNATURE + text[at:]
    names = [etree.QName(child).localname for child in etree.fromstring(signed.encode())]

    assert names == [
        "Departure",
        "BaseTransfer",
        *["BaseSubscribe"] * subscribers,
        "Signature",
        *(["ExtendMessage"] if extend else []),
    ]
    assert canonical(signed) == root_element(text).encode()
    assert [node.name for node in read_message(signed.encode()).nodes] == [
        name for name in names if name != "Signature"
    ]


@pytest.mark.parametrize(("lines", "sizes"), [(0, [0]), (1, [1]), (4, [2, 2]), (5, [2, 2, 1])])
@pytest.mark.parametrize("message_type", ["CEB507", "CEB509", "CEB607", "CEB701"])
def test_a_document_in_parts_counts_them_and_its_lines(
    message_type: str, lines: int, sizes: list[int]
) -> None:
    kind = KINDS[message_type]
    whole = a_document(kind, random.Random(2), lines=lines)
    parts = split(kind, whole.head, whole.lines, per_part=2)

    assert [len(part.lines) for part in parts] == sizes
    assert [(p.head["msgSeqNo"], p.head["msgCount"]) for p in parts] == [
        (str(at + 1), str(len(sizes))) for at in range(len(sizes))
    ]
    assert {part.head["copNo"] for part in parts} == {whole.head["copNo"]}
    assert len({part.head["guid"] for part in parts}) == len(parts)
    if lines:
        assert [faults(kind, part) for part in parts] == [()] * len(parts)
    if "gnum" in kind.line.names:
        assert [[line["gnum"] for line in part.lines] for part in parts] == [
            [str(at + 1) for at in range(size)] for size in sizes
        ]
