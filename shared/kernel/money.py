"""Money: integer minor units and an ISO 4217 code. Never a float, never a guess at the exponent."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

# ISO 4217 active codes (list of 2026-01-01), without funds, metals and test codes.
_TWO: Final = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF"
    " CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD"
    " HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA"
    " MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN"
    " QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP"
    " TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
)
_NONE: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE: Final = "BHD IQD JOD KWD LYD OMR TND"

MINOR_DIGITS: Final[dict[str, int]] = (
    dict.fromkeys(_TWO.split(), 2)
    | dict.fromkeys(_NONE.split(), 0)
    | dict.fromkeys(_THREE.split(), 3)
)

# At most 12 digits before the point: the largest sum still fits a signed 64-bit column.
AMOUNT_PATTERN: Final = r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,3})?$"
_AMOUNT: Final = re.compile(AMOUNT_PATTERN, re.ASCII)


class MoneyError(ValueError):
    """The text is not an amount in that currency; the message says which of the two is wrong."""


@dataclass(frozen=True, order=True)
class Money:
    """`Money(165, "GBP")` is 1.65 pounds; `str(m.amount)` gives the decimal text of the API."""

    amount_minor: int
    currency: str

    def __post_init__(self) -> None:
        if self.currency not in MINOR_DIGITS:
            raise MoneyError(f"{self.currency} is not an ISO 4217 currency code")

    @staticmethod
    def parse(amount: str, currency: str) -> "Money":
        """Parses the decimal text of the API. Refuses more decimals than the currency has."""
        return _parsed(amount, currency)

    @property
    def amount(self) -> str:
        digits = MINOR_DIGITS[self.currency]
        if digits == 0:
            return str(self.amount_minor)
        sign = "-" if self.amount_minor < 0 else ""
        whole, fraction = divmod(abs(self.amount_minor), 10**digits)
        return f"{sign}{whole}.{fraction:0{digits}d}"

    def __add__(self, other: "Money") -> "Money":
        assert self.currency == other.currency, (self.currency, other.currency)
        return Money(self.amount_minor + other.amount_minor, self.currency)

    def times(self, quantity: int) -> "Money":
        return Money(self.amount_minor * quantity, self.currency)


# Prices repeat.
@lru_cache(maxsize=4096)
def _parsed(amount: str, currency: str) -> Money:
    digits = MINOR_DIGITS.get(currency)
    if digits is None:
        raise MoneyError(f"{currency} is not an ISO 4217 currency code")
    if not _AMOUNT.fullmatch(amount):
        raise MoneyError(f"{amount!r} is not an amount such as 12.50")
    whole, _, fraction = amount.partition(".")
    if len(fraction.rstrip("0")) > digits:
        raise MoneyError(f"{currency} has {digits} decimals, {amount} has more")
    return Money(int(whole) * 10**digits + int(fraction[:digits].ljust(digits, "0") or 0), currency)
