"""Every field of a document as it will be sent, and which of its faults other findings explain."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from services.customs.domain.declarations.findings import Finding
from services.customs.domain.messages.document import Document, FieldFault
from services.customs.domain.messages.faults import faults
from services.customs.domain.messages.kinds.kind import MessageKind
from services.customs.domain.messages.kinds.lists import CEB603

_LIST: Final = "list"
_LINES: Final = "List"
_FIELD: Final = "customs.match.field"
_OF_PARTIES: Final = "customs.party."


# What already says why an element of the list is not as it must be.
_CAUSES: Final[Mapping[str, frozenset[str]]] = {
    element: frozenset(f"customs.match.{code}" for code in codes.split())
    for element, codes in {
        "gcode": "hs_code",
        "gname": "name_missing",
        "gmodel": "brand_missing element_missing",
        "itemNo": "item_number",
        "qty": "quantity",
        "qty1": "legal_quantity tariff_digits not_in_tariff quantity net_weight hs_code"
        " hs_subheading",
        "qty2": "legal_quantity quantity net_weight",
        "unit1": "tariff_digits not_in_tariff hs_code hs_subheading",
        "totalPrice": "quantity value_zero",
        "price": "value_zero",
        "currency": "currency_without_code",
        "fCurrency": "currency_without_code",
        "iCurrency": "currency_without_code",
        "country": "country_without_code destination_is_china",
        "POD": "country_without_code destination_is_china",
        "netWeight": "net_weight quantity",
        "grossWeight": "gross_weight net_weight quantity",
        "packNo": "pieces",
        "InventoryList": "no_lines too_many_lines",
        "gnum": "line_numbering",
        "iacCode": "bonded_area",
        "iacName": "bonded_area",
        "emsNo": "bonded_area",
        "itemRecordNo": "item_record",
    }.items()
}


# Elements that name enterprises.
_PARTY_ELEMENTS: Final = frozenset(
    f"{party}{what}"
    for party in ("agent", "ebc", "ebp", "iac", "logistics", "owner")
    for what in ("Code", "Name")
)
# Elements of CEB303 and CEB505 that say what another element of the list says.
_OF_LIST: Final[Mapping[str, str]] = {
    "OrderList": "InventoryList",
    "goodsInfo": "gname",
    "goodsValue": "totalPrice",
    "itemName": "gname",
}


def field_findings(document: Document, found: Sequence[Finding] = ()) -> tuple[Finding, ...]:
    """Presence, length and form of every field of the CEB603 document (V01), as far as what was
    `found` before does not explain them.
    """
    return tuple(_unexplained(_LIST, CEB603, document, found))


def predecessor_findings(
    kind: MessageKind, document: Document, found: Sequence[Finding]
) -> tuple[Finding, ...]:
    """Of a document that goes before the list. Its values are those of the list: what was `found`
    there is not told again.
    """
    return tuple(_unexplained(kind.message_type.lower(), kind, document, found))


def _unexplained(
    root: str, kind: MessageKind, document: Document, found: Sequence[Finding]
) -> Iterator[Finding]:
    """`root`: the first member of their pointers."""
    if not (wrong := faults(kind, document)):
        return
    causes = _Causes(found)
    for fault in wrong:
        if not causes.explain(fault):
            params = {"place": fault.place, "problem": fault.problem}
            yield Finding(_FIELD, params, _pointer(root, *_place(fault)))


class _Causes:
    """Findings that say why elements of messages are at fault: those of a line about that line."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self._lines: dict[str, set[object]] = {}
        self._places = {one.pointer for one in findings if one.code == _FIELD}
        self._is_unnamed = any(one.code.startswith(_OF_PARTIES) for one in findings)
        for one in findings:
            self._lines.setdefault(one.code, set()).add(one.params.get("line"))

    def explain(self, fault: FieldFault) -> bool:
        line, element = _place(fault)
        element = _OF_LIST.get(element, element)
        if self._is_unnamed and element in _PARTY_ELEMENTS:
            return True
        for code in _CAUSES.get(element, ()):
            lines = self._lines.get(code)
            if lines and (line is None or not lines.isdisjoint((None, line))):
                return True
        return _pointer(_LIST, line, element) in self._places


def _place(fault: FieldFault) -> tuple[int | None, str]:
    """The number of the line, if it is in one, and the element: `InventoryList[2].gname`."""
    node, _, element = fault.place.rpartition(".")
    _, bracket, number = node.rstrip("]").partition("[")
    return int(number) if bracket else None, element


def _pointer(root: str, line: int | None, element: str) -> str:
    """Below `list` that of `InventoryList[2].gname` is `/list/lines/1/gname`."""
    if element.endswith(_LINES):
        return f"/{root}/lines"
    return f"/{root}/{element}" if line is None else f"/{root}/lines/{line - 1}/{element}"
