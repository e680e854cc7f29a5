"""The words of refusals and conditions, in English and Chinese."""

from collections.abc import Mapping
from typing import Final

from services.routing.domain.network.records import VehicleKind
from shared.kernel.errors import Text

FORBIDDEN: Final = "routing.acceptance.forbidden"
WITHDRAWN: Final = "routing.acceptance.section_withdrawn"
NO_RULE: Final = "routing.acceptance.no_rule"
NET_WEIGHT: Final = "routing.acceptance.battery_weight"
STATE_OF_CHARGE: Final = "routing.acceptance.state_of_charge"
NOT_SECURED: Final = "routing.acceptance.not_secured"
NOT_DECLARED: Final = "routing.acceptance.goods_not_declared"
EMBARGO: Final = "routing.acceptance.embargo"
DOOR: Final = "routing.acceptance.door"
PIECE_WEIGHT: Final = "routing.acceptance.piece_weight"

SECTION_OPEN: Final = "routing.acceptance.section_open"
NET_WEIGHT_OPEN: Final = "routing.acceptance.battery_weight_open"
STATE_OF_CHARGE_OPEN: Final = "routing.acceptance.state_of_charge_open"
LABEL_OPEN: Final = "routing.acceptance.cao_label_open"
SECURITY_OPEN: Final = "routing.acceptance.security_open"
GOODS_OPEN: Final = "routing.acceptance.goods_open"
HS_CODE_OPEN: Final = "routing.acceptance.hs_code_open"
SIZE_OPEN: Final = "routing.acceptance.size_open"
LIMITS_OPEN: Final = "routing.acceptance.limits_open"
DOCUMENT_OPEN: Final = "routing.acceptance.document_open"

KINDS: Final[Mapping[VehicleKind, Text]] = {
    "passenger": Text("a passenger aircraft", "客机"),
    "freighter": Text("a freighter", "货机"),
    "truck": Text("a truck", "卡车"),
}

# -- refusals ------------------------------------------------------------------------------------

GOODS_FORBIDDEN: Final = Text(
    "{goods} may not go on {kind}.",
    "{kind}不承运{goods}。",
)
CARRIER_FORBIDS: Final = Text(
    "{carrier} takes no {goods} on {kind}.",
    "{carrier} 的{kind}不承运{goods}。",
)
BOOK_OTHER_KIND: Final = Text("Book another vehicle: {kinds}.", "请改订：{kinds}。")
BOOK_OTHER_CARRIER: Final = Text("Book another carrier.", "请改订其他承运人。")
LEAVE_OUT: Final = Text(
    "Nothing that is known here takes them: leave them out of the shipment.",
    "目前没有可承运的运输工具：请将其从货件中取出。",
)

SECTION_WITHDRAWN: Final = Text(
    "The dangerous goods regulations know {goods} no longer.",
    "危险品规则已不再包含{goods}。",
)
DECLARE_OTHER_SECTION: Final = Text(
    "Pack and declare them under one of these sections: {sections}.",
    "请按以下部分之一包装并申报：{sections}。",
)

GOODS_UNKNOWN: Final = Text(
    "No rule is loaded for {goods} on {kind}, and what is unknown is not taken.",
    "没有适用于{kind}承运{goods}的规则，未知货物不予承运。",
)
LOAD_RULE: Final = Text(
    "Leave them out of the shipment, or have the park load a rule for them.",
    "请将其从货件中取出，或请园区录入相应规则。",
)

PACKAGE_TOO_HEAVY: Final = Text(
    "A package of {goods} has {kg} kg of batteries; {kind} takes {kg_max} kg.",
    "一件{goods}含电池 {kg} 千克，{kind}每件限 {kg_max} 千克。",
)
PACK_AT_MOST: Final = Text(
    "Pack at most {kg_max} kg of batteries per package.", "每件所含电池请勿超过 {kg_max} 千克。"
)
PACK_OR_BOOK: Final = Text(
    "Pack at most {kg_max} kg of batteries per package, or book another vehicle: {kinds}.",
    "每件所含电池请勿超过 {kg_max} 千克，或改订：{kinds}。",
)
PACK_OR_DECLARE: Final = Text(
    "Pack at most {kg_max} kg of batteries per package, or declare the section of the packing"
    " instruction.",
    "每件所含电池请勿超过 {kg_max} 千克，或申报包装说明的具体部分。",
)

CHARGE_TOO_HIGH: Final = Text(
    "The state of charge of {goods} is {pct} %; {kind} takes {pct_max} %.",
    "{goods}的荷电状态为 {pct}%，{kind}限 {pct_max}%。",
)
DISCHARGE: Final = Text(
    "Discharge them, and declare a state of charge of at most {pct_max} %.",
    "请放电并申报荷电状态不超过 {pct_max}%。",
)

GOODS_NOT_SECURED: Final = Text(
    "Goods with security status {status} do not go on {kind}.",
    "安保状态为 {status} 的货物不得装上{kind}。",
)
SECURE: Final = Text(
    "Have them screened: {kind} takes {statuses}.", "请完成安检：{kind}接受 {statuses}。"
)

