"""What it costs from the gateway to the buyer's door."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from services.routing.domain.rates.amounts import per_kg_divisor, scaled
from services.routing.domain.rates.charge import Consignment, chargeable_g
from services.routing.domain.rates.contract import ANY, Basis
from shared.kernel.errors import Conflict, Text


@dataclass(frozen=True, slots=True)
class LastMileTariff:
    """A base and a rate per kilogram of chargeable weight. `gateway` may be `*`; `postal_prefix` is
    empty for the whole country, and `country` may be `*` for all that have no tariff of their own.
    """

    country: str
    postal_prefix: str
    gateway: str
    currency: str
    base_minor: int
    rate_micros_per_kg: int
    cubic_cm_per_kg: int
    rounding_g: int
    valid_from: date
    valid_to: date | None
    source: str
    as_of: date
    basis: Basis

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class LastMileCharge:
    """In the tariff's currency; `amount_minor` includes the base."""

    tariff: LastMileTariff
    chargeable_g: int
    amount_minor: int


class NoLastMileTariff(Conflict):
    code = "routing.no_last_mile_tariff"
    text = Text(
        "There is no last-mile tariff from {gateway} to {country} {postal_code} on {day}.",
        "{day} 没有从 {gateway} 到 {country} {postal_code} 的末端派送费率。",
    )
    fix = Text(
        "Name an airport as the destination, or choose another day.",
        "请以机场为目的地，或选择其他日期。",
    )


def last_mile_charge(tariff: LastMileTariff, goods: Consignment) -> LastMileCharge:
    """Rounded half up once."""
    weight_g = chargeable_g(
        goods, cubic_cm_per_kg=tariff.cubic_cm_per_kg, rounding_g=tariff.rounding_g
    )
    weighed = scaled(tariff.rate_micros_per_kg, weight_g, per_kg_divisor(tariff.currency))
    return LastMileCharge(tariff, weight_g, tariff.base_minor + weighed)


def last_mile_tariff(
    tariffs: Iterable[LastMileTariff],
    *,
    country: str,
    postal_code: str | None,
    gateway: str,
    on: date,
) -> LastMileTariff:
    """The closest one: the country's own, then the longest prefix of the postal code, then the
    gateway's own, then the one that began last. Raises NoLastMileTariff.
    """
    code = postal_code or ""
    held = [
        tariff
        for tariff in tariffs
        if tariff.country in (country, ANY)
        and code.startswith(tariff.postal_prefix)
        and tariff.gateway in (gateway, ANY)
        and tariff.holds_on(on)
    ]
    if not held:
        raise NoLastMileTariff(
            gateway=gateway, country=country, postal_code=code, day=on.isoformat()
        )
    return max(held, key=_closeness)


def _closeness(tariff: LastMileTariff) -> tuple[object, ...]:
    return (
        tariff.country != ANY,
        len(tariff.postal_prefix),
        tariff.gateway != ANY,
        tariff.valid_from,
    )
