"""What a receipt means: in words, why, whose move it is next, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, Literal

from services.customs.domain.receipts.retry import Retry, retry_class
from shared.kernel.errors import Text

# us: the service and those who run it. park: the declarant at the park.
Owner = Literal["merchant", "park", "logistics", "customs", "us", "nobody"]


@dataclass(frozen=True, slots=True)
class Meaning:
    text: Text
    cause: Text
    owner: Owner
    remedy: Text


_NOTHING: Final = Text("Nothing to do.", "无需操作。")
_WAIT: Final = Text("Wait for the next receipt.", "请等待下一回执。")
_AS_USUAL: Final = Text("The usual course.", "正常流程。")
_BY_CUSTOMS: Final = Text("Customs' own selection of risks.", "海关风险布控。")


def _on_its_way(en: str, zh: str, owner: Owner) -> Meaning:
    return Meaning(Text(en, zh), _AS_USUAL, owner, _WAIT)


# Return codes that are not negative. Source: interface specification 202205, tables of receipts.
MEANING_OF_CODE: Final[Mapping[str, Meaning]] = MappingProxyType(
    {
        "1": Meaning(
            Text("Staged at the e-port.", "电子口岸已暂存。"),
            Text("It was uploaded as staged, not as declared.", "上传时为暂存状态，未申报。"),
            "park",
            Text("Declare it.", "请进行申报。"),
        ),
        "2": _on_its_way("Being declared at the e-port.", "电子口岸申报中。", "customs"),
        "3": _on_its_way("Sent to customs.", "发送海关成功。", "customs"),
        "4": Meaning(
            Text("Could not be sent to customs.", "发送海关失败。"),
            Text(
                "The way from the e-port to customs is disturbed.", "电子口岸与海关之间传输故障。"
            ),
            "us",
            Text(
                "Nothing: it is sent again until it arrives.", "无需操作，系统会自动重发直至成功。"
            ),
        ),
        "100": Meaning(
            Text("Returned by customs.", "海关退单。"),
            Text(
                "Customs found a fault in the data; its text says which.",
                "数据有误，原因见回执内容。",
            ),
            "merchant",
            Text(
                "Read the receipt's text, correct the data and declare again.",
                "请查看回执内容，更正数据后重新申报。",
            ),
        ),
        "120": _on_its_way("Entered in customs' system.", "海关入库。", "customs"),
        "300": Meaning(
            Text("Under manual review.", "人工审核。"),
            _BY_CUSTOMS,
            "customs",
            Text("Have the documents ready; customs decides.", "请备妥单证，等待海关决定。"),
        ),
        "399": _on_its_way("Examined and concluded.", "海关审结。", "customs"),
        "500": Meaning(
            Text("Under inspection.", "查验。"),
            _BY_CUSTOMS,
            "park",
            Text("Present the goods to customs.", "请配合海关开箱查验货物。"),
        ),
        "505": Meaning(
            Text("Detained: handed over by customs.", "扣留移送。"),
            Text(
                "Customs has handed the goods to another office.", "海关已将货物移送其他部门处理。"
            ),
            "customs",
            Text("Ask the office that the receipt names.", "请联系回执所列部门。"),
        ),
        "600": Meaning(
            Text("Suspended.", "挂起。"),
            Text("Customs has put the return off.", "海关已暂停处理该退货申请。"),
            "customs",
            Text("Ask customs what it waits for.", "请向海关了解暂停原因。"),
        ),
        "800": Meaning(Text("Released.", "放行。"), _AS_USUAL, "nobody", _NOTHING),
        "899": Meaning(Text("Closed.", "结关。"), _AS_USUAL, "nobody", _NOTHING),
    }
)
# Answers about documents that customs only enters: after 120 or 399 nothing more is to come.
_ENTERED_ONLY: Final = ("CEB304", "CEB404", "CEB506", "CEB508", "CEB510", "CEB608", "CEB216")
# Where a code says something else about another document.
_OF_MESSAGE: Final[Mapping[tuple[str, str], Meaning]] = MappingProxyType(
    {
        **{
            (message_type, code): replace(MEANING_OF_CODE[code], owner="nobody", remedy=_NOTHING)
            for message_type in _ENTERED_ONLY
            for code in ("120", "399")
        },
        ("CEB606", "399"): Meaning(
            Text("The list is cancelled.", "清单已撤销。"), _AS_USUAL, "nobody", _NOTHING
        ),
        ("CEB606", "100"): Meaning(
            Text("Customs declined to cancel the list.", "海关不同意撤销清单。"),
            Text(
                "The list's state does not allow it, or the reason did not.",
                "清单状态或撤销理由不符合要求。",
            ),
            "park",
            Text(
                "Read the receipt's text; the list goes on as before.",
                "请查看回执内容，清单按原状态继续。",
            ),
        ),
        ("CEB702", "399"): Meaning(
            Text("The summary is accepted.", "汇总申请已审结。"), _AS_USUAL, "nobody", _NOTHING
        ),
    }
)
_REFUSED: Final = Text("Refused by the port.", "口岸处理失败。")
MEANING_OF_RETRY: Final[Mapping[Retry, Meaning]] = MappingProxyType(
    {
        Retry.TRANSIENT: Meaning(
            Text("Refused for the moment.", "口岸暂时无法处理。"),
            Text("The port or customs is busy or out of order.", "口岸或海关系统繁忙或故障。"),
            "us",
            Text(
                "Nothing: it is sent again until it arrives.", "无需操作，系统会自动重发直至成功。"
            ),
        ),
        Retry.DATA: Meaning(
            Text("Refused: the data are at fault.", "数据有误，被拒收。"),
            Text("A field is missing or breaks a rule of the port.", "字段缺失或不符合口岸规则。"),
            "merchant",
            Text(
                "Correct what the receipt names, then send it again.",
                "请按回执更正数据后重新发送。",
            ),
        ),
        Retry.SECURITY: Meaning(
            Text("Refused: the signature is not valid.", "签名无效，被拒收。"),
            Text(
                "The key that signs is wrong, expired, or did not sign these data.",
                "签名密钥错误、已过期，或签名与数据不符。",
            ),
            "us",
            Text(
                "Check the signing key and its certificate, then send again.",
                "请检查签名密钥与证书后重新发送。",
            ),
        ),
        Retry.CERTIFICATE: Meaning(
            Text("Refused: the certificate is another party's.", "证书与申报企业不符，被拒收。"),
            Text(
                "The declarant's code or name is not that of the signing card.",
                "申报企业代码或名称与签名卡不一致。",
            ),
            "park",
            Text(
                "Sign with the declarant's own card, or correct its registration.",
                "请使用申报企业自己的签名卡，或更正企业备案信息。",
            ),
        ),
        Retry.STALE: Meaning(
            Text("Ignored: the port has a newer message.", "口岸已有更新的报文，本次忽略。"),
            Text("Uploads overtook each other.", "报文到达顺序颠倒。"),
            "nobody",
            _NOTHING,
        ),
        Retry.TOO_MUCH: Meaning(
            Text("Refused: too much in one message.", "报文数据量过大，被拒收。"),
            Text(
                "The message has more documents or lines than allowed.", "单证或表体数量超过上限。"
            ),
            "us",
            Text(
                "Nothing: it is sent again with fewer others in its message.",
                "无需操作，系统会减少单条报文的单证数量后自动重发。",
            ),
        ),
        Retry.TOO_LARGE: Meaning(
            Text("Refused: it is too much for a message.", "单证自身数据量过大，被拒收。"),
            Text(
                "It was alone in its message, and was still more than the port takes.",
                "报文中仅此一单，仍超过口岸上限。",
            ),
            "park",
            Text(
                "Ask the port for its limit; declare fewer lines in one document.",
                "请向口岸确认上限，并减少单份单证的表体项数。",
            ),
        ),
        Retry.ALREADY_THERE: Meaning(
            Text("An earlier upload has arrived already.", "此前的上传已成功，无需重复。"),
            Text("The document was sent more than once.", "单证被重复发送。"),
            "nobody",
            _WAIT,
        ),
        Retry.STATE: Meaning(
            Text(
                "Refused: the document's state does not allow it.", "单证状态不允许该操作，被拒收。"
            ),
            Text(
                "It has been declared, is used by a list, or customs is working on it.",
                "单证已申报、已被清单使用，或海关正在处理。",
            ),
            "park",
            Text(
                "See where the document stands at customs, then decide.",
                "请核实单证在海关的状态后处理。",
            ),
        ),
        Retry.UNKNOWN_DOCUMENT: Meaning(
            Text("Refused: the port does not have this document.", "口岸无此单证，被拒收。"),
            Text("A change or deletion came before the document.", "变更或删除先于新增到达。"),
            "park",
            Text("Send the document as new.", "请按新增重新发送单证。"),
        ),
        Retry.NOT_FOUND: Meaning(
            Text("Refused: something it refers to was not found.", "未找到关联数据，被拒收。"),
            Text(
                "A party, list, order or line that it names is not known to the port.",
                "口岸未查到所引用的企业、清单、订单或商品项。",
            ),
            "park",
            Text(
                "Check the numbers; send what must come before first.",
                "请核对编号，并先发送前置单证。",
            ),
        ),
        Retry.SEVERAL_FOUND: Meaning(
            Text("Refused: it refers to several, not to one.", "关联数据不唯一，被拒收。"),
            Text("A number was used more than once.", "编号重复使用。"),
            "park",
            Text("Ask the port to remove the surplus ones.", "请联系口岸清理重复数据。"),
        ),
        Retry.EMPTY: Meaning(
            Text("Refused: the message is empty or unreadable.", "报文为空或无法读取，被拒收。"),
            Text("It was damaged on its way, or written wrongly.", "报文传输损坏或格式有误。"),
            "us",
            Text(
                "Look at the message as it was sent, then send it again.",
                "请检查原始报文后重新发送。",
            ),
        ),
        Retry.UNDELIVERABLE: Meaning(
            Text("It could not be handed to the port.", "未能提交口岸。"),
            Text(
                "The transfer service refuses the message, or no key here may sign it.",
                "传输服务拒收该报文，或没有可用的签名密钥。",
            ),
            "park",
            Text(
                "See to what it says, then send it again by resend; or cancel.",
                "请按原因处理后重新发送，或取消。",
            ),
        ),
        Retry.UNCLASSIFIED: Meaning(
            _REFUSED,
            Text(
                "A code without a known remedy; its text may say more.",
                "尚未归类的代码，详见回执内容。",
            ),
            "park",
            Text("Read the receipt's text and decide.", "请查看回执内容后处理。"),
        ),
    }
)
_UNKNOWN: Final = Meaning(
    Text("A code this version does not know; kept as it is.", "未知回执代码，已原样保存。"),
    Text("The specification does not name it.", "接口规范未列出该代码。"),
    "park",
    Text("Read the receipt's text; tell us what it means.", "请查看回执内容，并反馈其含义。"),
)


def meaning_of(
    return_status: str, return_info: str = "", *, message_type: str = "CEB604"
) -> Meaning:
    """Of any code: the class of a negative one is found with the text."""
    own = _OF_MESSAGE.get((message_type, return_status)) or MEANING_OF_CODE.get(return_status)
    if own is not None:
        return own
    digits = return_status.removeprefix("-")
    if digits != return_status and digits.isascii() and digits.isdecimal():
        return MEANING_OF_RETRY[retry_class(return_status, return_info)]
    return _UNKNOWN
