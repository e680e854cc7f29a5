"""Values as CEB messages write them: numbers, weights, times."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Final

from shared.kernel.money import MINOR_DIGITS

# Every date and time of the CEB messages is China Standard Time.
CHINA: Final = timezone(timedelta(hours=8), "CST")
_TRAF_MODE: Final = {"air": "5", "road": "4"}


def number(value: Decimal) -> str:
    """Plain decimal notation without trailing zeros: 1.50 → 1.5, 2E+1 → 20."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def traf_mode(mode: str | None) -> str:
    """Customs' code of the transport mode: 5 for air and where it is not known, 4 for road."""
    return _TRAF_MODE.get(mode or "air", "5")


def compact_time(at: datetime) -> str:
    """YYYYMMDDhhmmss in China Standard Time."""
    return at.astimezone(CHINA).strftime("%Y%m%d%H%M%S")


def kilograms(weight_g: int) -> str:
    return number(Decimal(weight_g) / 1000)


def amount(minor: int, currency: str) -> str:
    return number(Decimal(minor).scaleb(-MINOR_DIGITS.get(currency, 2)))
