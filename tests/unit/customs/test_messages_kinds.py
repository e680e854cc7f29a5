"""The tables against the schemas of edition 202205: names, order and obligation of every node, then
the lengths, by name with the exceptions that the edition has.
"""

import pytest

from services.customs.domain.documents.kinds import MESSAGE_TYPE, RECEIPT_TYPE
from services.customs.domain.messages.elements import Element, Form, Layout
from services.customs.domain.messages.kinds.kind import BASE_SUBSCRIBE, BASE_TRANSFER
from services.customs.domain.messages.kinds.registry import KINDS, RECEIPTS

_PREFIX = "guid appType appTime appStatus"
_RETURN = "returnStatus returnTime returnInfo"
# xs:sequence of each node; `?` where an element may be absent.
SEQUENCES = {
    "OrderHead": f"""{_PREFIX} orderType orderNo ebpCode ebpName ebcCode ebcName goodsValue freight
        currency note?""",
    "OrderList": """gnum itemNo itemName itemDescribe? barCode? unit currency qty price totalPrice
        note?""",
    "Receipts": f"""{_PREFIX} ebpCode ebpName ebcCode ebcName orderNo payCode? payName payNo? charge
        currency accountingDate note?""",
    "Logistics": f"""{_PREFIX} logisticsCode logisticsName logisticsNo freight insuredFee currency
        grossWeight packNo goodsInfo ebcCode? ebcName? ebcTelephone? note?""",
    "InventoryHead": f"""{_PREFIX} customsCode ebpCode ebpName orderNo logisticsCode logisticsName
        logisticsNo copNo preNo? invtNo? ieFlag portCode ieDate statisticsFlag agentCode agentName
        ebcCode ebcName ownerCode ownerName iacCode? iacName? emsNo? tradeMode trafMode trafName?
        voyageNo? billNo? totalPackageNo? loctNo? licenseNo? country POD freight fCurrency fFlag
        insuredFee iCurrency iFlag wrapType packNo grossWeight netWeight note?""",
    "InventoryList": """gnum itemNo itemRecordNo? itemName? gcode gname gmodel barCode country
        currency qty qty1 qty2? unit unit1 unit2? price totalPrice note?""",
    "InvtCancel": f"""{_PREFIX} customsCode copNo preNo? invtNo reason agentCode agentName ebcCode
        ebcName note?""",
    "WayBillHead": f"""{_PREFIX} customsCode copNo preNo? agentCode agentName loctNo? trafMode
        trafName voyageNo billNo domesticTrafNo? grossWeight logisticsCode logisticsName msgCount
        msgSeqNo note?""",
    "WayBillList": "gnum totalPackageNo? logisticsNo invtNo? note?",
    "ArrivalHead": f"""{_PREFIX} customsCode copNo preNo? operatorCode operatorName loctNo? ieFlag
        trafMode billNo? domesticTrafNo logisticsCode logisticsName msgCount msgSeqNo note?""",
    "ArrivalList": "gnum logisticsNo totalPackageNo? note?",
    "DepartureHead": f"""{_PREFIX} customsCode copNo preNo? logisticsCode logisticsName trafMode
        trafName? voyageNo? billNo? leaveTime msgCount msgSeqNo note?""",
    "DepartureList": "gnum totalPackageNo? logisticsNo note?",
    "SummaryApplyHead": f"""{_PREFIX} customsCode copNo preNo? sumNo? agentCode agentName ebcCode
        ebcName declAgentCode declAgentName startTime? endTime? loctNo? summaryFlag itemNameFlag
        msgCount msgSeqNo note?""",
    "SummaryApplyList": "invtNo",
    # tradeMode: optional in the schema, obligatory in the document.
    "InvtRefundHead": f"""{_PREFIX} customsCode loctNo? ebpCode ebpName ebcCode ebcName logisticsNo
        logisticsCode logisticsName coElNo preNo? invtNo tradeMode agentCode agentName billNo ieFlag
        trafMode trafName portCode reason country voyageNo note?""",
    "InvtRefundList": "gnum gcode gname gmodel qty qty1 unit unit1 qty2? unit2? note?",
    "InvtRefundDetail": f"""{_PREFIX} customsCode operatorCode operatorName logisticsCode
        logisticsName logisticsNo invtNo? coElNo preNo? billNo ieFlag trafMode trafName voyageNo
        location? note?""",
    "BaseTransfer": "copCode copName dxpMode dxpId note?",
    "BaseSubscribe": "status dxpMode dxpAddress note?",
    "OrderReturn": f"guid ebpCode ebcCode orderNo {_RETURN}",
    "ReceiptsReturn": f"guid ebcCode orderNo payNo? {_RETURN}",
    "LogisticsReturn": f"guid logisticsCode logisticsNo {_RETURN}",
    "ArrivalReturn": f"""guid operatorCode logisticsCode preNo? copNo billNo msgSeqNo {_RETURN}""",
    "DepartureReturn": f"guid logisticsCode copNo preNo msgSeqNo {_RETURN}",
    "InventoryReturn": f"""guid agentCode copNo preNo? invtNo? ebcCode ebpCode orderNo
        statisticsFlag {_RETURN}""",
    "InvtCancelReturn": f"guid agentCode copNo preNo? invtNo? {_RETURN}",
    "WayBillReturn": f"guid agentCode logisticsCode copNo preNo? billNo msgSeqNo {_RETURN}",
    "SummaryReturn": f"guid agentCode ebcCode copNo preNo? sumNo? msgSeqNo {_RETURN}",
    "RefundReturn": f"guid ebpCode? ebcCode? agentCode coElNo preNo? invtNo {_RETURN}",
    "InvtRefundDetailReturn": f"""guid operatorCode logisticsCode logisticsNo coElNo preNo?
        {_RETURN}""",
    "MessageReturn": """guid returnStatus returnInfo returnTime oriCopMsgId oriMessageType
        oriBizMessage""",
    "SummaryResultHead": """guid customsCode sumNo opDate declSeqNo decTmpNo? decPreNo? entryId?
        decState agentCode agentName ebcCode ebcName declAgentCode declAgentName grossWeight
        netWeight msgCount msgSeqNo note?""",
    "SummaryResultList": "invtNo logisticsNo gseqno gnum gcode",
}
LAYOUTS: dict[str, Layout] = {
    "BaseTransfer": BASE_TRANSFER,
    "BaseSubscribe": BASE_SUBSCRIBE,
    **{kind.head_node: kind.head for kind in KINDS.values()},
    **{kind.line_node: kind.line for kind in KINDS.values() if kind.line_node},
    **{kind.head_node or kind.node: kind.head for kind in RECEIPTS.values()},
    **{kind.line_node: kind.line for kind in RECEIPTS.values() if kind.line_node},
}


