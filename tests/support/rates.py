"""Rate contracts, exchange rates and airports as tests need them, and any of them (Hypothesis)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from services.routing.domain.network.records import Airport
from services.routing.domain.rates.book import CarriageKey, RateBook
from services.routing.domain.rates.charge import Consignment
from services.routing.domain.rates.contract import (
    Break,
    Pivot,
    RateContract,
    Reduction,
    Surcharge,
    SurchargeBasis,
)
from services.routing.domain.rates.exchange import ExchangeRate
from services.routing.domain.rates.last_mile import LastMileTariff
from services.routing.domain.rates.margins import Margin
from services.routing.domain.rates.quote import (
    Carriage,
    Door,
    Itinerary,
    Quote,
    QuotedEmissions,
    QuotedLeg,
    cost_of,
    make_quote,
)
from shared.kernel.ids import new_id

DAY = date(2026, 11, 23)
SAID_BY = {"source": "test", "as_of": "2026-11-28", "basis": "synthetic"}
_DEFAULTS: dict[str, Any] = {
    "id": "rct_" + "0" * 32,
    "version": 1,
    "reference": "test",
    "carrier": "*",
    "product": "*",
    "origin": "*",
    "destination": "*",
    "mode": "air",
    "vehicle": "*",
    "from_km": 0,
    "below_km": None,
    "currency": "CNY",
    "valid_from": date(2026, 1, 1),
    "valid_to": None,
    "cubic_cm_per_kg": 6_000,
    "rounding_g": 500,
    "minimum_minor": 0,
    "breaks": (Break(0, 10_000_000),),
    "pivot": None,
    "reductions": (),
    "surcharges": (),
    "source": "test",
    "as_of": date(2026, 11, 1),
    "basis": "synthetic",
}


def a_contract(**changes: Any) -> RateContract:
    """For every carriage by air, without surcharges: 10.00 CNY/kg."""
    return RateContract(**{**_DEFAULTS, **changes})


def a_contract_sent(**changes: Any) -> dict[str, Any]:
    """The body of a PUT."""
    return {
        "reference": "test",
        "origin": "EHU",
        "destination": "BE",
        "mode": "air",
        "currency": "CNY",
        "valid_from": "2026-12-01",
        "minimum": "76.69",
        "breaks": [
            {"from_g": 0, "rate_per_kg": "4.01"},
            {"from_g": 45_000, "rate_per_kg": "3.5"},
        ],
        "surcharges": [
            {
                "code": "SC",
                "basis": "per_kg_gross",
                "value": "0.08",
                "minimum": "3",
                "due": "carrier",
            }
        ],
        **SAID_BY,
        **changes,
    }


def a_contract_id(n: int) -> str:
    return f"rct_{n:032x}"


def per_kg(*rates: tuple[int, str]) -> tuple[Break, ...]:
    """`per_kg((0, "6.08"), (45, "5.50"))`: breaks in kilograms."""
    return tuple(Break(from_kg * 1_000, micros(rate)) for from_kg, rate in rates)


def a_surcharge(code: str, basis: SurchargeBasis, value: str, **changes: Any) -> Surcharge:
    """`value` as it is written: 0.08 a kilogram, 50 flat, 1.5 percent."""
    given: dict[str, Any] = {
        "min_minor": None,
        "max_minor": None,
        "due": "carrier",
        "handling_codes": (),
    }
    return Surcharge(code=code, basis=basis, value_micros=micros(value), **{**given, **changes})


def micros(amount: str) -> int:
    whole, _, fraction = amount.partition(".")
    return int(whole) * 1_000_000 + int(fraction.ljust(6, "0"))


def an_exchange_rate(currency: str, cny_per_unit: str, valid_from: date = DAY) -> ExchangeRate:
    whole, _, fraction = cny_per_unit.partition(".")
    e8 = int(whole) * 10**8 + int(fraction.ljust(8, "0"))
    return ExchangeRate(currency, valid_from, e8, "test", valid_from, "synthetic")


def an_airport(iata: str, country: str, latitude_deg: float, longitude_deg: float) -> Airport:
    return Airport(
        iata, "", iata, iata, country, latitude_deg, longitude_deg, "UTC", "test", None, "synthetic"
    )


def a_tariff(country: str, postal_prefix: str, gateway: str, **changes: Any) -> LastMileTariff:
    """5.00 EUR and 0.90 a kilogram."""
    given: dict[str, Any] = {
        "currency": "EUR",
        "base_minor": 5_00,
        "rate_micros_per_kg": 900_000,
        "cubic_cm_per_kg": 5_000,
        "rounding_g": 500,
        "valid_from": date(2026, 1, 1),
        "valid_to": None,
        "source": "test",
        "as_of": DAY,
        "basis": "synthetic",
    }
    return LastMileTariff(country, postal_prefix, gateway, **{**given, **changes})


def a_quote(
    *,
    merchant_id: str = "mer_" + "0" * 32,
    now: datetime = datetime(2026, 11, 23, 8, tzinfo=UTC),
    accepted_until: datetime | None = None,
) -> Quote:
    """100 kg by two carriages, at 10.00 and 4.01 CNY a kilogram, and to the door for 50.00 EUR."""
    book = RateBook(
        version="rtv_1",
        contracts=[
            a_contract(id=a_contract_id(1), origin="EHU"),
            a_contract(
                id=a_contract_id(2),
                version=3,
                origin="LGG",
                mode="road",
                breaks=per_kg((0, "4.01")),
            ),
        ],
        exchange_rates=[an_exchange_rate("EUR", "8", date(2026, 1, 1))],
        last_mile=[a_tariff("FR", "", "*", rate_micros_per_kg=450_000)],
        margins=[Margin("all", date(2026, 1, 1), 85, 2_00, "test", DAY, "synthetic")],
        airports={},
    )
    goods = Consignment(100_000, 0)
    first = CarriageKey("EH", "general", "EHU", "LGG", "air", "B744F")
    second = CarriageKey("EH", "general", "LGG", "CDG", "road", "truck")
    day = now.date()
    leg = QuotedLeg(
        flight_id="flt_" + "0" * 32,
        flight_number="EH1000",
        carrier="EH",
        mode="air",
        vehicle="B744F",
        origin="EHU",
        destination="LGG",
        departs_at=now + timedelta(hours=6),
        arrives_at=now + timedelta(hours=18),
        synthetic=True,
    )
    return make_quote(
        new_id("quo"),
        merchant_id=merchant_id,
        book=book,
        goods=goods,
        product="general",
        itinerary=Itinerary(
            legs=(leg,),
            accepted_until=accepted_until,
            delivered_at=now + timedelta(hours=60),
            emissions=QuotedEmissions(1_200, 1_000, "ISO 14083", "2023"),
        ),
        cost=cost_of(
            book,
            [Carriage(first, day), Carriage(second, day + timedelta(days=1))],
            Door("CDG", "FR", "75001"),
            goods,
            asked_on=day,
        ),
        now=now,
    )


def by_code(*airports: Airport) -> dict[str, Airport]:
    return {airport.iata: airport for airport in airports}


rates = st.integers(1, 50_000_000)


@st.composite
def surcharges(draw: st.DrawFn) -> Surcharge:
    basis = draw(st.sampled_from(SurchargeBasis))
    value_micros = draw(st.integers(0, 5_000_000))
    bounds = sorted(draw(st.lists(st.integers(0, 500_00), min_size=2, max_size=2)))
    return Surcharge(
        code="MY",
        basis=basis,
        # A flat amount has no more decimals than any of the currencies below.
        value_micros=value_micros // 1_000_000 * 1_000_000
        if basis is SurchargeBasis.FLAT
        else value_micros,
        min_minor=draw(st.sampled_from([None, bounds[0]])),
        max_minor=draw(st.sampled_from([None, bounds[1]])),
        due="carrier",
        handling_codes=draw(st.sampled_from([(), ("RLI",), ("RLI", "ELI")])),
    )


@st.composite
def contracts(draw: st.DrawFn) -> RateContract:
    weights = sorted(draw(st.sets(st.integers(0, 1_000), min_size=1, max_size=6)))
    pivots = st.builds(Pivot, st.integers(1, 2_000_000), st.integers(0, 9_000_00), rates)
    reductions = st.builds(Reduction, st.just("NWP"), st.integers(100, 1_000))
    return a_contract(
        currency=draw(st.sampled_from(["CNY", "USD", "JPY", "KWD"])),
        cubic_cm_per_kg=draw(st.sampled_from([6_000, 5_000])),
        rounding_g=draw(st.sampled_from([1, 100, 500, 1_000])),
        minimum_minor=draw(st.integers(0, 300_00)),
        breaks=tuple(Break(weight * 1_000, draw(rates)) for weight in weights),
        pivot=draw(st.none() | pivots),
        reductions=tuple(draw(st.lists(reductions, max_size=1))) if weights[0] == 0 else (),
        surcharges=tuple(draw(st.lists(surcharges(), max_size=4))),
    )


consignments = st.builds(
    Consignment,
    st.integers(1, 5_000_000),
    st.integers(0, 30_000_000),
    st.frozensets(st.sampled_from(["RLI", "ELI", "NWP", "PER"])),
    st.integers(0, 3),
)
