"""The numbers that we assign: copNo of a document, and the guid of messages and documents."""

from typing import Final

from shared.kernel.ids import uuid7_hex

_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def cop_no(declaration_id: str, *, prefix: str = "AL") -> str:
    """28 characters (copNo allows 30) from an id of 128 bits. It is unique because the id is, and
    always the same for an id, so a repeated message cannot become a second document.
    """
    value = int(declaration_id.partition("_")[2], 16)
    digits = []
    for _ in range(26):
        value, digit = divmod(value, 32)
        digits.append(_CROCKFORD[digit])
    return prefix + "".join(reversed(digits))


def new_guid() -> str:
    """Sorts by time."""
    return guid_text(uuid7_hex())


def guid_text(hex32: str) -> str:
    """8-4-4-4-12 in upper case, as CEB wants it."""
    h = hex32.upper()
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"
