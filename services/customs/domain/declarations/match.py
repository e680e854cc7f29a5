"""The three-document match: order ↔ export list ↔ house waybill, before anything is sent. It finds
all faults at once, in a stable order. The list is made here from the other two, so the checks of
its own numbers guard against our own mistakes: customs would return such a list, and a return costs
a flight.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from services.customs.domain.declarations.documents import OrderDocument, Waybill
from services.customs.domain.declarations.export_list import ExportList, ListLine
from services.customs.domain.declarations.findings import Finding
from services.customs.domain.messages.document import Document
from services.customs.domain.messages.faults import faults
from services.customs.domain.messages.kinds.lists import CEB603, LINES_PER_LIST_MAX

ITEM_NUMBER_MAX: Final = 20  # 30 in CEB303, 20 in CEB603: the smaller one binds
_HS_CODE: Final = re.compile(r"^(?!00|77|98|99)[0-9]{2}[0-9]{4}([0-9]{2}([0-9]{2})?)?$", re.ASCII)


def match_documents(
    order: OrderDocument, waybill: Waybill, export: ExportList
) -> tuple[Finding, ...]:
    """Empty: the list may be declared."""
    return (
        *_keys(order, waybill, export),
        *_line_numbers(order, export),
        *(finding for line in export.lines for finding in _line(line)),
        *_values(order, export),
        *_weights(order, waybill, export),
        *_destination(order, waybill, export),
    )


def field_findings(document: Document) -> tuple[Finding, ...]:
    """Presence, length and form of every field of the CEB603 document (V01)."""
    return tuple(
        Finding("customs.match.field", {"place": fault.place, "problem": fault.problem})
        for fault in faults(CEB603, document)
    )


def _keys(order: OrderDocument, waybill: Waybill, export: ExportList) -> Iterator[Finding]:
    if not order.order_id == waybill.order_id == export.order_no:
        yield Finding("customs.match.order_number")
    if waybill.house_waybill != export.waybill_no:
        yield Finding(
            "customs.match.waybill_number",
            {"list_number": export.waybill_no, "waybill_number": waybill.house_waybill},
        )


def _line_numbers(order: OrderDocument, export: ExportList) -> Iterator[Finding]:
    count = len(order.lines)
    if count == 0:
        yield Finding("customs.match.no_lines")
    if count > LINES_PER_LIST_MAX:
        yield Finding("customs.match.too_many_lines", {"lines": count, "limit": LINES_PER_LIST_MAX})
    for number, times in sorted(Counter(line.line for line in order.lines).items()):
        if times > 1:
            yield Finding("customs.match.line_repeated", {"line": number})
    if [line.gnum for line in export.lines] != list(range(1, count + 1)):
        yield Finding("customs.match.line_numbering", {"lines": count})


def _line(line: ListLine) -> Iterator[Finding]:
    place: dict[str, str | int] = {"line": line.gnum, "sku": line.item_no}
    if line.quantity <= 0:
        yield Finding("customs.match.quantity", {**place, "quantity": line.quantity})
    elif line.price_minor <= 0:
        yield Finding("customs.match.value_zero", place)
    if line.quantity * line.price_minor != line.total_minor:
        yield Finding("customs.match.line_total", place)
    if not _HS_CODE.match(line.hs_code):
        yield Finding("customs.match.hs_code", {**place, "hs_code": line.hs_code})
    if len(line.item_no) > ITEM_NUMBER_MAX:
        yield Finding("customs.match.item_number", {**place, "limit": ITEM_NUMBER_MAX})


def _values(order: OrderDocument, export: ExportList) -> Iterator[Finding]:
    if export.total_minor != order.total_minor:
        yield Finding(
            "customs.match.order_total",
            {"list_total": export.total_minor, "order_total": order.total_minor},
        )
    if export.currency_code is None:
        yield Finding("customs.match.currency_without_code", {"currency": order.currency})


def _weights(order: OrderDocument, waybill: Waybill, export: ExportList) -> Iterator[Finding]:
    net, gross = export.net_weight_g, export.gross_weight_g
    if net <= 0 and export.lines:
        yield Finding("customs.match.net_weight", {"net_weight_g": net})
    if gross < net:
        yield Finding("customs.match.gross_weight", {"gross_weight_g": gross, "net_weight_g": net})
    if gross != order.gross_weight_g:
        yield Finding(
            "customs.match.order_weight",
            {"list_weight_g": gross, "order_weight_g": order.gross_weight_g},
        )
    if gross != waybill.gross_weight_g:
        yield Finding(
            "customs.match.waybill_weight",
            {"list_weight_g": gross, "waybill_weight_g": waybill.gross_weight_g},
        )


def _destination(order: OrderDocument, waybill: Waybill, export: ExportList) -> Iterator[Finding]:
    if order.country == "CN":
        yield Finding("customs.match.destination_is_china")
    elif export.country_code is None:
        yield Finding("customs.match.country_without_code", {"country": order.country})
    if order.country != waybill.country:
        yield Finding(
            "customs.match.destination_differs",
            {"order_country": order.country, "waybill_country": waybill.country},
        )
