"""A quote: what one itinerary costs the park, what it adds, and what the merchant pays until when.

Cost, margin and price are kept apart. The price is divided among carriages and the last mile in
proportion to their cost, so that its lines add up to it; the lines of the cost stay as contracts
have them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from services.routing.domain.network.records import Mode
from services.routing.domain.rates.book import CarriageCost, CarriageKey, RateBook
from services.routing.domain.rates.charge import Consignment
from services.routing.domain.rates.exchange import ExchangeRate
from services.routing.domain.rates.last_mile import (
    LastMileCharge,
    last_mile_charge,
    last_mile_tariff,
)
from services.routing.domain.rates.margins import Margin, margin_on
from shared.kernel.errors import Conflict, NotFound, Text

VALID_FOR: Final = timedelta(hours=24)
"""Unless goods have to be handed over for the first flight before."""


@dataclass(frozen=True, slots=True)
class Carriage:
    """What is boarded and left once. `departs_on`: the local day."""

    key: CarriageKey
    departs_on: date


@dataclass(frozen=True, slots=True)
class Door:
    """Where a last mile leads to, and from which airport."""

    gateway: str
    country: str
    postal_code: str | None


@dataclass(frozen=True, slots=True)
class LastMileCost:
    """`cost_minor` is in the park's currency, as every cost here."""

    gateway: str
    charge: LastMileCharge
    exchange: ExchangeRate
    cost_minor: int


@dataclass(frozen=True, slots=True)
class Cost:
    """`last_mile` None: goods are handed over at the airport."""

    carriages: tuple[CarriageCost, ...]
    last_mile: LastMileCost | None

    @property
    def parts_minor(self) -> list[int]:
        """Of each carriage, then of the last mile if there is one."""
        parts = [carriage.cost_minor for carriage in self.carriages]
        return parts if self.last_mile is None else [*parts, self.last_mile.cost_minor]

    @property
    def total_minor(self) -> int:
        return sum(self.parts_minor)


@dataclass(frozen=True, slots=True)
class QuotedLeg:
    flight_id: str
    flight_number: str
    carrier: str
    mode: Mode
    vehicle: str
    origin: str
    destination: str
    departs_at: datetime
    arrives_at: datetime
    synthetic: bool


@dataclass(frozen=True, slots=True)
class QuotedEmissions:
    """Well to wheel and tank to wheel, in grams of CO2e."""

    wtw_g: int
    ttw_g: int
    method: str
    method_version: str


@dataclass(frozen=True, slots=True)
class Itinerary:
    """What is quoted: its flights, and when goods come to the door (or the last airport).
    `accepted_until`: the latest hand-over for the first flight; None: nothing is known of that.
    """

    legs: tuple[QuotedLeg, ...]
    accepted_until: datetime | None
    delivered_at: datetime
    emissions: QuotedEmissions


@dataclass(frozen=True, slots=True)
class Quote:
    id: str
    merchant_id: str
    rates_version: str
    goods: Consignment
    product: str
    itinerary: Itinerary
    cost: Cost
    margin: Margin
    quoted_at: datetime
    valid_until: datetime

    @property
    def margin_minor(self) -> int:
        return self.margin.on(self.cost.total_minor)

    @property
    def price_minor(self) -> int:
        return self.cost.total_minor + self.margin_minor

    @property
    def price_parts_minor(self) -> list[int]:
        """The price of each carriage, then of the last mile: they add up to the whole."""
        return shares(self.price_minor, self.cost.parts_minor)


class QuoteNotFound(NotFound):
    code = "routing.quote.not_found"
    text = Text("There is no quote {quote}.", "报价 {quote} 不存在。")
    fix = Text("POST /v1/quotes makes one.", "请通过 POST /v1/quotes 获取报价。")


class NoItinerary(Conflict):
    """`reason_code` is that of a refusal of the search."""

    code = "routing.quote.no_itinerary"
    text = Text("{reason}", "{reason}")
    fix = Text("{remedy}", "{remedy}")
    members = ("reason_code",)


def cost_of(
    book: RateBook,
    carriages: Sequence[Carriage],
    door: Door | None,
    goods: Consignment,
    *,
    asked_on: date,
) -> Cost:
    """Raises NoRateContract, NoLastMileTariff, NoExchangeRate."""
    return Cost(
        carriages=tuple(
            book.cost_of(one.key, goods, departs_on=one.departs_on, asked_on=asked_on)
            for one in carriages
        ),
        last_mile=None if door is None else _last_mile(book, door, goods, asked_on),
    )


def _last_mile(book: RateBook, door: Door, goods: Consignment, asked_on: date) -> LastMileCost:
    tariff = last_mile_tariff(
        book.last_mile,
        country=door.country,
        postal_code=door.postal_code,
        gateway=door.gateway,
        on=asked_on,
    )
    charge = last_mile_charge(tariff, goods)
    exchange = book.exchange_rates.get(tariff.currency, asked_on)
    return LastMileCost(door.gateway, charge, exchange, exchange.convert(charge.amount_minor))


def make_quote(
    quote_id: str,
    *,
    merchant_id: str,
    book: RateBook,
    goods: Consignment,
    product: str,
    itinerary: Itinerary,
    cost: Cost,
    now: datetime,
) -> Quote:
    """Raises NoMargin."""
    valid_until = now + VALID_FOR
    if itinerary.accepted_until is not None:
        valid_until = min(valid_until, itinerary.accepted_until)
    return Quote(
        id=quote_id,
        merchant_id=merchant_id,
        rates_version=book.version,
        goods=goods,
        product=product,
        itinerary=itinerary,
        cost=cost,
        margin=margin_on(book.margins, merchant_id, now.date()),
        quoted_at=now,
        valid_until=max(valid_until, now),
    )


def shares(total: int, weights: Sequence[int]) -> list[int]:
    """`total` divided in proportion to `weights`: whole numbers that add up to it. What is left by
    rounding down goes to the largest remainders, of equal ones to the first.
    """
    whole = sum(weights)
    if whole == 0:
        return [total, *[0] * (len(weights) - 1)]
    parts = [total * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda n: -(total * weights[n] % whole))
    for n in order[: total - sum(parts)]:
        parts[n] += 1
    return parts
