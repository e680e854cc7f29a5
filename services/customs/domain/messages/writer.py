"""CEB messages as XML text, by the tables of their kinds. The order of elements is significant
(xs:sequence): values come as mappings, the table decides their order.

The root element is written in canonical form (Canonical XML 1.0, 2001-03-15): the namespace first,
then the attributes in order, no white space between elements, no empty element, a carriage return
as a reference. A signer may digest the very characters of `root_element`, and put `ds:Signature` at
`signature_position`: taken out again, they are the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from services.customs.domain.messages.document import Document, Values
from services.customs.domain.messages.elements import BLANKS, Element, Layout, clean
from services.customs.domain.messages.kinds.kind import (
    BASE_SUBSCRIBE,
    BASE_TRANSFER,
    DOCUMENTS_PER_MESSAGE_MAX,
    NAMESPACE,
    SUBSCRIBES_PER_MESSAGE_MAX,
    VERSION,
    MessageKind,
)

DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
UNSIGNED_NOTE: Final = "unsigned: ds:Signature omitted"
_TRANSFER_END: Final = "</ceb:BaseTransfer>"
_SUBSCRIBE: Final = "<ceb:BaseSubscribe>"
_SUBSCRIBE_END: Final = "</ceb:BaseSubscribe>"


@dataclass(frozen=True, slots=True)
class Extension:
    """ExtendMessage: whatever two parties agreed upon. `element` and `text` are the one element
    that its Message has; the name is without a prefix, and in no namespace.
    """

    name: str
    version: str
    element: str
    text: str


def write_message(
    kind: MessageKind,
    *,
    guid: str,
    documents: Sequence[Document],
    transfer: Values,
    subscribes: Sequence[Values] = (),
    extend: Extension | None = None,
) -> str:
    """The whole message without a signature. What `faults` finds nothing wrong with is valid;
    nothing is checked again here but what callers decide: how many documents there are.
    """
    assert 1 <= len(documents) <= DOCUMENTS_PER_MESSAGE_MAX, len(documents)
    assert len(subscribes) <= SUBSCRIBES_PER_MESSAGE_MAX, len(subscribes)
    root = f"ceb:{kind.message_type}Message"
    named = f'xmlns:ceb="{NAMESPACE}" guid="{attribute(guid.upper())}" version="{VERSION}"'
    parts = [f"{DECLARATION}<{root} {named}>"]
    for document in documents:
        parts.append(f"<ceb:{kind.node}>")
        if kind.is_flat:
            _write_values(parts, kind.head, document.head)
        else:
            _write_node(parts, kind.head_node, kind.head, document.head)
        for line in document.lines:
            _write_node(parts, kind.line_node, kind.line, line)
        parts.append(f"</ceb:{kind.node}>")
    _write_node(parts, "BaseTransfer", BASE_TRANSFER, transfer)
    for subscribe in subscribes:
        _write_node(parts, "BaseSubscribe", BASE_SUBSCRIBE, subscribe)
    if extend is not None:
        parts.append(_extension(extend))
    parts.append(f"</{root}>\n")
    return "".join(parts)


def root_element(message: str) -> str:
    """The message without the XML declaration: what is digested, in UTF-8."""
    return message.removeprefix(DECLARATION).rstrip(BLANKS)


def signature_position(message: str) -> int:
    """Where `ds:Signature` goes in a message of `write_message`: behind BaseTransfer and
    BaseSubscribe, before ExtendMessage.
    """
    # From the end: nothing behind it can hold this tag, and messages are long.
    at = message.rindex(_TRANSFER_END) + len(_TRANSFER_END)
    while message.startswith(_SUBSCRIBE, at):
        at = message.index(_SUBSCRIBE_END, at) + len(_SUBSCRIBE_END)
    return at


def _write_node(parts: list[str], node: str, layout: Layout, values: Values) -> None:
    parts.append(f"<ceb:{node}>")
    _write_values(parts, layout, values)
    parts.append(f"</ceb:{node}>")


def _write_values(parts: list[str], layout: Layout, values: Values) -> None:
    for name, element, opening, closing in _tags(layout):
        value = values.get(name)
        if value is not None and (text := element.written(value)):
            parts += (opening, text if text.isalnum() else escaped(text), closing)


@cache
def _tags(layout: Layout) -> tuple[tuple[str, Element, str, str], ...]:
    return tuple((e.name, e, f"<ceb:{e.name}>", f"</ceb:{e.name}>") for e in layout)


def _extension(extend: Extension) -> str:
    assert extend.element.isidentifier(), extend.element
    return (
        f"<ceb:ExtendMessage><ceb:name>{escaped(clean(extend.name))}</ceb:name>"
        f"<ceb:version>{escaped(clean(extend.version))}</ceb:version>"
        f"<ceb:Message><{extend.element}>{escaped(clean(extend.text))}</{extend.element}>"
        "</ceb:Message></ceb:ExtendMessage>"
    )


def escaped(text: str) -> str:
    """Text as Canonical XML writes it."""
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#xD;")
    )


def attribute(text: str) -> str:
    """The value of an attribute as Canonical XML writes it."""
    return (
        clean(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace('"', "&quot;")
        .replace("\t", "&#x9;")
        .replace("\n", "&#xA;")
        .replace("\r", "&#xD;")
    )
