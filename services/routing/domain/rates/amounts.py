"""Exact arithmetic of rates: whole numbers only, and each line rounded half up to the minor unit of
its currency.

A rate is in millionths of the currency's main unit per kilogram (6.08 USD/kg is 6,080,000), a
weight in grams. Their product has nine decimals of the main unit.
"""

from typing import Final

from shared.kernel.money import MINOR_DIGITS

PARK_CURRENCY: Final = "CNY"
"""What the park compares prices in, and sells in."""

# Within these bounds no product of two of them, once divided, exceeds 64 bits.
WEIGHT_MAX_G: Final = 1_000_000_000
VOLUME_MAX_CM3: Final = 10_000_000_000
RATE_MAX_MICROS: Final = 100_000_000_000
AMOUNT_MAX_MINOR: Final = 1_000_000_000_000


def scaled(value: int, factor: int, divisor: int) -> int:
    """value · factor / divisor, rounded half up. Nothing is negative."""
    return (2 * value * factor + divisor) // (2 * divisor)


def rounded_up(value: int, step: int) -> int:
    return -(-value // step) * step


def per_kg_divisor(currency: str) -> int:
    """Rate in micros times grams, divided by this, is in minor units."""
    return int(10 ** (9 - MINOR_DIGITS[currency]))


def flat_divisor(currency: str) -> int:
    """Micros divided by this are minor units."""
    return int(10 ** (6 - MINOR_DIGITS[currency]))


# Micros of a percent of an amount: 1.5 % is 1,500,000.
PERCENT_DIVISOR: Final = 100 * 1_000_000