GOODS_NOT_DECLARED: Final = Text(
    "It is not known whether the shipment has dangerous goods, and {kind} does not take all.",
    "不清楚货件是否含危险品，而{kind}并非全部承运。",
)
DECLARE_OR_BOOK: Final = Text(
    "Declare its dangerous goods or that it has none, or book another vehicle: {kinds}.",
    "请申报所含危险品或声明不含，或改订：{kinds}。",
)

# An embargo brings its own reason.
EMBARGOED: Final = Text("{reason}", "{reason}")
EMBARGO_FIX: Final = Text(
    "Send other goods, or to another country; this embargo has no end that is known.",
    "请更换货物或目的国；该禁运的截止日期未知。",
)
EMBARGO_FIX_UNTIL: Final = Text(
    "Send other goods, or to another country, or after {day}.",
    "请更换货物或目的国，或于 {day} 之后发运。",
)

DOOR_TOO_SMALL: Final = Text(
    "A piece of {size} cm does not pass the door of {vehicle}, {width} × {height} cm.",
    "尺寸为 {size} 厘米的货物无法通过 {vehicle} 的舱门（{width} × {height} 厘米）。",
)
ALLOW_TILTING: Final = Text(
    "It would pass on its side: say that it is tiltable, if it is.",
    "侧放即可通过：如可倾斜，请注明。",
)
PIECE_TOO_HEAVY: Final = Text(
    "A piece of {kg} kg is too heavy for {vehicle}: it takes {kg_max} kg per piece.",
    "单件 {kg} 千克超出 {vehicle} 的限制：每件限 {kg_max} 千克。",
)
BOOK_VEHICLE: Final = Text(
    "Book a flight with {vehicles}, or pack it in smaller pieces.",
    "请改订 {vehicles} 的航班，或拆分为更小的货件。",
)
PACK_SMALLER: Final = Text("Pack it in smaller pieces.", "请拆分为更小的货件。")

# -- conditions ----------------------------------------------------------------------------------

SECTION_NOT_KNOWN: Final = Text(
    "It is not known under which section of the packing instruction {goods} are packed; the"
    " strictest one is assumed.",
    "不清楚{goods}按包装说明的哪一部分包装，暂按最严格者处理。",
)
DECLARE_SECTION: Final = Text(
    "Declare which of these it is: {sections}.", "请申报属于以下哪一部分：{sections}。"
)
NET_WEIGHT_NOT_KNOWN: Final = Text(
    "It is not known how many kilograms of batteries a package of {goods} has.",
    "不清楚每件{goods}所含电池的净重。",
)
CHARGE_NOT_KNOWN: Final = Text(
    "The state of charge of {goods} is not known.", "{goods}的荷电状态未知。"
)
DECLARE_CHARGE: Final = Text(
    "Declare a state of charge of at most {pct_max} %.", "请申报荷电状态不超过 {pct_max}%。"
)
LABEL_NOT_KNOWN: Final = Text(
    "A passenger aircraft does not take {goods} as they are.", "客机不承运该状态的{goods}。"
)
PUT_LABEL: Final = Text(
    "Label the packages Cargo Aircraft Only.", "请在包装件上粘贴“仅限货机”标签。"
)
SECURITY_NOT_KNOWN: Final = Text(
    "The security status of the goods is not known.", "货物的安保状态未知。"
)
SECURE_BEFORE: Final = Text(
    "They must be {statuses} when they are handed over.", "交运时须为 {statuses} 状态。"
)
GOODS_NOT_KNOWN: Final = Text(
    "It is not known whether the shipment has dangerous goods.", "不清楚货件是否含危险品。"
)
DECLARE_GOODS: Final = Text(
    "Declare its dangerous goods, or that it has none.", "请申报所含危险品，或声明不含。"
)
HS_CODE_NOT_KNOWN: Final = Text(
    "The HS codes of the goods are not known, and there is an embargo for {country} on HS"
    " {prefixes}.",
    "货物的 HS 编码未知，而 {country} 对 HS {prefixes} 实施禁运。",
)
DECLARE_HS_CODE: Final = Text("Declare the HS codes.", "请申报 HS 编码。")
SIZE_NOT_KNOWN: Final = Text("The size of a piece is not known.", "有货件的尺寸未知。")
MEASURE: Final = Text(
    "Each piece must pass the door of {vehicle}, {width} × {height} cm.",
    "每件须能通过 {vehicle} 的舱门（{width} × {height} 厘米）。",
)
LIMITS_NOT_KNOWN: Final = Text(
    "The door of {vehicle}, or the heaviest piece that it takes, is not known.",
    "{vehicle} 的舱门尺寸或单件限重未知。",
)
ASK_CARRIER: Final = Text(
    "Have the carrier confirm the largest and the heaviest piece.",
    "请承运人确认最大和最重的货件。",
)
DOCUMENT_NOT_KNOWN: Final = Text(
    "Goods that cross this border need the {document}.",
    "货物过境须有{document}。",
)
BRING_DOCUMENT: Final = Text(
    "Have the {document} before they are loaded.", "装载前须取得{document}。"
)
