"""CEB messages as customs' side sees them: reads lists (CEB603) and departures (CEB509), writes
answers to lists (CEB604). Made from the interface specification, not from the park's own code: two
readings of one text that have to agree.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from lxml import etree

_NAMESPACE: Final = "http://www.chinaport.gov.cn/ceb"
_NS: Final = f"{{{_NAMESPACE}}}"
_DISTRICT: Final = "4712"  # first part of an invtNo; made up for the sandbox
RETURNS_PER_MESSAGE_MAX: Final = 100
CHINA: Final = ZoneInfo("Asia/Shanghai")


class NotAMessage(Exception):
    """The file is no CEB message this office understands."""


@dataclass(frozen=True)
class DeclaredList:
    """What the office keeps of one list. `content`: the goods in a form that is the same whenever
    the same goods are declared, which is what decisions are made by."""

    cop_no: str
    order_no: str
    waybill_no: str
    agent_code: str
    ebc_code: str
    ebp_code: str
    statistics_flag: str
    content: str

    @property
    def pre_no(self) -> str:
        return f"B20260101{_serial(self.cop_no, 9)}"

    def invt_no(self, at: datetime) -> str:
        return f"{_DISTRICT}{at.astimezone(CHINA):%Y}E{_serial(self.cop_no, 11)}"


@dataclass(frozen=True)
class Departure:
    """A CEB509: the house waybills that left."""

    cop_no: str
    waybill_nos: tuple[str, ...]


@dataclass(frozen=True)
class Message:
    lists: tuple[DeclaredList, ...] = ()
    departures: tuple[Departure, ...] = ()


def _serial(cop_no: str, digits: int) -> str:
    value = int.from_bytes(hashlib.sha256(cop_no.encode()).digest()[:8]) % 10**digits
    return f"{value:0{digits}d}"


def read_message(raw: bytes) -> Message:
    """Raises NotAMessage."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as error:
        raise NotAMessage(str(error)) from error
    if root.tag == f"{_NS}CEB603Message":
        return Message(lists=tuple(_list(node) for node in root.findall(f"{_NS}Inventory")))
    if root.tag == f"{_NS}CEB509Message":
        nodes = root.findall(f"{_NS}Departure")
        return Message(departures=tuple(_departure(node) for node in nodes))
    raise NotAMessage(f"the root is {root.tag}")


def _text(node: Any, name: str) -> str:
    text = node.findtext(f"{_NS}{name}")
    if text is None:
        raise NotAMessage(f"{name} is missing")
    return str(text)


def _list(node: Any) -> DeclaredList:
    head = node.find(f"{_NS}InventoryHead")
    if head is None:
        raise NotAMessage("InventoryHead is missing")
    lines = node.findall(f"{_NS}InventoryList")
    goods = sorted(f"{_text(line, 'itemNo')}x{_text(line, 'qty')}" for line in lines)
    return DeclaredList(
        cop_no=_text(head, "copNo"),
        order_no=_text(head, "orderNo"),
        waybill_no=_text(head, "logisticsNo"),
        agent_code=_text(head, "agentCode"),
        ebc_code=_text(head, "ebcCode"),
        ebp_code=_text(head, "ebpCode"),
        statistics_flag=_text(head, "statisticsFlag"),
        content=" ".join((_text(head, "POD"), *goods)),
    )


def _departure(node: Any) -> Departure:
    head = node.find(f"{_NS}DepartureHead")
    if head is None:
        raise NotAMessage("DepartureHead is missing")
    lines = node.findall(f"{_NS}DepartureList")
    return Departure(
        cop_no=_text(head, "copNo"),
        waybill_nos=tuple(_text(line, "logisticsNo") for line in lines),
    )


@dataclass(frozen=True)
class Return:
    """One answer to one list: `status` is the returnStatus, `at` customs' clock."""

    about: DeclaredList
    status: str
    info: str
    at: datetime


def write_returns(guid: str, returns: Iterable[Return]) -> str:
    """A CEB604 message. `guid` marks the message; each return has one of its own."""
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        f'<ceb:CEB604Message guid="{guid}" version="1.0" xmlns:ceb="{_NAMESPACE}">',
    ]
    for answer in returns:
        parts.append("<ceb:InventoryReturn>")
        parts += (f"<ceb:{name}>{escape(text)}</ceb:{name}>" for name, text in _fields(answer))
        parts.append("</ceb:InventoryReturn>")
    parts.append("</ceb:CEB604Message>\n")
    return "".join(parts)


def _fields(answer: Return) -> Iterable[tuple[str, str]]:
    about, local = answer.about, answer.at.astimezone(CHINA)
    time = f"{local:%Y%m%d%H%M%S}{local.microsecond // 1000:03d}"
    return (
        ("guid", guid_of(about.cop_no, answer.status, time)),
        ("agentCode", about.agent_code),
        ("copNo", about.cop_no),
        ("preNo", about.pre_no),
        ("invtNo", about.invt_no(answer.at)),
        ("ebcCode", about.ebc_code),
        ("ebpCode", about.ebp_code),
        ("orderNo", about.order_no),
        ("statisticsFlag", about.statistics_flag),
        ("returnStatus", answer.status),
        ("returnTime", time),
        ("returnInfo", answer.info),
    )


def guid_of(*about: str) -> str:
    """36 upper-case characters, the same for the same thing: a repeated answer stays one."""
    h = hashlib.sha256("\x1f".join(about).encode()).hexdigest()[:32].upper()
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"
