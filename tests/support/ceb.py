"""CEB messages for tests: documents that fit the tables, and receipts as others write them."""

import random
from collections.abc import Mapping

from services.customs.domain.messages.document import Document
from services.customs.domain.messages.elements import Element, Form, Layout
from services.customs.domain.messages.kinds.kind import NAMESPACE, MessageKind, Numbering

GUID = "01900000-0000-7000-8000-00000000000A"
TRANSFER = {
    "copCode": "91420700MAA1RL001K",
    "copName": "报关",
    "dxpMode": "DXP",
    "dxpId": "DXPENT0000000001",
}
_CORE = "A<&>\"'中é]𠮷0"
_WITH_BLANKS = _CORE + " \t\n\r"
# Needed as soon as another value says so; given here always.
_CONDITIONAL = frozenset(
    "iacCode iacName emsNo itemRecordNo trafName voyageNo billNo startTime endTime".split()
)


def a_value(element: Element, rng: random.Random) -> str:
    """A value that fits, as long as it may be at times."""
    if element.allowed:
        return rng.choice(element.allowed)
    if element.form is Form.NUMBER:
        return a_number(element, rng)
    if element.form is Form.TIME:
        return "20261122163000123"[: element.length_max]
    size = rng.randint(element.length_min, element.length_max)
    if element.length_min > 1:
        return "".join(rng.choices(_CORE.replace("é", "e"), k=size))
    text = rng.choice(_CORE)
    while len(text) < size - 1:
        text += rng.choice(_WITH_BLANKS)
    return text + rng.choice(_CORE) if size > 1 else text


def a_number(element: Element, rng: random.Random) -> str:
    if not element.decimals:
        return str(rng.randint(1, 10**element.length_max - 1))
    decimals = rng.randint(0, element.decimals)
    whole = str(rng.randint(0, 10 ** (element.length_max - decimals) - 1))
    fraction = "".join(rng.choices("0123456789", k=decimals))
    return f"{whole}.{fraction}" if decimals else whole


def values_of(layout: Layout, rng: random.Random) -> dict[str, str | None]:
    """Values that fit the table, optional ones absent at times, in a shuffled order."""
    values: dict[str, str | None] = {
        element.name: a_value(element, rng)
        for element in layout
        if element.is_obligatory or element.name in _CONDITIONAL or rng.random() < 0.5
    }
    order = list(values)
    rng.shuffle(order)
    return {name: values[name] for name in order}


def a_document(kind: MessageKind, rng: random.Random, *, lines: int = 2) -> Document:
    """A document without faults."""
    head = values_of(kind.head, rng)
    if "msgCount" in head:
        head |= {"msgCount": "3", "msgSeqNo": "2"}
    if head.get("country") == "142":
        head["country"] = "143"
    count = 0 if kind.lines_max == 0 else lines
    made = [values_of(kind.line, rng) for _ in range(count)]
    if kind.numbering is not Numbering.NONE:
        made = [{**line, "gnum": str(at)} for at, line in enumerate(made, start=1)]
    return Document(head, tuple(made))


def a_root(
    message_type: str, *nodes: str, root: str | None = None, namespace: str = NAMESPACE
) -> bytes:
    """A message as somebody else writes it."""
    name = root or f"{message_type}Message"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><ceb:{name} guid="{GUID.lower()}" version="1.0"'
        f' xmlns:ceb="{namespace}">{"".join(nodes)}</ceb:{name}>'
    ).encode()


def a_node(name: str, fields: Mapping[str, str], *more: str) -> str:
    body = "".join(f"<ceb:{field}>{value}</ceb:{field}>" for field, value in fields.items())
    return f"<ceb:{name}>{body}{''.join(more)}</ceb:{name}>"


def an_inventory_return(**changes: str) -> str:
    fields = {
        "guid": GUID,
        "agentCode": "91420700MAA1RL001K",
        "copNo": "AL0001",
        "preNo": "",
        "returnStatus": "120",
        "returnTime": "20261122163000123",
        "returnInfo": "[Code:2600;Desc:入库 &lt;成功&gt;]",
    } | changes
    return a_node("InventoryReturn", fields)
