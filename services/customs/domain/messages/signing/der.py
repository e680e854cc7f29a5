"""A reader of DER (ITU-T X.690), as far as X.509 certificates need it: definite lengths, tags of
one byte. Libraries refuse the public key of an SM2 certificate, whose curve they do not know.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
OBJECT_IDENTIFIER: Final = 0x06
SEQUENCE: Final = 0x30
_UTC_TIME: Final = 0x17
_GENERALIZED_TIME: Final = 0x18
_UNIVERSAL_STRING: Final = 0x1C
_BMP_STRING: Final = 0x1E
_LENGTH_BYTES_MAX: Final = 4


class DerNotReadable(ValueError):
    """The bytes are not the DER that was expected."""


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its tag and what it holds."""

    tag: int
    content: bytes

    def children(self) -> list["Element"]:
        return elements(self.content)

    def expect(self, tag: int) -> "Element":
        """Itself. Raises DerNotReadable if it has another tag."""
        if self.tag != tag:
            raise DerNotReadable(f"tag {self.tag:#04x} instead of {tag:#04x}")
        return self

    def text(self) -> str:
        """Of any string type. Cards of China's e-port put GB18030 into types meant for ASCII."""
        if self.tag == _BMP_STRING:
            return self.content.decode("utf-16-be", "replace")
        if self.tag == _UNIVERSAL_STRING:
            return self.content.decode("utf-32-be", "replace")
        try:
            return self.content.decode("utf-8")
        except UnicodeDecodeError:
            return self.content.decode("gb18030", "replace")

    def instant(self) -> datetime:
        """Of UTCTime or GeneralizedTime in the form RFC 5280 demands. Raises DerNotReadable."""
        if self.tag not in (_UTC_TIME, _GENERALIZED_TIME):
            raise DerNotReadable(f"tag {self.tag:#04x} instead of a time")
        text = self.content.decode("ascii", "replace")
        if self.tag == _UTC_TIME:  # RFC 5280 §4.1.2.5.1: 50 and above are of the last century
            text = ("19" if text[:2] >= "50" else "20") + text
        try:
            return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
        except ValueError as error:
            raise DerNotReadable(f"{text} is not a time") from error

    def oid(self) -> str:
        """In dotted form."""
        numbers, value = [], 0
        for byte in self.expect(OBJECT_IDENTIFIER).content:
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                numbers.append(value)
                value = 0
        if not numbers:
            raise DerNotReadable("an object identifier is empty")
        first = min(numbers[0] // 40, 2)
        return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))

    def integer(self) -> int:
        return int.from_bytes(self.expect(INTEGER).content, "big", signed=True)


def element(data: bytes) -> Element:
    """The only element of `data`. Raises DerNotReadable."""
    found = elements(data)
    if len(found) != 1:
        raise DerNotReadable(f"{len(found)} elements instead of one")
    return found[0]


def elements(data: bytes) -> list[Element]:
    """All elements that stand one after the other in `data`. Raises DerNotReadable."""
    found, at = [], 0
    while at < len(data):
        start, length = _header(data, at)
        if start + length > len(data):
            raise DerNotReadable("an element ends too early")
        found.append(Element(data[at], data[start : start + length]))
        at = start + length
    return found


def _header(data: bytes, at: int) -> tuple[int, int]:
    """Where the content begins, and its length."""
    if at + 2 > len(data):
        raise DerNotReadable("an element ends too early")
    length, start = data[at + 1], at + 2
    if length < 0x80:
        return start, length
    size = length & 0x7F
    if not 1 <= size <= _LENGTH_BYTES_MAX:
        raise DerNotReadable("a length is indefinite or too large")
    return start + size, int.from_bytes(data[start : start + size], "big")
