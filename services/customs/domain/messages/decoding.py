"""Bytes from outside in UTF-8. The encoding is the one that the message declares: UTF-8 mostly, but
receipts that came through an intermediary are written in GB2312 and its successors.
"""

import codecs
import re
from typing import Final

from services.customs.domain.messages.elements import BLANKS
from services.customs.domain.messages.errors import XmlNotReadable

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BLANKS: Final = BLANKS.encode()
_WITHOUT_BOM: Final = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_DECLARED: Final = re.compile(
    rb"\s*<\?xml[^>?]{0,200}?\sencoding\s{0,20}=\s{0,20}[\"']([A-Za-z0-9._-]{1,40})[\"']"
)
# GB18030 contains GBK, and that GB2312. Writers declare the smaller one and use the larger. A text
# that begins with single bytes is not UTF-16, whatever it says: it was written as UTF-8.
_CODECS: Final = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "utf-16": "utf-8",
    "iso-8859-1": "latin-1",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "cp936": "gb18030",
    "gb18030": "gb18030",
}


def as_utf8(raw: bytes) -> bytes:
    """Without byte order mark and blanks around it. What is UTF-8 already is left for the parser to
    check. Raises XmlNotReadable.
    """
    codec = _codec(raw)
    if codec == "utf-8":
        return raw.removeprefix(codecs.BOM_UTF8).strip(_BLANKS)
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError as error:
        raise XmlNotReadable(reason=f"byte {error.start} is not {codec}") from error
    return text.strip(f"{BLANKS}\ufeff").encode()


def _codec(raw: bytes) -> str:
    for mark, codec in _BOMS:
        if raw.startswith(mark):
            return codec
    for start, codec in _WITHOUT_BOM:
        if raw.startswith(start):
            return codec
    declared = _DECLARED.match(raw[:400])
    if declared is None:
        return "utf-8"
    name = declared.group(1).decode("ascii").lower()
    if name not in _CODECS:
        raise XmlNotReadable(reason=f"the encoding {name} is not known here")
    return _CODECS[name]
