"""House waybill numbers: ours, with the check digit of the master's."""

import re
from typing import Final

from services.routing.domain.flights.master_waybill import SERIALS, check_digit

CHARACTERS_MAX: Final = 12
"""As many as a house manifest (Cargo-IMP FHL) has room for."""

# The second form has 13 characters: numbers of that form were issued, and stay valid.
_HOUSE: Final = re.compile(r"^EHU?[A-Z]{2}(\d{7})(\d)$", re.ASCII)


def house_waybill(number: int) -> str:
    """The `number`-th house waybill: EH, two letters of series, seven digits, check digit.

    12 characters, e.g. `EHAA00000011`. A series holds ten million numbers and there are 676, so
    the sequence behind it does not run out; the check digit covers the seven digits of the serial.
    """
    series, serial = divmod(number, SERIALS)
    assert 0 <= series < 26 * 26, number
    first, second = divmod(series, 26)
    return f"EH{chr(65 + first)}{chr(65 + second)}{serial:07d}{check_digit(serial)}"


def is_house_waybill(number: str) -> bool:
    match = _HOUSE.match(number)
    return match is not None and int(match[2]) == check_digit(int(match[1]))
