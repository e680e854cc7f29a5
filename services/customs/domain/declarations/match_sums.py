"""The match of what is added up: values and weights of order, list and waybill."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from services.customs.domain.declarations.documents import OrderDocument, Waybill
from services.customs.domain.declarations.export_list import ExportList
from services.customs.domain.declarations.findings import Finding
from services.customs.domain.declarations.repairs import Repair, RepairBasis
from services.customs.domain.messages.values import kilograms, number
from shared.kernel.money import MINOR_DIGITS, Money

KILOGRAM: Final = "035"


def sum_findings(order: OrderDocument, waybill: Waybill, export: ExportList) -> Iterator[Finding]:
    """A sum of lines says nothing as long as one of them is faulty: it has no findings then, and
    suggests nothing.
    """
    has_quantities = all(line.quantity > 0 for line in export.lines)
    if has_quantities and all(line.price_minor > 0 for line in export.lines):
        yield from _total(order, export)
    yield from _money(order, export)
    if has_quantities:
        yield from _weights(order, waybill, export)
    if waybill.pieces < 1:
        params = {"pieces": waybill.pieces}
        yield Finding("customs.match.pieces", params, "/waybill/pieces")


def _total(order: OrderDocument, export: ExportList) -> Iterator[Finding]:
    total = export.total_minor
    if total != order.total_minor:
        yield Finding(
            "customs.match.order_total",
            {
                "list_total": _in_words(total, export.currency),
                "order_total": _in_words(order.total_minor, order.currency),
            },
            "/order/total_minor",
            {"list": total, "order": order.total_minor},
            Repair("/order/total_minor", total, RepairBasis.SUM_OF_LINES),
        )


def _money(order: OrderDocument, export: ExportList) -> Iterator[Finding]:
    yield from _value_cap(export)
    if export.currency_code is None:
        params = {"currency": order.currency}
        yield Finding("customs.match.currency_without_code", params, "/order/currency")


def _in_words(amount_minor: int, currency: str) -> str:
    """15.30 GBP. How many decimals an unknown currency has is not guessed."""
    if currency not in MINOR_DIGITS:
        return f"{amount_minor} {currency}"
    return f"{Money(amount_minor, currency).amount} {currency}"


def _value_cap(export: ExportList) -> Iterator[Finding]:
    """The highest value of one list is set in yuan; other currencies cannot be compared here."""
    cap = export.terms.value_cap_minor
    if cap is None:
        return
    params: dict[str, str | int] = {"mode": export.terms.mode, "cap": cap // 100}
    if export.currency != "CNY":
        yield Finding("customs.match.value_cap_unknown", params, "/order/total_minor")
    elif export.total_minor > cap:
        yield Finding("customs.match.value_cap", params, "/order/total_minor")


def _weights(order: OrderDocument, waybill: Waybill, export: ExportList) -> Iterator[Finding]:
    net, gross = export.net_weight_g, export.gross_weight_g
    if net <= 0 and export.lines:
        yield Finding("customs.match.net_weight", {"net_weight_g": net}, "/list/netWeight")
    if gross < net:
        yield Finding(
            "customs.match.gross_weight",
            {"gross_weight_g": gross, "net_weight_g": net},
            "/list/grossWeight",
        )
    is_weighed = all(line.net_weight_g > 0 and line.gross_weight_g > 0 for line in order.lines)
    for code, pointer, of_list, of_order in (
        ("order_weight", "/order/gross_weight_g", gross, order.gross_weight_g),
        ("order_net_weight", "/order/net_weight_g", net, order.net_weight_g),
    ):
        if of_list != of_order:
            yield Finding(
                f"customs.match.{code}",
                {"list_weight_g": of_list, "order_weight_g": of_order},
                pointer,
                {"list": of_list, "order": of_order},
                Repair(pointer, of_list, RepairBasis.SUM_OF_LINES) if is_weighed else None,
            )
    if gross != waybill.gross_weight_g:
        yield Finding(
            "customs.match.waybill_weight",
            {"list_weight_g": gross, "waybill_weight_g": waybill.gross_weight_g},
            "/waybill/gross_weight_g",
            {"list": gross, "waybill": waybill.gross_weight_g},
        )
    yield from _line_weights(export)


def _line_weights(export: ExportList) -> Iterator[Finding]:
    """What the lines weigh in kilograms is at most the net weight of the list. Lines whose legal
    units are others are not in the sum.
    """
    lines = sum(
        (
            Decimal(amount)
            for line in export.lines
            for unit, amount in (
                (line.legal.unit1, line.legal.quantity1),
                (line.legal.unit2, line.legal.quantity2),
            )
            if unit == KILOGRAM and amount is not None
        ),
        Decimal(0),
    )
    if lines * 1000 > max(export.net_weight_g, 0):
        yield Finding(
            "customs.match.line_weights",
            {"lines_weight_kg": number(lines), "list_weight_kg": kilograms(export.net_weight_g)},
            "/list/netWeight",
        )
