"""From bytes to the root of a business message: bare, or in the DxpMsg of the terminal layer."""

import base64
import binascii
import re
from dataclasses import replace
from typing import Any, Final

from lxml import etree

from deploy.sandbox.customs_office.inbound.papers import Original, Unacceptable
from deploy.sandbox.customs_office.tables.elements import layout

DXP: Final = "http://www.chinaport.gov.cn/dxp"
_D: Final = f"{{{DXP}}}"
BYTES_MAX: Final = 16 * 2**20
ENVELOPE_BYTES_MAX: Final = BYTES_MAX * 3 // 2  # base64 adds a third
_ENVELOPE: Final = [("TransInfo", True), ("Data", True), ("AddInfo", False), ("Signature", False)]
_TRANS_INFO: Final = layout(
    "CopMsgId C..255; SenderId C..16; ReceiverIds? C..99; CreatTime C19; MsgType C..30"
)
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", re.ASCII)
_DECLARED: Final = re.compile(rb"""<\?xml[^>]*encoding=["']([A-Za-z0-9_-]+)["']""")


def open_message(raw: bytes, name: str) -> tuple[Any, Original]:
    """The root and what is known of the message. Raises Unacceptable."""
    original = Original(text_of(raw), cop_msg_id=name[:255])
    root = _parse(raw, original, bytes_max=ENVELOPE_BYTES_MAX)
    if root.tag != f"{_D}DxpMsg":
        guid = root.get("guid") or original.cop_msg_id
        return root, replace(original, cop_msg_id=guid[:255])
    content, info = _unwrap(root, original)
    inside = Original(text_of(content), info["CopMsgId"], sender=info["SenderId"])
    return _parse(content, inside), inside


def text_of(raw: bytes) -> str:
    """As text, whatever it is: what cannot be read becomes a question mark."""
    declared = _DECLARED.match(raw.lstrip(b"\xef\xbb\xbf \r\n")[:200])
    encoding = declared.group(1).decode() if declared else "utf-8"
    # GB 18030 holds what GB 2312 and GBK hold, and senders mix up the three.
    encoding = "gb18030" if encoding.lower() in ("gb2312", "gbk") else encoding
    try:
        return raw.decode(encoding, errors="replace").removeprefix("\ufeff")
    except LookupError:
        return raw.decode("utf-8", errors="replace")


def _parse(raw: bytes, original: Original, *, bytes_max: int = BYTES_MAX) -> Any:
    if len(raw) > bytes_max:
        raise Unacceptable(original, f"the message has more than {bytes_max} bytes")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True
    )
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unacceptable(original, f"not well-formed: {error}") from error
    if root.getroottree().docinfo.doctype:
        raise Unacceptable(original, "a document type is not allowed")
    return root


def _unwrap(root: Any, original: Original) -> tuple[bytes, dict[str, str]]:
    """The message inside and the texts of TransInfo."""
    children = [child for child in root if isinstance(child.tag, str)]
    names = [etree.QName(child).localname for child in children]
    wanted = [name for name, must in _ENVELOPE if must or name in names]
    if names != wanted or root.get("ver") != "1.0":
        raise Unacceptable(original, f"DxpMsg ver {root.get('ver')} holds {', '.join(names)}")
    texts = [child for child in children[0] if isinstance(child.tag, str)]
    info = {etree.QName(child).localname: child for child in texts}
    for element in _TRANS_INFO:
        if element.name == "ReceiverIds":
            count = len(info[element.name]) if element.name in info else 0
            problem = None if 1 <= count <= 5 else f"has {count} receivers"
        else:
            problem = element.fault(info[element.name].text or "" if element.name in info else None)
        if problem:
            raise Unacceptable(original, f"TransInfo.{element.name} {problem}")
    if not _TIME.fullmatch(info["CreatTime"].text):
        raise Unacceptable(original, "TransInfo.CreatTime is no time")
    try:
        content = base64.b64decode("".join((children[1].text or "").split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unacceptable(original, f"Data is not base64: {error}") from error
    return content, {name: node.text or "" for name, node in info.items()}
