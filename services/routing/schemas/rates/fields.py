"""Amounts, rates and places, as rates write them."""

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from shared.kernel.money import AMOUNT_PATTERN, MINOR_DIGITS, Money, MoneyError

Basis = Literal["reported", "synthetic"]
Due = Literal["carrier", "agent"]

Amount = Annotated[
    str,
    StringConstraints(pattern=AMOUNT_PATTERN),
    Field(description="Decimal text in the currency named beside it.", examples=["76.69"]),
]
# At most 100,000 of the main unit: what the arithmetic of rates is sure to hold.
Rate = Annotated[
    str,
    StringConstraints(pattern=r"^(0|[1-9][0-9]{0,4})(\.[0-9]{1,6})?$"),
    Field(description="Decimal text, up to six decimals.", examples=["4.01"]),
]


def _known_currency(value: object) -> object:
    if isinstance(value, str) and value not in MINOR_DIGITS:
        raise PydanticCustomError(
            "currency", "{currency} is not an ISO 4217 code", {"currency": value}
        )
    return value


Currency = Annotated[
    str,
    BeforeValidator(_known_currency),
    StringConstraints(pattern=r"^[A-Z]{3}$"),
    Field(description="ISO 4217.", examples=["CNY"]),
]
Carrier = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2}$")]
HandlingCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), Field(examples=["ELI"])]

_MICROS: Final = 1_000_000


def micros(rate: str) -> int:
    return int(Decimal(rate) * _MICROS)


def rate_text(value_micros: int) -> str:
    """`4010000` is `4.01`: no zeros that say nothing."""
    return _text(value_micros, 6)


def exchange_rate_text(value_e8: int) -> str:
    return _text(value_e8, 8)


def _text(value: int, decimals: int) -> str:
    whole, fraction = divmod(value, 10**decimals)
    return f"{whole}.{fraction:0{decimals}d}".rstrip("0").rstrip(".")


def minor(amount: str, currency: str, refuse: Callable[[], None]) -> int:
    """In minor units; with more decimals than the currency has, `refuse` is called, and it is 0."""
    try:
        return Money.parse(amount, currency).amount_minor
    except MoneyError:
        refuse()
        return 0
