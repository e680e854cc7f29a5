"""The CO2e of goods on their way: each leg by itself, then the sum."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self, TypeVar

from services.routing.domain.emissions.factors import LegRate, Method


class _Whole(Protocol):
    """An int, or an array of them."""

    def __rmul__(self, other: int, /) -> Self: ...
    def __add__(self, other: int, /) -> Self: ...
    def __floordiv__(self, other: int, /) -> Self: ...


W = TypeVar("W", bound=_Whole)


def leg_co2e_g(gross_g: int, ug_per_g: W) -> W:
    """Grams of CO2e of one leg, half a gram rounded up; of many legs, if `ug_per_g` is an array.

    The total of an itinerary is the sum of these whole grams, so that it is what its legs add up
    to.
    """
    return (gross_g * ug_per_g + 500_000) // 1_000_000


@dataclass(frozen=True, slots=True)
class LegEmissions:
    ttw_g: int
    wtw_g: int
    estimated: bool


@dataclass(frozen=True, slots=True)
class Emissions:
    """`estimated`: so is at least one of the legs."""

    method: Method
    ttw_g: int
    wtw_g: int
    estimated: bool
    legs: tuple[LegEmissions, ...]


def leg_emissions(rate: LegRate, *, gross_g: int) -> LegEmissions:
    return LegEmissions(
        ttw_g=leg_co2e_g(gross_g, rate.ttw_ug_per_g),
        wtw_g=leg_co2e_g(gross_g, rate.wtw_ug_per_g),
        estimated=rate.estimated,
    )


def emissions(method: Method, rates: Sequence[LegRate], *, gross_g: int) -> Emissions:
    """`rates` are those of `method`, in the order of the legs."""
    legs = tuple(leg_emissions(rate, gross_g=gross_g) for rate in rates)
    return Emissions(
        method=method,
        ttw_g=sum(leg.ttw_g for leg in legs),
        wtw_g=sum(leg.wtw_g for leg in legs),
        estimated=any(leg.estimated for leg in legs),
        legs=legs,
    )
