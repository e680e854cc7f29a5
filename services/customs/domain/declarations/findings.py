"""Every fault that our own check can find before anything is sent: a stable code, and text and fix
in English and Chinese. A finding is stored as its code and parameters, and put into words when
somebody reads it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypedDict

from shared.kernel.errors import Locale, Text
from shared.kernel.words import Words


@dataclass(frozen=True, slots=True)
class FindingKind:
    text: Text
    fix: Text


@dataclass(frozen=True, slots=True)
class Finding:
    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)

    def text(self, locale: Locale) -> str:
        return KINDS[self.code].text.render(locale, {**self.params})

    def fix(self, locale: Locale) -> str:
        return KINDS[self.code].fix.render(locale, {**self.params})


class FindingJson(TypedDict):
    code: str
    params: dict[str, str | int]


def finding_to_json(finding: Finding) -> FindingJson:
    return {"code": finding.code, "params": {**finding.params}}


def finding_from_json(stored: FindingJson) -> Finding:
    return Finding(stored["code"], stored["params"])


def summary(findings: Sequence[Finding]) -> Words:
    """One line for an event: all texts, in order."""
    return Words(
        " ".join(finding.text("en") for finding in findings),
        "".join(finding.text("zh-CN") for finding in findings),
    )


def _kind(en: str, zh: str, fix_en: str, fix_zh: str) -> FindingKind:
    return FindingKind(Text(en, zh), Text(fix_en, fix_zh))


KINDS: Final[dict[str, FindingKind]] = {
    "customs.match.no_lines": _kind(
        "The order has no lines.",
        "订单没有明细行。",
        "Place the order again with its goods.",
        "请补充商品后重新下单。",
    ),
    "customs.match.too_many_lines": _kind(
        "The order has {lines} lines; an export list carries at most {limit}.",
        "订单有 {lines} 行，出口清单最多 {limit} 行。",
        "Split the order.",
        "请拆分订单。",
    ),
    "customs.match.line_repeated": _kind(
        "Line number {line} occurs more than once in the order.",
        "订单行号 {line} 重复。",
        "Place the order again with distinct line numbers.",
        "请使用不重复的行号重新下单。",
    ),
    "customs.match.line_numbering": _kind(
        "The list's line numbers are not consecutive from 1 to {lines}.",
        "清单序号不是从 1 到 {lines} 的连续编号。",
        "Report this to the park: the list is made here.",
        "清单由本系统生成，请联系园区处理。",
    ),
    "customs.match.quantity": _kind(
        "Line {line} ({sku}): the quantity {quantity} must be above zero.",
        "第 {line} 行（{sku}）：数量 {quantity} 必须大于零。",
        "Place the order again with a quantity of 1 or more.",
        "请以不小于 1 的数量重新下单。",
    ),
    "customs.match.value_zero": _kind(
        "Line {line} ({sku}) has no value; customs does not accept zero-value lines.",
        "第 {line} 行（{sku}）金额为零，海关不接受零值商品。",
        "Declare the real value: cancel the order and place it again with the price of like goods.",
        "请申报真实价值：取消订单，并按同类商品价格重新下单。",
    ),
    "customs.match.line_total": _kind(
        "Line {line} ({sku}): quantity × price is not the line's total.",
        "第 {line} 行（{sku}）：数量 × 单价与总价不符。",
        "Report this to the park: the list is made here.",
        "清单由本系统生成，请联系园区处理。",
    ),
    "customs.match.order_total": _kind(
        "The list's total is {list_total}, the order's {order_total}.",
        "清单总价 {list_total} 与订单总价 {order_total} 不一致。",
        "Correct the order's total or its lines.",
        "请更正订单总价或明细。",
    ),
    "customs.match.net_weight": _kind(
        "The net weight is {net_weight_g} g; it must be above zero.",
        "净重为 {net_weight_g} 克，必须大于零。",
        "Enter the products' net weights, then place the order again.",
        "请补充商品净重后重新下单。",
    ),
    "customs.match.gross_weight": _kind(
        "The gross weight ({gross_weight_g} g) is below the net weight ({net_weight_g} g).",
        "毛重（{gross_weight_g} 克）小于净重（{net_weight_g} 克）。",
        "Correct the products' weights, then place the order again.",
        "请更正商品重量后重新下单。",
    ),
    "customs.match.order_weight": _kind(
        "The list weighs {list_weight_g} g gross, the order {order_weight_g} g.",
        "清单毛重 {list_weight_g} 克与订单毛重 {order_weight_g} 克不一致。",
        "Correct the weights of the order's lines.",
        "请更正订单明细的重量。",
    ),
    "customs.match.waybill_weight": _kind(
        "The house waybill says {waybill_weight_g} g gross, the list {list_weight_g} g.",
        "运单毛重 {waybill_weight_g} 克与清单毛重 {list_weight_g} 克不一致。",
        "Have the shipment weighed and booked again.",
        "请重新称重并重新订舱。",
    ),
    "customs.match.waybill_number": _kind(
        "The list names house waybill {list_number}, the shipment {waybill_number}.",
        "清单运单号 {list_number} 与运单 {waybill_number} 不一致。",
        "Report this to the park: the list is made here.",
        "清单由本系统生成，请联系园区处理。",
    ),
    "customs.match.order_number": _kind(
        "Order, waybill and list do not name the same order.",
        "订单、运单与清单的订单号不一致。",
        "Book the shipment again for this order.",
        "请为该订单重新订舱。",
    ),
    "customs.match.destination_differs": _kind(
        "The order goes to {order_country}, the waybill to {waybill_country}.",
        "订单目的国 {order_country} 与运单目的国 {waybill_country} 不一致。",
        "Book the shipment again to the order's destination.",
        "请按订单目的国重新订舱。",
    ),
    "customs.match.destination_is_china": _kind(
        "The destination is China: this is not an export.",
        "目的国为中国，不属于出口。",
        "Ship it as a domestic order.",
        "请按境内订单发货。",
    ),
    "customs.match.country_without_code": _kind(
        "Customs' code table has no code for the country {country}.",
        "海关国别代码表中没有 {country} 的代码。",
        "Ask the park to add the code with its official source.",
        "请联系园区，依据官方来源补充该代码。",
    ),
    "customs.match.currency_without_code": _kind(
        "Customs' code table has no code for the currency {currency}.",
        "海关币制代码表中没有 {currency} 的代码。",
        "Sell in a currency customs lists, or ask the park to add its official code.",
        "请使用海关币制表内的币种，或联系园区依据官方来源补充代码。",
    ),
    "customs.match.hs_code": _kind(
        "Line {line} ({sku}): {hs_code} is not an HS code of 6, 8 or 10 digits in chapters 01–97.",
        "第 {line} 行（{sku}）：{hs_code} 不是有效的 6、8 或 10 位商品编码（01–97 章）。",
        "Correct the product's HS code, then place the order again.",
        "请更正商品编码后重新下单。",
    ),
    "customs.match.item_number": _kind(
        "Line {line}: the SKU {sku} has more than {limit} characters.",
        "第 {line} 行：SKU {sku} 超过 {limit} 个字符。",
        "Give the product a shorter SKU, then place the order again.",
        "请缩短 SKU 后重新下单。",
    ),
    "customs.match.field": _kind(
        "{place} {problem}.",
        "报文字段 {place} 不符合规范：{problem}。",
        "Correct the product or order data behind this field.",
        "请更正该字段对应的商品或订单数据。",
    ),
}