def test_every_node_is_compared() -> None:
    assert LAYOUTS.keys() == SEQUENCES.keys()


@pytest.mark.parametrize("node", SEQUENCES)
def test_a_node_has_the_elements_of_the_schema_in_their_order(node: str) -> None:
    written = [e.name + "?" * (not e.is_obligatory) for e in LAYOUTS[node]]

    assert written == SEQUENCES[node].split()


# Least and most characters or digits. The same name has the same length everywhere …
_CODES = "agentCode ebcCode ebpCode operatorCode logisticsCode declAgentCode ownerCode iacCode"
_NAMES = "agentName ebcName ebpName operatorName logisticsName declAgentName ownerName iacName"
_EXACT = {
    1: """appType appStatus orderType ieFlag statisticsFlag trafMode fFlag iFlag wrapType
        summaryFlag itemNameFlag""",
    3: "currency unit unit1 country fCurrency iCurrency dxpMode",
    4: "customsCode portCode tradeMode",
    8: "ieDate",
    14: "appTime accountingDate leaveTime startTime endTime",
    17: "returnTime opDate",
    18: "preNo declSeqNo decTmpNo decPreNo entryId",
    36: "guid",
}
_UP_TO = {
    3: "unit2 decState",
    10: "loctNo returnStatus",
    15: "oriMessageType",
    18: f"{_CODES} payCode sumNo copCode",
    19: "licenseNo",
    20: "invtNo",
    30: "copNo coElNo itemRecordNo emsNo dxpId",
    32: "logisticsNo voyageNo",
    37: "billNo totalPackageNo",
    50: "barCode ebcTelephone",
    60: "orderNo payNo",
    100: f"{_NAMES} trafName domesticTrafNo payName copName dxpAddress status",
    200: "goodsInfo",
    250: "itemName gname gmodel location",
    255: "oriCopMsgId",
    1000: "note itemDescribe reason returnInfo",
}
# … but here.
_EXCEPTIONS = {
    "OrderList": {"itemNo": (1, 30)},
    "InventoryList": {"itemNo": (1, 20), "gcode": (10, 10)},
    "InventoryHead": {"POD": (3, 4)},
    "WayBillList": {"totalPackageNo": (1, 60)},
    "SummaryApplyHead": {"preNo": (1, 18)},
    "SummaryReturn": {"sumNo": (18, 18)},
    "SummaryResultHead": {"sumNo": (18, 18)},
    "SummaryResultList": {"gcode": (10, 10)},
    "InvtRefundHead": {
        "logisticsNo": (1, 80),
        "preNo": (1, 18),
        "reason": (1, 500),
        "note": (1, 500),
    },
    "InvtRefundList": {"gcode": (10, 10), "unit2": (3, 3), "note": (1, 500)},
    "InvtRefundDetail": {
        "logisticsNo": (1, 80),
        "coElNo": (1, 20),
        "preNo": (1, 18),
        "note": (1, 250),
    },
    "RefundReturn": {"preNo": (1, 18)},
    "InvtRefundDetailReturn": {"logisticsNo": (1, 80), "preNo": (1, 18)},
    "MessageReturn": {
        "returnInfo": (1, 5000),
        "returnTime": (1, 50),
        "oriBizMessage": (1, 16 * 1024 * 1024),
    },
}
_LENGTHS = {
    **{name: (most, most) for most, names in _EXACT.items() for name in names.split()},
    **{name: (1, most) for most, names in _UP_TO.items() for name in names.split()},
}
_NUMBERS = {
    **dict.fromkeys(
        """goodsValue freight insuredFee charge qty qty1 qty2 price totalPrice grossWeight
        netWeight""".split(),
        (19, 5),
    ),
    **dict.fromkeys("packNo msgCount msgSeqNo gseqno".split(), (9, 0)),
    "gnum": (5, 0),
}


