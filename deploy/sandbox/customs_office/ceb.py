"""CEB messages from the side of customs: reads lists (CEB603) and departures (CEB509), writes the
answers (CEB604, CEB510). Written from the interface specification and not from the park's code, so
that two readings of one text have to agree.
"""

import hashlib
from collections.abc import Iterator, Sequence
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
    """The file is not a CEB message that this office understands."""


@dataclass(frozen=True)
class DeclaredList:
    """What the office keeps of one list. `content`: the declared goods, in the same form whenever
    they are the same goods. Decisions depend on nothing else."""

    cop_no: str
    order_no: str
    waybill_no: str
    agent_code: str
    ebc_code: str
    ebp_code: str
    statistics_flag: str
    content: str


@dataclass(frozen=True)
class DepartureNotice:
    """A CEB509: the house waybills that left."""

    cop_no: str
    waybill_nos: tuple[str, ...]


@dataclass(frozen=True)
class CebMessage:
    lists: tuple[DeclaredList, ...] = ()
    departures: tuple[DepartureNotice, ...] = ()


def _serial(cop_no: str, digits: int) -> str:
    value = int.from_bytes(hashlib.sha256(cop_no.encode()).digest()[:8]) % 10**digits
    return f"{value:0{digits}d}"


def read_message(raw: bytes) -> CebMessage:
    """Raises NotAMessage."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as error:
        raise NotAMessage(str(error)) from error
    if root.tag == f"{_NS}CEB603Message":
        return CebMessage(lists=tuple(_list(node) for node in root.findall(f"{_NS}Inventory")))
    if root.tag == f"{_NS}CEB509Message":
        nodes = root.findall(f"{_NS}Departure")
        return CebMessage(departures=tuple(_departure(node) for node in nodes))
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


def _departure(node: Any) -> DepartureNotice:
    head = node.find(f"{_NS}DepartureHead")
    if head is None:
        raise NotAMessage("DepartureHead is missing")
    lines = node.findall(f"{_NS}DepartureList")
    return DepartureNotice(
        cop_no=_text(head, "copNo"),
        waybill_nos=tuple(_text(line, "logisticsNo") for line in lines),
    )


@dataclass(frozen=True)
class Return:
    """One answer to one document: `status` is the returnStatus, `at` customs' clock."""

    about: DeclaredList | DepartureNotice
    status: str
    info: str
    at: datetime

    @property
    def message_type(self) -> str:
        return "CEB604" if isinstance(self.about, DeclaredList) else "CEB510"


_NODES: Final = {"CEB604": "InventoryReturn", "CEB510": "DepartureReturn"}


def write_returns(message_type: str, returns: Sequence[Return]) -> str:
    """A CEB604 or CEB510 message of 1 to 100 answers. The same answers make the same message."""
    assert 1 <= len(returns) <= RETURNS_PER_MESSAGE_MAX
    answers = [dict(_fields(answer)) for answer in returns]
    guid = guid_of(*(answer["guid"] for answer in answers))
    root, node = f"ceb:{message_type}Message", f"ceb:{_NODES[message_type]}"
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        f'<{root} guid="{guid}" version="1.0" xmlns:ceb="{_NAMESPACE}">',
    ]
    for answer in answers:
        parts.append(f"<{node}>")
        parts += (f"<ceb:{name}>{escape(text)}</ceb:{name}>" for name, text in answer.items())
        parts.append(f"</{node}>")
    parts.append(f"</{root}>\n")
    return "".join(parts)


def _fields(answer: Return) -> Iterator[tuple[str, str]]:
    about, local = answer.about, answer.at.astimezone(CHINA)
    time = f"{local:%Y%m%d%H%M%S}{local.microsecond // 1000:03d}"
    yield "guid", guid_of(about.cop_no, answer.status, time)
    if isinstance(about, DeclaredList):
        yield "agentCode", about.agent_code
    yield "copNo", about.cop_no
    yield "preNo", f"B{local:%Y}0101{_serial(about.cop_no, 9)}"
    if isinstance(about, DeclaredList):
        yield "invtNo", f"{_DISTRICT}{local:%Y}E{_serial(about.cop_no, 11)}"
        yield "ebcCode", about.ebc_code
        yield "ebpCode", about.ebp_code
        yield "orderNo", about.order_no
        yield "statisticsFlag", about.statistics_flag
    yield "returnStatus", answer.status
    yield "returnTime", time
    yield "returnInfo", answer.info


def guid_of(*about: str) -> str:
    """36 upper-case characters, the same for the same thing: a repeated answer stays one."""
    h = hashlib.sha256("\x1f".join(about).encode()).hexdigest()[:32].upper()
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"
