"""Every fault that our own check can find before anything is sent: a stable code, how grave it is,
whose move it is, and text and fix in English and Chinese. The faults themselves are in `findings`.
"""

from dataclasses import dataclass
from typing import Final, Literal

from services.customs.domain.registrations.findings import KINDS as PARTY_KINDS
from shared.kernel.errors import Text

# An error keeps the documents here, a warning does not.
Severity = Literal["error", "warning"]
Owner = Literal["merchant", "park", "logistics"]


@dataclass(frozen=True, slots=True)
class FindingKind:
    text: Text
    fix: Text
    severity: Severity
    owner: Owner


def _kind(
    en: str,
    zh: str,
    fix_en: str,
    fix_zh: str,
    *,
    owner: Owner = "merchant",
    severity: Severity = "error",
) -> FindingKind:
    return FindingKind(Text(en, zh), Text(fix_en, fix_zh), severity, owner)


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
        owner="park",
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
        owner="park",
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
        owner="logistics",
    ),
    "customs.match.waybill_number": _kind(
        "The list names house waybill {list_number}, the shipment {waybill_number}.",
        "清单运单号 {list_number} 与运单 {waybill_number} 不一致。",
        "Report this to the park: the list is made here.",
        "清单由本系统生成，请联系园区处理。",
        owner="park",
    ),
    "customs.match.order_number": _kind(
        "Order, waybill and list do not name the same order.",
        "订单、运单与清单的订单号不一致。",
        "Book the shipment again for this order.",
        "请为该订单重新订舱。",
        owner="logistics",
    ),
    "customs.match.destination_differs": _kind(
        "The order goes to {order_country}, the waybill to {waybill_country}.",
        "订单目的国 {order_country} 与运单目的国 {waybill_country} 不一致。",
        "Book the shipment again to the order's destination.",
        "请按订单目的国重新订舱。",
        owner="logistics",
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
        owner="park",
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
    "customs.match.line_differs": _kind(
        "Line {line} ({sku}) of the list is not line {line} of the order.",
        "清单第 {line} 行（{sku}）与订单第 {line} 行不一致。",
        "Report this to the park: the list is made here.",
        "清单由本系统生成，请联系园区处理。",
        owner="park",
    ),
    "customs.match.hs_subheading": _kind(
        "Line {line} ({sku}): HS 2022 has no subheading {hs6}.",
        "第 {line} 行（{sku}）：HS 2022 没有子目 {hs6}。",
        "Classify the product: its code begins with a subheading of HS 2022.",
        "请重新归类，编码前六位须为 HS 2022 子目。",
    ),
    "customs.match.not_in_tariff": _kind(
        "Line {line} ({sku}): the tariff in use has no code {hs_code}.",
        "第 {line} 行（{sku}）：现用税则没有编码 {hs_code}。",
        "Correct the product's code, or have the park load the tariff that has it.",
        "请更正商品编码，或请园区加载包含该编码的税则。",
    ),
    "customs.match.tariff_digits": _kind(
        "Line {line} ({sku}): codes that begin with {hs_code} differ in their legal units.",
        "第 {line} 行（{sku}）：以 {hs_code} 开头的编码法定计量单位不同。",
        "Give the product all ten digits of its code.",
        "请填写完整的十位商品编码。",
    ),
    "customs.match.controls": _kind(
        "Line {line} ({sku}): {hs_code} is under control ({controls}); a simplified list may not"
        " have it.",
        "第 {line} 行（{sku}）：{hs_code} 有监管条件（{controls}），不能使用简化清单申报。",
        "Declare it by a full declaration, or take it out of the order.",
        "请改用报关单申报，或从订单中移除。",
    ),
    "customs.match.name_missing": _kind(
        "Line {line} ({sku}) has no Chinese goods name.",
        "第 {line} 行（{sku}）缺少中文品名。",
        "Give the product a Chinese title that says what it is.",
        "请为商品填写能说明货物的中文品名。",
    ),
    "customs.match.name_generic": _kind(
        "Line {line} ({sku}): the name {name} does not say what the goods are.",
        "第 {line} 行（{sku}）：品名“{name}”过于笼统。",
        "Name the article itself, not its kind of use.",
        "请填写具体商品名称。",
        severity="warning",
    ),
    "customs.match.brand_missing": _kind(
        "Line {line} ({sku}): the brand is not known.",
        "第 {line} 行（{sku}）：品牌未知。",
        "Enter the brand, or that the goods have none.",
        "请填写品牌；如无品牌请注明“无品牌”。",
    ),
    "customs.match.element_missing": _kind(
        "Line {line} ({sku}): {hs_code} is declared with {keys}, which is not known.",
        "第 {line} 行（{sku}）：{hs_code} 须申报“{element}”，现未填写。",
        "Enter it at the product: {keys}.",
        "请在商品资料中填写“{element}”。",
    ),
    "customs.match.element_unknown": _kind(
        "Line {line} ({sku}): customs may ask for {keys}, which is not known.",
        "第 {line} 行（{sku}）：海关可能要求“{element}”，现未填写。",
        "Enter it at the product: {keys}.",
        "请在商品资料中填写“{element}”。",
        severity="warning",
    ),
    "customs.match.bar_code": _kind(
        "Line {line} ({sku}): {gtin} is not a trade item number; the line is declared without one.",
        "第 {line} 行（{sku}）：{gtin} 不是有效的商品条码，将按无条码申报。",
        "Copy the number from the bar code, or leave it out.",
        "请按条码核对，或留空。",
        severity="warning",
    ),
    "customs.match.legal_quantity": _kind(
        "Line {line} ({sku}): how much it is in the legal unit {unit} is not known.",
        "第 {line} 行（{sku}）：法定计量单位 {unit} 的数量未知。",
        "Measure the goods and enter the quantity of the whole line in this unit.",
        "请量取该行商品，并按此单位填写整行数量。",
    ),
    "customs.match.legal_units": _kind(
        "Line {line} ({sku}): units or quantities of the list are not those of {hs_code}.",
        "第 {line} 行（{sku}）：清单的法定单位或数量与 {hs_code} 不符。",
        "Report this to the park: the list is made here.",
        "清单由本系统生成，请联系园区处理。",
        owner="park",
    ),
    "customs.match.order_net_weight": _kind(
        "The list weighs {list_weight_g} g net, the order {order_weight_g} g.",
        "清单净重 {list_weight_g} 克与订单净重 {order_weight_g} 克不一致。",
        "Correct the weights of the order's lines.",
        "请更正订单明细的重量。",
    ),
    "customs.match.line_weights": _kind(
        "The lines weigh {lines_weight_kg} kg net together, the list {list_weight_kg} kg.",
        "各行净重合计 {lines_weight_kg} 千克，大于清单净重 {list_weight_kg} 千克。",
        "Correct the quantities in kilograms: together they are at most the net weight.",
        "请更正以千克计的数量，合计不得大于净重。",
    ),
    "customs.match.pieces": _kind(
        "The house waybill has {pieces} pieces; there must be one or more.",
        "运单件数为 {pieces}，必须不小于 1。",
        "Book the shipment again with its pieces.",
        "请按实际件数重新订舱。",
        owner="logistics",
    ),
    "customs.match.party_code": _kind(
        "{party}: {party_code} is no social credit code and no customs registration.",
        "{party}：{party_code} 既不是统一社会信用代码，也不是海关注册编码。",
        "Correct the registration of this enterprise.",
        "请更正该企业的注册编码。",
        owner="park",
    ),
    "customs.match.payment_order": _kind(
        "The receipt of payment names another order.",
        "收款单与订单的订单号不一致。",
        "Send the receipt of payment of this order.",
        "请发送该订单的收款单。",
    ),
    "customs.match.payment_charge": _kind(
        "{charge} {charge_currency} were paid, the order's total is {total} {currency}.",
        "收款 {charge} {charge_currency}，订单总价 {total} {currency}，不一致。",
        "Correct the order's prices, or send the receipt of the whole payment.",
        "请更正订单价格，或发送完整的收款单。",
    ),
    "customs.match.hs_digits": _kind(
        "Line {line} ({sku}): {hs_code} has less than the {digits} digits that are declared.",
        "第 {line} 行（{sku}）：{hs_code} 不足申报所需的 {digits} 位。",
        "Give the product its code with all digits of the tariff.",
        "请按税则填写完整的商品编码。",
    ),
    "customs.match.item_record": _kind(
        "Line {line} ({sku}) has no number in the ledger of the special area.",
        "第 {line} 行（{sku}）缺少账册备案料号。",
        "Enter the item's number of the bonded ledger.",
        "请填写账册备案料号。",
    ),
    "customs.match.bonded_area": _kind(
        "Goods of a special area need its enterprise and the number of its ledger.",
        "特殊区域货物须填写区内企业及账册编号。",
        "Register the enterprise of the area with its ledger.",
        "请登记区内企业及其账册编号。",
        owner="park",
    ),
    "customs.match.value_cap": _kind(
        "Under {mode} one list may be worth CNY {cap} at most.",
        "{mode} 模式下单票清单价值不得超过人民币 {cap} 元。",
        "Split the order, or declare it by a full declaration.",
        "请拆分订单，或改用报关单申报。",
    ),
    "customs.match.value_cap_unknown": _kind(
        "Under {mode} one list may be worth CNY {cap} at most; this one is in another currency.",
        "{mode} 模式下单票清单价值不得超过人民币 {cap} 元；本票为其他币种，无法核对。",
        "Compare the value at the rate of the day of declaration.",
        "请按申报日汇率核对货值。",
        severity="warning",
    ),
    "customs.match.order_number_taken": _kind(
        "The order number {order_no} is that of another order on the platform {platform}; customs"
        " takes each once.",
        "订单号 {order_no} 在平台 {platform} 已被另一订单使用，海关不接受重复订单号。",
        "Place the order again with the marketplace's own number of it. A cancelled order that has"
        " left for customs keeps its number there.",
        "请使用电商平台的订单号重新下单。已发送海关的订单即使取消，其订单号仍被占用。",
    ),
    "customs.match.payment_missing": _kind(
        "Supervision mode {mode} asks for a receipt of payment (CEB403), and there is none.",
        "监管方式 {mode} 要求收款单（CEB403），现无收款单。",
        "Have the payment firm send it, and take 403 out of CUSTOMS_SENDS.",
        "请由支付企业发送收款单，并从 CUSTOMS_SENDS 中去掉 403。",
        owner="park",
    ),
    "customs.match.differs_at_customs": _kind(
        "Customs has {message} with {place}: {customs}; the list would go with {declared}.",
        "海关已有的 {message} 中 {place} 为 {customs}，清单将申报为 {declared}。",
        "Customs changes none that belongs to a list it has. Leave it as it is, or cancel the"
        " declaration and declare it again by clone: then the change goes first.",
        "海关已有清单时不接受其变更。请保持原值，或先撤销，再重新申报，变更将先行发送。",
    ),
    "customs.match.older_at_customs": _kind(
        "Customs does not have the newest content of {message}, and takes it no more: it has the"
        " list.",
        "海关没有 {message} 的最新内容；海关已有清单，不再接受其变更。",
        "Cancel the declaration and declare it again by clone: then the change goes first.",
        "请先撤销，再重新申报，变更将先行发送。",
    ),
    **{
        code: FindingKind(kind.text, kind.fix, "error", "park")
        for code, kind in PARTY_KINDS.items()
    },
}
