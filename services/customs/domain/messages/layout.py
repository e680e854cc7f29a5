"""The elements of the CEB messages, in the order of the interface specification (edition 202205).
Writer and checks share these tables, so a field cannot be written in another place or length than
it is checked for.
"""

import re
from dataclasses import dataclass
from typing import Final

NAMESPACE: Final = "http://www.chinaport.gov.cn/ceb"
DOCUMENTS_PER_MESSAGE_MAX: Final = 100
LINES_PER_LIST_MAX: Final = 100
_SPEC: Final = re.compile(r"^(\w+?)(\?)? (C|N)(\.\.)?(\d+)(?:-(\d+))?(?:,(\d+))?$")


@dataclass(frozen=True)
class Element:
    """`C36` exactly 36 characters, `C..60` one to 60, `N19,5` 19 digits, 5 of them decimals."""

    name: str
    required: bool
    numeric: bool
    length_min: int
    length_max: int
    decimals: int

    def fault(self, value: str | None) -> str | None:
        """What is wrong with the value (English, short), or None."""
        if value is None or value == "":
            return "is missing" if self.required else None
        if self.numeric:
            return self._number_fault(value)
        if self.length_min == self.length_max != len(value):
            return f"must have {self.length_max} characters"
        if not self.length_min <= len(value) <= self.length_max:
            return f"may have at most {self.length_max} characters"
        return None

    def _number_fault(self, value: str) -> str | None:
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", value, re.ASCII):
            return "is not a number"
        whole, _, fraction = value.partition(".")
        if len(fraction) > self.decimals:
            return f"has more than {self.decimals} decimals"
        if len(whole) > self.length_max - self.decimals:
            return f"has more than {self.length_max - self.decimals} digits before the point"
        return None


Layout = tuple[Element, ...]


def _layout(spec: str) -> Layout:
    return tuple(_element(part.strip()) for part in spec.replace("\n", " ").split(";"))


def _element(text: str) -> Element:
    match = _SPEC.match(text)
    assert match is not None, text
    name, optional, kind, upto, first, last, decimals = match.groups()
    low, high = (1, int(first)) if upto else (int(first), int(last or first))
    return Element(
        name=name,
        required=optional is None,
        numeric=kind == "N",
        length_min=low,
        length_max=high,
        decimals=int(decimals or 0),
    )


INVENTORY_HEAD: Final = _layout(
    """guid C36; appType C1; appTime C14; appStatus C1; customsCode C4; ebpCode C..18;
    ebpName C..100; orderNo C..60; logisticsCode C..18; logisticsName C..100; logisticsNo C..32;
    copNo C..30; preNo? C18; invtNo? C..20; ieFlag C1; portCode C4; ieDate C8; statisticsFlag C1;
    agentCode C..18; agentName C..100; ebcCode C..18; ebcName C..100; ownerCode C..18;
    ownerName C..100; iacCode? C..18; iacName? C..100; emsNo? C..30; tradeMode C4; trafMode C1;
    trafName? C..100; voyageNo? C..32; billNo? C..37; totalPackageNo? C..37; loctNo? C..10;
    licenseNo? C..19; country C3; POD C3-4; freight N19,5; fCurrency C3; fFlag C1;
    insuredFee N19,5; iCurrency C3; iFlag C1; wrapType C1; packNo N9; grossWeight N19,5;
    netWeight N19,5; note? C..1000"""
)
INVENTORY_LIST: Final = _layout(
    """gnum N5; itemNo C..20; itemRecordNo? C..30; itemName? C..250; gcode C10; gname C..250;
    gmodel C..250; barCode C..50; country C3; currency C3; qty N19,5; qty1 N19,5; qty2? N19,5;
    unit C3; unit1 C3; unit2? C..3; price N19,5; totalPrice N19,5; note? C..1000"""
)
DEPARTURE_HEAD: Final = _layout(
    """guid C36; appType C1; appTime C14; appStatus C1; customsCode C4; copNo C..30; preNo? C18;
    logisticsCode C..18; logisticsName C..100; trafMode C1; trafName? C..100; voyageNo? C..32;
    billNo? C..37; leaveTime C14; msgCount N9; msgSeqNo N9; note? C..1000"""
)
DEPARTURE_LIST: Final = _layout("gnum N5; totalPackageNo? C..37; logisticsNo C..32; note? C..1000")
BASE_TRANSFER: Final = _layout(
    "copCode C..18; copName C..100; dxpMode C3; dxpId C..30; note? C..1000"
)
# Receipts are read leniently (the PDF and the XSD disagree on preNo and invtNo), so this is the
# order a sender uses, not a condition for being understood.
INVENTORY_RETURN: Final = _layout(
    """guid C36; agentCode C..18; copNo C..30; preNo? C18; invtNo? C..20; ebcCode C..18;
    ebpCode C..18; orderNo C..60; statisticsFlag C1; returnStatus C..10; returnTime C17;
    returnInfo C..1000"""
)
