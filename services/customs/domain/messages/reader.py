"""Messages from outside, of every type and in both directions: what the port sends and what we have
sent. Lenient in form: any prefix, byte order mark or known encoding, a root with or without
`Message`, empty and unknown elements, inside a DxpMsg or bare. What a receipt means is not decided
here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from services.customs.domain.messages import envelope as dxp
from services.customs.domain.messages.decoding import as_utf8
from services.customs.domain.messages.document import Document
from services.customs.domain.messages.elements import Layout
from services.customs.domain.messages.errors import (
    ElementRepeated,
    MessageNotExpected,
    MessageTooLarge,
    XmlNotReadable,
    XmlUnsafe,
)
from services.customs.domain.messages.kinds.kind import NAMESPACE, MessageKind
from services.customs.domain.messages.kinds.registry import KINDS, RECEIPTS
from services.customs.domain.messages.tree import ELEMENTS_MAX, Node, Root, read_tree

MESSAGE_BYTES_MAX: Final = 1024 * 1024
# A CEB900 brings back what we sent: 100 lists of 100 lines are about 10 MiB.
ECHO_BYTES_MAX: Final = 16 * MESSAGE_BYTES_MAX
_ECHO: Final = "CEB900"
# As base64, and room for the rest of an envelope.
ENVELOPE_BYTES_MAX: Final = ECHO_BYTES_MAX * 4 // 3 + 2 * MESSAGE_BYTES_MAX
# The largest file that can be an inbound message.
INBOUND_BYTES_MAX: Final = ENVELOPE_BYTES_MAX
# The least that an element of ours takes with its tags.
_ELEMENT_BYTES: Final = 20
_ROOT: Final = re.compile(r"(CEB[0-9]{3})(Message)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """`guid` and `version` may be missing. `nodes` are all children of the root, in order, without
    the signature. `envelope`: what it came in, without its data; None if it came bare.
    """

    message_type: str
    guid: str | None
    version: str | None
    nodes: tuple[Node, ...]
    envelope: dxp.Envelope | None = None

    def named(self, name: str) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes if node.name == name)


def read_message(raw: bytes, *, bytes_max: int = MESSAGE_BYTES_MAX) -> InboundMessage:
    """`bytes_max` is for messages of our own, which may be longer than any that comes in. Raises
    MessageTooLarge, XmlUnsafe or XmlNotReadable.
    """
    root = _read_root(raw, bytes_max)
    if root.namespace == NAMESPACE:
        return _message(root)
    if root.node.name != dxp.ROOT:
        raise MessageNotExpected(root=root.node.name)
    envelope = dxp.envelope_of(root)
    inside = _read_root(envelope.data, bytes_max)
    if inside.namespace != NAMESPACE:
        raise XmlNotReadable(reason="the envelope holds another one")
    return replace(_message(inside), envelope=replace(envelope, data=b""))


def unwrapped(raw: bytes) -> bytes:
    """The message in a DxpMsg, byte for byte; what is no DxpMsg is as it was. Raises XmlNotReadable
    if the message cannot be taken out.
    """
    try:
        root = _read_root(raw, ENVELOPE_BYTES_MAX)
    except (MessageTooLarge, XmlUnsafe, XmlNotReadable):
        return raw  # whoever reads the message says what is wrong with it
    is_envelope = (root.namespace, root.node.name) == (dxp.NAMESPACE, dxp.ROOT)
    return dxp.envelope_of(root).data if is_envelope else raw


def read_reply(raw: bytes) -> dxp.TransferReply:
    """A DxpRep. Raises MessageTooLarge, XmlUnsafe, XmlNotReadable or MessageNotExpected."""
    return dxp.reply_of(_read_root(raw, MESSAGE_BYTES_MAX))


def _read_root(raw: bytes, bytes_max: int) -> Root:
    # A first look, so that nothing large is decoded in vain. UTF-16 has zeros in between.
    start = raw[:4_096].replace(b"\0", b"")
    limits = {b"CEB900": ECHO_BYTES_MAX, b"DxpMsg": ENVELOPE_BYTES_MAX}
    _check_size(raw, max((limits[name] for name in limits if name in start), default=bytes_max))

    def check(namespace: str, name: str) -> None:
        if namespace == dxp.NAMESPACE:
            _check_size(raw, ENVELOPE_BYTES_MAX if name == dxp.ROOT else MESSAGE_BYTES_MAX)
        elif namespace != NAMESPACE or not _ROOT.fullmatch(name):
            raise XmlNotReadable(reason=f"the root is no CEB message in the namespace {NAMESPACE}")
        else:
            _check_size(raw, ECHO_BYTES_MAX if name.startswith(_ECHO) else bytes_max)

    elements_max = max(ELEMENTS_MAX, bytes_max // _ELEMENT_BYTES)
    return read_tree(as_utf8(raw), check_root=check, elements_max=elements_max)


def _check_size(raw: bytes, limit: int) -> None:
    if len(raw) > limit:
        raise MessageTooLarge(limit=f"{limit} bytes")


def _message(root: Root) -> InboundMessage:
    return InboundMessage(
        message_type=root.node.name.removesuffix("Message"),
        guid=root.attributes.get("guid"),
        version=root.attributes.get("version"),
        nodes=tuple(root.node.children),
    )


def known_values(node: Node, layout: Layout) -> Mapping[str, str]:
    """The values of a node that its table knows. Raises ElementRepeated: of two values of the same
    name, nobody can say which is meant.
    """
    for name, _ in node.repeated:
        if name in layout.names:
            raise ElementRepeated(node=node.name, element=name)
    return {name: value for name, value in node.values.items() if name in layout.names}


def read_documents(message: InboundMessage) -> list[Document | ElementRepeated]:
    """The documents of a message of ours, in order; a bad one does not affect the others. Raises
    MessageNotExpected for one that we do not send.
    """
    kind = KINDS.get(message.message_type)
    if kind is None:
        raise MessageNotExpected(root=message.message_type)
    return [_document(kind, node) for node in message.named(kind.node)]


def _document(kind: MessageKind, node: Node) -> Document | ElementRepeated:
    heads = [node] if kind.is_flat else node.named(kind.head_node)
    if len(heads) > 1:
        return ElementRepeated(node=kind.node, element=kind.head_node)
    try:
        head = known_values(heads[0], kind.head) if heads else {}
        lines = tuple(known_values(line, kind.line) for line in node.named(kind.line_node))
    except ElementRepeated as refusal:
        return refusal
    return Document(head, lines)


def unknown_elements(message: InboundMessage) -> tuple[str, ...]:
    """Elements that the tables of its type do not have, like `RefundReturn.appSenderId`, each once.
    Empty for a type that has no table.
    """
    tables = _tables(message.message_type)
    found: dict[str, None] = {}
    for node in message.nodes:
        for each in (node, *node.children):
            names = tables.get(each.name)
            if names is not None:
                nested = (child.name for child in each.children if child.name not in tables)
                unknown = [name for name in (*each.values, *nested) if name not in names]
                found.update(dict.fromkeys(f"{each.name}.{name}" for name in unknown))
    return tuple(found)


def _tables(message_type: str) -> dict[str, frozenset[str]]:
    kind = KINDS.get(message_type) or RECEIPTS.get(message_type)
    if kind is None:
        return {}
    tables = {kind.line_node: kind.line.names, kind.node: frozenset[str]()}
    return tables | {kind.head_node or kind.node: kind.head.names}
