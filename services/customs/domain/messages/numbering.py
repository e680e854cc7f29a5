"""The numbers that we assign: copNo of a document, and the guid of messages and documents."""

from typing import Final

from shared.kernel.ids import uuid7_hex

_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def cop_no(declaration_id: str, *, prefix: str = "AL") -> str:
    """28 characters (copNo allows 30) from an id of 128 bits. It is unique because the id is, and
    always the same for an id, so a repeated message cannot become a second document.
    """
    return prefix + _in_base_32(int(declaration_id.partition("_")[2], 16), 26)


def short_no(document_id: str, *, prefix: str = "RT") -> str:
    """20 characters, as coElNo of CEB215 has them, from an id of 128 bits: its 48 bits of time and
    its last 42, which are random.
    """
    value = int(document_id.partition("_")[2], 16)
    value = value >> 80 << 42 | value & (1 << 42) - 1
    return prefix + _in_base_32(value, 18)


def new_guid() -> str:
    """Sorts by time."""
    return guid_text(uuid7_hex())


def guid_text(hex32: str) -> str:
    """8-4-4-4-12 in upper case, as CEB wants it."""
    h = hex32.upper()
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"


def _in_base_32(value: int, length: int) -> str:
    digits = []
    for _ in range(length):
        value, digit = divmod(value, 32)
        digits.append(_CROCKFORD[digit])
    return "".join(reversed(digits))
