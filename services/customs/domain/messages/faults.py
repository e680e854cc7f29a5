"""Strict checks before a message is written: every fault of a document, each with its place."""

from collections.abc import Iterator, Sequence

from services.customs.domain.messages.document import Document, FieldFault, Values
from services.customs.domain.messages.elements import Layout
from services.customs.domain.messages.kinds.kind import (
    BASE_SUBSCRIBE,
    BASE_TRANSFER,
    SUBSCRIBES_PER_MESSAGE_MAX,
    MessageKind,
)
from services.customs.domain.messages.kinds.rules import numbered


def faults(kind: MessageKind, document: Document) -> tuple[FieldFault, ...]:
    """Presence, length and form of every element, the number of lines and how they count, and
    what depends on another value. Empty: the writer can write it.
    """
    found = list(_node_faults(kind.head, document.head, kind.head_node))
    for at, line in enumerate(document.lines):
        found.extend(_node_faults(kind.line, line, f"{kind.line_node}[{at + 1}]"))
    found.extend(numbered(kind, document))
    for rule in kind.rules:
        found.extend(rule(kind, document))
    return tuple(found)


def envelope_faults(transfer: Values, subscribes: Sequence[Values] = ()) -> tuple[FieldFault, ...]:
    """Of what stands in a message beside its documents: the sender, and who gets copies."""
    found = list(_node_faults(BASE_TRANSFER, transfer, "BaseTransfer"))
    for at, subscribe in enumerate(subscribes):
        found.extend(_node_faults(BASE_SUBSCRIBE, subscribe, f"BaseSubscribe[{at + 1}]"))
    if len(subscribes) > SUBSCRIBES_PER_MESSAGE_MAX:
        found.append(
            FieldFault("BaseSubscribe", f"may come at most {SUBSCRIBES_PER_MESSAGE_MAX} times")
        )
    return tuple(found)


def _node_faults(layout: Layout, values: Values, place: str) -> Iterator[FieldFault]:
    for element in layout.elements:
        value = values.get(element.name)
        if value is None and not element.is_obligatory:
            continue
        problem = element.fault(value)
        if problem is not None:
            yield FieldFault(f"{place}.{element.name}", problem)
    if not layout.names >= values.keys():
        for name in sorted(values.keys() - layout.names):
            yield FieldFault(f"{place}.{name}", "is no element of this node")
