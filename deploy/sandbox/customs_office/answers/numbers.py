"""The numbers that port and customs give, and the time as their answers write it. All are made from
what they belong to: the same document has the same numbers for ever.
"""

import hashlib
from datetime import datetime
from typing import Final

from deploy.sandbox.customs_office.inbound.papers import CHINA

_DISTRICT: Final = "4712"  # first part of an invtNo; made up for the sandbox


def guid_of(*about: str) -> str:
    """36 upper-case characters, the same for the same thing: a repeated answer stays one."""
    h = hashlib.sha256("\x1f".join(about).encode()).hexdigest()[:32].upper()
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"


def serial(digits: int, *about: str) -> str:
    value = int.from_bytes(hashlib.sha256("\x1f".join(about).encode()).digest()[:8]) % 10**digits
    return f"{value:0{digits}d}"


def pre_no(message: str, number: str, filed_at: datetime) -> str:
    """18 characters, given by the port: B and the day; O for a tally."""
    letter = "O" if message == "CEB215" else "B"
    return f"{letter}{filed_at.astimezone(CHINA):%Y%m%d}{serial(9, number)}"


def invt_no(cop_no: str, filed_at: datetime) -> str:
    """20 characters, given by customs: district, year, E for export, serial."""
    return f"{_DISTRICT}{filed_at.astimezone(CHINA):%Y}E{serial(11, cop_no)}"


def return_time(at: datetime) -> str:
    """17 digits down to the millisecond, in China's time."""
    local = at.astimezone(CHINA)
    return f"{local:%Y%m%d%H%M%S}{local.microsecond // 1000:03d}"
