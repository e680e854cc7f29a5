"""CEB messages as XML text, by the tables in `layout`. The order of elements is significant
(xs:sequence): values come as mappings, the table decides their order. Messages are unsigned:
`ds:Signature` is left out, and `BaseTransfer/note` says so.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from services.customs.domain.messages.layout import (
    BASE_TRANSFER,
    DEPARTURE_HEAD,
    DEPARTURE_LIST,
    DOCUMENTS_PER_MESSAGE_MAX,
    INVENTORY_HEAD,
    INVENTORY_LIST,
    NAMESPACE,
    Layout,
)

Values = Mapping[str, str | None]
# XML 1.0 allows no other control characters, not even as references.
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
UNSIGNED_NOTE: Final = "unsigned: ds:Signature omitted"


@dataclass(frozen=True)
class Document:
    """One business node: head and lines, e.g. Inventory(InventoryHead, InventoryList…)."""

    head: Values
    lines: tuple[Values, ...]


@dataclass(frozen=True)
class DocumentKind:
    message_type: str
    node: str
    head_node: str
    head: Layout
    line_node: str
    line: Layout


CEB603: Final = DocumentKind(
    "CEB603", "Inventory", "InventoryHead", INVENTORY_HEAD, "InventoryList", INVENTORY_LIST
)
CEB509: Final = DocumentKind(
    "CEB509", "Departure", "DepartureHead", DEPARTURE_HEAD, "DepartureList", DEPARTURE_LIST
)


@dataclass(frozen=True)
class FieldFault:
    """`place` reads like `InventoryList[2].gname`; `problem` is a short English clause."""

    place: str
    problem: str


def faults(kind: DocumentKind, document: Document) -> tuple[FieldFault, ...]:
    """Presence, length and decimals of every field (V01). Empty: the writer can write it."""
    found = _faults_of(kind.head, document.head, kind.head_node)
    for at, line in enumerate(document.lines):
        found += _faults_of(kind.line, line, f"{kind.line_node}[{at + 1}]")
    return tuple(found)


def _faults_of(layout: Layout, values: Values, place: str) -> list[FieldFault]:
    unknown = values.keys() - {element.name for element in layout}
    assert not unknown, unknown
    return [
        FieldFault(f"{place}.{element.name}", problem)
        for element in layout
        if (problem := element.fault(values.get(element.name))) is not None
    ]


def write_message(
    kind: DocumentKind, *, guid: str, documents: Sequence[Document], transfer: Values
) -> str:
    """The whole message, documents first, then BaseTransfer. `guid`: 36 upper-case characters."""
    assert 1 <= len(documents) <= DOCUMENTS_PER_MESSAGE_MAX, len(documents)
    root = f"ceb:{kind.message_type}Message"
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        f'<{root} guid="{guid}" version="1.0" xmlns:ceb="{NAMESPACE}">',
    ]
    for document in documents:
        parts.append(f"<ceb:{kind.node}>")
        _write(parts, kind.head_node, kind.head, document.head)
        for line in document.lines:
            _write(parts, kind.line_node, kind.line, line)
        parts.append(f"</ceb:{kind.node}>")
    _write(parts, "BaseTransfer", BASE_TRANSFER, transfer)
    parts.append(f"</{root}>\n")
    return "".join(parts)


def _write(parts: list[str], node: str, layout: Layout, values: Values) -> None:
    parts.append(f"<ceb:{node}>")
    for element in layout:
        value = values.get(element.name)
        if value is not None and value != "":
            name = element.name
            parts.append(f"<ceb:{name}>{escape(clean(value))}</ceb:{name}>")
    parts.append(f"</ceb:{node}>")


def clean(value: str) -> str:
    """Without what XML cannot carry: such characters become spaces."""
    return _NOT_XML.sub(" ", value)
