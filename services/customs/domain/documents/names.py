"""What statuses and documents are called in sentences. docs/glossary.md lists these names."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.customs.domain.documents.kinds import DocumentKind
from shared.kernel.errors import Text


def names(zh: Mapping[str, str]) -> Mapping[str, Text]:
    """In English a code is its own name."""
    return MappingProxyType({code: Text(code.replace("_", " "), name) for code, name in zh.items()})


# Of declarations and of documents.
STATUS_NAMES: Final = names(
    {
        "draft": "待齐单证",
        "blocked": "自查未通过",
        "validated": "已比对",
        "queued": "待发送",
        "signed": "已签名",
        "transmitted": "已提交单一窗口",
        "staged": "电子口岸已暂存",
        "declaring": "电子口岸申报中",
        "sent": "已发送海关",
        "send_failed": "发送失败",
        "rejected_technical": "口岸拒收",
        "returned": "海关退单",
        "accepted": "海关入库",
        "manual_review": "人工审核",
        "inspection": "查验",
        "concluded": "海关审结",
        "detained": "扣留移送",
        "suspended": "挂起",
        "released": "放行",
        "closed": "结关",
        "withdrawn": "已撤回",
        "cancelled": "已撤销",
        "cancel_requested": "撤销申请中",
    }
)
DOCUMENT_NAMES: Final[Mapping[DocumentKind, Text]] = MappingProxyType(
    {
        DocumentKind.ORDER: Text("order", "订单"),
        DocumentKind.PAYMENT: Text("receipt of payment", "收款单"),
        DocumentKind.WAYBILL: Text("house waybill", "运单"),
        DocumentKind.LIST: Text("export list", "清单"),
        DocumentKind.CANCELLATION: Text("application for cancellation", "撤销申请单"),
        DocumentKind.ARRIVAL: Text("arrival", "运抵单"),
        DocumentKind.BILL: Text("master bill", "清单总分单"),
        DocumentKind.DEPARTURE: Text("departure", "离境单"),
        DocumentKind.RETURN: Text("return", "退货申请单"),
        DocumentKind.TALLY: Text("tally", "退货理货单"),
        DocumentKind.SUMMARY: Text("summary", "汇总申请单"),
    }
)


def name_of(code: str, names: Mapping[str, Text]) -> Text:
    """A code that has no name stands for itself."""
    return names.get(code) or Text(code, code)
