"""Master waybill numbers: prefix of the carrier, serial, check digit (IATA)."""

import re
from dataclasses import dataclass
from typing import Final

from shared.kernel.errors import Conflict, Invalid, Text

SERIALS: Final = 10_000_000
"""A serial has seven digits."""

_MASTER: Final = re.compile(r"^(\d{3})-?(\d{7})(\d)$", re.ASCII)


class MasterWaybillInvalid(Invalid):
    code = "routing.master_waybill.invalid"
    text = Text("{number} is not an air waybill number.", "{number} 不是有效的航空主运单号。")
    fix = Text(
        "Send prefix, serial and check digit such as 020-81140743; the last digit is the serial"
        " modulo 7.",
        "请提供前缀、序号和校验位，例如 020-81140743；末位等于序号除以 7 的余数。",
    )


class WaybillStockExhausted(Conflict):
    code = "routing.waybill_stock.exhausted"
    text = Text("No waybill number is left for prefix {prefix}.", "前缀 {prefix} 的运单号已用完。")
    fix = Text("Load another range into the stock.", "请导入新的运单号段。")


def check_digit(serial: int) -> int:
    """The serial modulo 7; the airline's prefix plays no part (IATA Resolution 600a)."""
    assert 0 <= serial < SERIALS, serial
    return serial % 7


def master_waybill(prefix: str, serial: int) -> str:
    """`master_waybill("020", 8114074)` is `020-81140743`."""
    assert re.fullmatch(r"[0-9]{3}", prefix), prefix
    return f"{prefix}-{serial:07d}{check_digit(serial)}"


@dataclass(frozen=True, slots=True)
class IssuedSerial:
    """What a carrier's stock gave; `serial` is None if it is used up."""

    prefix: str
    serial: int | None

    @property
    def waybill(self) -> str:
        """Raises WaybillStockExhausted."""
        if self.serial is None:
            raise WaybillStockExhausted(prefix=self.prefix)
        return master_waybill(self.prefix, self.serial)


def checked_master_waybill(number: str) -> str:
    """The number in its one written form, with hyphen. Raises MasterWaybillInvalid."""
    match = _MASTER.match(number.strip())
    if not match or int(match[3]) != check_digit(int(match[2])):
        raise MasterWaybillInvalid(number=number)
    return f"{match[1]}-{match[2]}{match[3]}"
