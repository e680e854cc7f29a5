"""Messages to customs as a correct sender writes them: small ones, complete, in the order of the
interface specification. Every builder takes changes of its elements; None leaves one out.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

NS: Final = "http://www.chinaport.gov.cn/ceb"
AGENT, SHOP, PLATFORM, CARRIER = (
    "91420700MAA1RL001K",
    "91420700MAA1RL002N",
    "91420700MAA1RL003R",
    "91420700MAA1RL004W",
)
# Their names; made up, as all of this.
AGENT_N, SHOP_N, PLATFORM_N, CARRIER_N = "示例报关", "示例跨境电商", "示例平台", "示例物流"
SITE: Final = "4712960001"
APP_TIME: Final = "20261122110405"
UNSIGNED: Final = "unsigned: ds:Signature omitted"
Line = dict[str, str | None]


def guid(n: int = 1) -> str:
    return f"00000000-0000-4000-8000-{n:012d}"


def element(name: str, *inner: str, **texts: str | None) -> str:
    leaves = "".join(f"<ceb:{k}>{v}</ceb:{k}>" for k, v in texts.items() if v is not None)
    return f"<ceb:{name}>{leaves}{''.join(inner)}</ceb:{name}>"


def message(
    kind: str, *nodes: str, note: str | None = UNSIGNED, root_guid: str = "", more: str = ""
) -> bytes:
    """`more`: what stands behind BaseTransfer."""
    transfer = element(
        "BaseTransfer",
        copCode=AGENT, copName=AGENT_N, dxpMode="DXP", dxpId="DXPENT0000000000", note=note,
    )  # fmt: skip
    return (
        f'<ceb:{kind}Message xmlns:ceb="{NS}" guid="{root_guid or guid(99)}" version="1.0">'
        f"{''.join(nodes)}{transfer}{more}</ceb:{kind}Message>"
    ).encode()


def _head(changes: Line, **texts: str | None) -> Line:
    prefix: Line = {"guid": guid(), "appType": "1", "appTime": APP_TIME, "appStatus": "2"}
    assert changes.keys() <= {*prefix, *texts}, changes
    return {**prefix, **texts, **changes}


def _lines(node: str, default: Line, lines: Iterable[Line] | None) -> str:
    given = [{}] if lines is None else list(lines)
    return "".join(
        element(node, **{"gnum": str(place), **default, **line})
        for place, line in enumerate(given, start=1)
    )


def an_order(lines: Iterable[Line] | None = None, /, **changes: str | None) -> str:
    head = _head(
        changes,
        orderType="E", orderNo="ORD-1", ebpCode=PLATFORM, ebpName=PLATFORM_N, ebcCode=SHOP,
        ebcName=SHOP_N, goodsValue="20", freight="0", currency="502", note=None,
    )  # fmt: skip
    line: Line = {
        "itemNo": "SKU1", "itemName": "陶瓷杯", "unit": "011", "currency": "502", "qty": "4",
        "price": "5", "totalPrice": "20",
    }  # fmt: skip
    return element("Order", element("OrderHead", **head), _lines("OrderList", line, lines))


def a_payment(**changes: str | None) -> str:
    return element(
        "Receipts",
        **_head(
            changes,
            ebpCode=PLATFORM, ebpName=PLATFORM_N, ebcCode=SHOP, ebcName=SHOP_N,
            orderNo="ORD-1", payCode=None, payName="现金支付", payNo="P1", charge="20",
            currency="502", accountingDate="20261122100000", note=None,
        ),
    )  # fmt: skip


def a_waybill(**changes: str | None) -> str:
    return element(
        "Logistics",
        **_head(
            changes,
            logisticsCode=CARRIER, logisticsName=CARRIER_N, logisticsNo="W1", freight="0",
            insuredFee="0", currency="502", grossWeight="2.5", packNo="1", goodsInfo="陶瓷杯",
            ebcCode=None, note=None,
        ),
    )  # fmt: skip


def a_list(lines: Iterable[Line] | None = None, /, **changes: str | None) -> str:
    head = _head(
        changes,
        customsCode="4700", ebpCode=PLATFORM, ebpName=PLATFORM_N, orderNo="ORD-1",
        logisticsCode=CARRIER, logisticsName=CARRIER_N, logisticsNo="W1", copNo="AL0001",
        preNo=None, invtNo=None, ieFlag="E", portCode="4700", ieDate="20261123", statisticsFlag="A",
        agentCode=AGENT, agentName=AGENT_N, ebcCode=SHOP, ebcName=SHOP_N,
        ownerCode=SHOP, ownerName=SHOP_N, iacCode=None, iacName=None, emsNo=None,
        tradeMode="9610", trafMode="5", trafName=None, voyageNo="CA8401", billNo=None,
        totalPackageNo=None, loctNo=None, licenseNo=None, country="502", POD="502", freight="0",
        fCurrency="502", fFlag="3", insuredFee="0", iCurrency="502", iFlag="3", wrapType="2",
        packNo="1", grossWeight="2.5", netWeight="2", note=None,
    )  # fmt: skip
    line: Line = {
        "itemNo": "SKU1", "gcode": "6912000000", "gname": "陶瓷杯", "gmodel": "白色 300 毫升",
        "barCode": "无", "country": "502", "currency": "502", "qty": "4", "qty1": "2",
        "qty2": None, "unit": "011", "unit1": "035", "unit2": None, "price": "5",
        "totalPrice": "20",
    }  # fmt: skip
    return element(
        "Inventory", element("InventoryHead", **head), _lines("InventoryList", line, lines)
    )


def a_cancellation(**changes: str | None) -> str:
    return element(
        "InvtCancel",
        **_head(
            changes,
            customsCode="4700", copNo="CX0001", preNo=None, invtNo="", reason="订单取消",
            agentCode=AGENT, agentName=AGENT_N, ebcCode=SHOP, ebcName=SHOP_N,
            note=None,
        ),
    )  # fmt: skip


def a_bill(lines: Iterable[Line] | None = None, /, **changes: str | None) -> str:
    head = _head(
        changes,
        customsCode="4700", copNo="MB0001", preNo=None, agentCode=AGENT, agentName=AGENT_N,
        loctNo=None, trafMode="5", trafName="B747", voyageNo="CA8401", billNo="999-12345675",
        domesticTrafNo=None, grossWeight="2.5", logisticsCode=CARRIER,
        logisticsName=CARRIER_N, msgCount="1", msgSeqNo="1", note=None,
    )  # fmt: skip
    return element(
        "WayBill",
        element("WayBillHead", **head),
        _lines("WayBillList", {"totalPackageNo": None, "logisticsNo": "W1"}, lines),
    )


def an_arrival(lines: Iterable[Line] | None = None, /, **changes: str | None) -> str:
    head = _head(
        changes,
        customsCode="4700", copNo="AR0001", preNo=None, operatorCode=SITE,
        operatorName="示例监管场所", loctNo=None, ieFlag="E", trafMode="5", billNo=None,
        domesticTrafNo="鄂G12345", logisticsCode=CARRIER, logisticsName=CARRIER_N,
        msgCount="1", msgSeqNo="1", note=None,
    )  # fmt: skip
    return element(
        "Arrival",
        element("ArrivalHead", **head),
        _lines("ArrivalList", {"logisticsNo": "W1"}, lines),
    )


def a_departure(lines: Iterable[Line] | None = None, /, **changes: str | None) -> str:
    head = _head(
        changes,
        customsCode="4700", copNo="DP0001", preNo=None, logisticsCode=CARRIER,
        logisticsName=CARRIER_N, trafMode="5", trafName="B747", voyageNo="CA8401",
        billNo="999-12345675", leaveTime="20261123020000", msgCount="1", msgSeqNo="1", note=None,
    )  # fmt: skip
    return element(
        "Departure",
        element("DepartureHead", **head),
        _lines("DepartureList", {"totalPackageNo": None, "logisticsNo": "W1"}, lines),
    )


def a_return(lines: Iterable[Line] | None = None, /, **changes: str | None) -> str:
    head = _head(
        changes,
        customsCode="4700", loctNo=None, ebpCode=PLATFORM, ebpName=PLATFORM_N, ebcCode=SHOP,
        ebcName=SHOP_N, logisticsNo="R1", logisticsCode=CARRIER,
        logisticsName=CARRIER_N, coElNo="RT0001", preNo=None, invtNo="", tradeMode="9661",
        agentCode=AGENT, agentName=AGENT_N, billNo="999-12345675", ieFlag="I", trafMode="5",
        trafName="B747", portCode="4700", reason="买家退货", country="502", voyageNo="CA8402",
        note=None,
    )  # fmt: skip
    line: Line = {
        "gcode": "6912000000", "gname": "陶瓷杯", "gmodel": "白色 300 毫升", "qty": "4",
        "qty1": "2", "unit": "011", "unit1": "035",
    }  # fmt: skip
    return element(
        "InvtRefund", element("InvtRefundHead", **head), _lines("InvtRefundList", line, lines)
    )


def a_tally(**changes: str | None) -> str:
    return element(
        "InvtRefundDetail",
        **_head(
            changes,
            customsCode="4700", operatorCode=SITE, operatorName="示例监管场所",
            logisticsCode=CARRIER, logisticsName=CARRIER_N, logisticsNo="R1", invtNo=None,
            coElNo="RT0001", preNo=None, billNo="999-12345675", ieFlag="I", trafMode="5",
            trafName="B747", voyageNo="CA8402", location=None, note=None,
        ),
    )  # fmt: skip


def a_summary(invt_nos: Iterable[str] = (), /, **changes: str | None) -> str:
    head = _head(
        changes,
        customsCode="4700", copNo="SU0001", preNo=None, sumNo=None, agentCode=AGENT,
        agentName=AGENT_N, ebcCode=SHOP, ebcName=SHOP_N, declAgentCode=AGENT,
        declAgentName=AGENT_N, startTime=None, endTime=None, loctNo=None, summaryFlag="1",
        itemNameFlag="1", msgCount="1", msgSeqNo="1", note=None,
    )  # fmt: skip
    lines = "".join(element("SummaryApplyList", invtNo=number) for number in invt_nos)
    return element("SummaryApply", element("SummaryApplyHead", **head), lines)


# One smallest document of every kind that may be sent.
DOCUMENTS: Final[Mapping[str, Callable[[], str]]] = {
    "CEB303": an_order,
    "CEB403": a_payment,
    "CEB505": a_waybill,
    "CEB603": a_list,
    "CEB605": lambda: a_cancellation(invtNo="47122026E00000000001"),
    "CEB607": a_bill,
    "CEB507": an_arrival,
    "CEB509": a_departure,
    "CEB213": lambda: a_return(invtNo="47122026E00000000001"),
    "CEB215": a_tally,
    "CEB701": lambda: a_summary(["47122026E00000000001"]),
}