def form_of(element: Element) -> tuple[int, int]:
    if element.form is Form.NUMBER:
        return element.length_max, element.decimals
    return element.length_min, element.length_max


@pytest.mark.parametrize("node", SEQUENCES)
def test_a_node_has_the_lengths_of_the_schema(node: str) -> None:
    exceptions = _EXCEPTIONS.get(node, {})
    wanted = {e.name: exceptions.get(e.name) or _LENGTHS.get(e.name) for e in LAYOUTS[node]}
    numbers = _NUMBERS | ({"gnum": (4, 0)} if node == "InvtRefundList" else {})
    wanted |= {name: form for name, form in numbers.items() if name in wanted}

    assert {e.name: form_of(e) for e in LAYOUTS[node]} == wanted


@pytest.mark.parametrize(
    ("node", "name", "values"),
    [
        # The schema has only totals.
        ("InventoryHead", "fFlag", ("3",)),
        ("InventoryHead", "iFlag", ("3",)),
        ("InventoryHead", "ieFlag", ("E",)),
        ("InventoryHead", "tradeMode", ("9610", "1210", "9710", "9810")),
        ("InvtRefundHead", "ieFlag", ("I",)),
        ("InvtRefundHead", "tradeMode", ("9661", "1261")),
        ("InvtRefundDetail", "ieFlag", ("I",)),
        ("OrderHead", "orderType", ("E", "B", "W")),
        ("BaseTransfer", "dxpMode", ("DXP",)),
    ],
)
def test_values_that_the_schema_fixes(node: str, name: str, values: tuple[str, ...]) -> None:
    assert LAYOUTS[node][name].allowed == values


def test_elements_whose_white_space_is_collapsed() -> None:
    collapsed = {
        node: {element.name for element in layout if element.is_collapsed}
        for node, layout in LAYOUTS.items()
    }

    assert {node: names for node, names in collapsed.items() if names} == {
        "Logistics": {"goodsInfo"},
        "ArrivalHead": {"domesticTrafNo", "trafMode"},
        "DepartureHead": {"trafMode"},
        "InventoryHead": {"trafMode", "POD", "wrapType"},
        "InventoryList": {"gmodel", "barCode"},
        "WayBillHead": {"trafMode", "trafName", "voyageNo"},
        "InvtCancel": {"reason"},
    }


# Party, number, part: the elements of a receipt that say which document is meant.
KEYS = {
    "CEB304": ("ebpCode", "orderNo", ""),
    "CEB404": ("ebcCode", "orderNo", ""),
    "CEB506": ("logisticsCode", "logisticsNo", ""),
    "CEB508": ("operatorCode", "copNo", "msgSeqNo"),
    "CEB510": ("logisticsCode", "copNo", "msgSeqNo"),
    "CEB604": ("agentCode", "copNo", ""),
    "CEB606": ("agentCode", "copNo", ""),
    "CEB608": ("agentCode", "copNo", "msgSeqNo"),
    "CEB702": ("agentCode", "copNo", "msgSeqNo"),
    "CEB214": ("agentCode", "coElNo", ""),
    "CEB216": ("operatorCode", "coElNo", ""),
}


@pytest.mark.parametrize("message_type", KEYS)
def test_a_receipt_names_its_document(message_type: str) -> None:
    kind = RECEIPTS[message_type]

    assert (kind.party, kind.number, kind.part) == KEYS[message_type]


def test_every_kind_of_document_has_its_message_and_its_receipt() -> None:
    assert {kind: KINDS[MESSAGE_TYPE[kind]].receipt_type for kind in MESSAGE_TYPE} == RECEIPT_TYPE
    assert set(RECEIPTS) == {*RECEIPT_TYPE.values(), "CEB792", "CEB900"}


def test_which_messages_need_a_signature_and_come_in_parts() -> None:
    def types(value: str) -> set[str]:
        return {kind.message_type for kind in KINDS.values() if kind.signature == value}

    assert types("obligatory") == {"CEB509", "CEB603", "CEB605", "CEB607", "CEB701"}
    assert types("if_declared") == {"CEB507"}
    assert {kind.message_type for kind in KINDS.values() if kind.is_split} == {
        "CEB507",
        "CEB509",
        "CEB607",
        "CEB701",
    }


def test_how_many_lines_a_document_may_have() -> None:
    assert {k.message_type: (k.lines_min, k.lines_max) for k in KINDS.values()} == {
        "CEB303": (1, 100),
        "CEB403": (0, 0),
        "CEB505": (0, 0),
        "CEB507": (0, None),
        "CEB509": (1, None),
        "CEB603": (1, 100),
        "CEB605": (0, 0),
        "CEB607": (1, None),
        "CEB701": (0, None),
        "CEB213": (1, 100),
        "CEB215": (0, 0),
    }
