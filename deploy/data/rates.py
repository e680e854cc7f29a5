"""`rate-contracts.csv` and `last-mile-tariffs.csv`: made-up prices that cover every lane.

Contracts follow from `rate-levels.csv`: each of its rows becomes a contract for every band of
distance, so that a lane which is added to the network has a price, too. Last-mile tariffs follow
from the countries of `country-places.csv`; those with a store are in the store's currency.
"""

from collections.abc import Callable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from pathlib import Path
from typing import Final

from deploy.data.csv_files import CsvRow, csv_bytes, read_rows
from deploy.data.table import Table, Tables

_VALID_FROM: Final = "2020-01-01"
_PROVENANCE: Final = ("own planning", "2026-11-28", "synthetic")

# Great circle in km; the last band has no end.
_BANDS: Final = {
    "air": (
        *(0, 250, 500, 750, 1_000, 1_500, 2_000, 2_500, 3_000, 3_500, 4_000, 5_000, 6_000, 7_000),
        *(8_000, 9_000, 10_000, 11_000, 12_000, 13_000, 14_000, 15_000),
    ),
    "road": (0, 100, 250, 500, 750, 1_000, 1_500, 2_000, 3_000),
}
# What a kilogram costs from this weight on, of what it costs from 100 kg on.
_BREAKS: Final = {0: 1.30, 45: 1.12, 100: 1.0, 300: 0.94, 500: 0.90, 1_000: 0.85}
_LEVEL_KEY: Final = ("carrier", "product", "mode", "vehicle")
_CONTRACT_COLUMNS: Final = (
    *("reference", "carrier", "product", "origin", "destination", "mode", "vehicle", "from_km"),
    *("below_km", "currency", "valid_from", "valid_to", "cubic_cm_per_kg", "rounding_kg"),
    *("minimum", *(f"per_kg_{kg}" for kg in _BREAKS), "surcharges", "source", "as_of", "basis"),
)

_TARIFF_COLUMNS: Final = (
    *("country", "postal_prefix", "gateway", "currency", "base", "per_kg", "cubic_cm_per_kg"),
    *("rounding_kg", "valid_from", "valid_to", "source", "as_of", "basis"),
)
# In yuan: a base and a rate per kilogram at home, in a country with a store, and anywhere else.
_AT_HOME: Final = (Decimal("4.00"), Decimal("1.20"))
_WITH_A_STORE: Final = (Decimal("22.00"), Decimal("5.50"))
_ELSEWHERE: Final = (Decimal("46.00"), Decimal("12.00"))
# Added to the base where a flight or a ferry lies between the gateway and the door.
_FAR_AWAY: Final = {
    ("US", "967"): Decimal("25.00"),  # Hawaii
    ("US", "968"): Decimal("25.00"),
    ("US", "995"): Decimal("20.00"),  # Alaska
    ("FR", "20"): Decimal("12.00"),  # Corsica
    ("ES", "07"): Decimal("12.00"),  # Balearics
    ("ES", "35"): Decimal("20.00"),  # Canaries
    ("ES", "38"): Decimal("20.00"),
    ("GB", "BT"): Decimal("12.00"),  # Northern Ireland
}
_NO_DECIMALS: Final = {"JPY"}


def build_contracts(levels: Path) -> bytes:
    """`levels`: `rate-levels.csv`."""
    rows = (row for level in read_rows(levels) for row in _contracts(level))
    return csv_bytes(_CONTRACT_COLUMNS, rows, "\n")


def _contracts(level: CsvRow) -> Iterator[Sequence[str]]:
    bands = _BANDS[level["mode"]]
    for from_km, below_km in pairwise((*bands, None)):
        assert from_km is not None
        # Paid for the farther half of the band, so that a longer way never costs less.
        km = from_km if below_km is None else (from_km + 3 * below_km) // 4
        rate = Decimal(level["per_kg"]) + Decimal(level["per_kg_1000_km"]) * km / 1_000
        minimum = Decimal(level["minimum"]) + Decimal(level["minimum_1000_km"]) * km / 1_000
        yield (
            " ".join((*(level[name] for name in _LEVEL_KEY), f"{from_km} km")),
            *(level["carrier"], level["product"], "*", "*", level["mode"], level["vehicle"]),
            *(str(from_km), "" if below_km is None else str(below_km)),
            *(level["currency"], _VALID_FROM, "", level["cubic_cm_per_kg"], level["rounding_kg"]),
            _rounded(minimum),
            *(_rounded(rate * Decimal(str(factor))) for factor in _BREAKS.values()),
            level["surcharges"],
            *_PROVENANCE,
        )


def build_last_mile(places: Path, data: Path) -> bytes:
    """`places`: `country-places.csv`."""
    rates = {
        row["currency"]: Decimal(row["cny_per_unit"])
        for row in read_rows(data / "exchange-rates.csv")
    }
    stores = {row["country_iso2"]: row["currency"] for row in read_rows(data / "marketplaces.csv")}
    return csv_bytes(
        _TARIFF_COLUMNS,
        (
            _tariff(country, prefix, extra, stores, rates)
            for country in ("*", *(row["country"] for row in read_rows(places)))
            for prefix, extra in _prefixes(country)
        ),
        "\n",
    )


def _prefixes(country: str) -> Iterator[tuple[str, Decimal]]:
    yield "", Decimal(0)
    yield from ((prefix, extra) for (of, prefix), extra in _FAR_AWAY.items() if of == country)


def _tariff(
    country: str,
    prefix: str,
    extra: Decimal,
    stores: dict[str, str],
    rates: dict[str, Decimal],
) -> Sequence[str]:
    currency = "CNY" if country == "CN" else stores.get(country, "USD")
    base, per_kg = _ELSEWHERE if country not in stores else _WITH_A_STORE
    if country == "CN":
        base, per_kg = _AT_HOME
    cny = rates.get(currency, Decimal(1))
    places = 0 if currency in _NO_DECIMALS else 2
    return (
        *(country, prefix, "*", currency),
        *(_rounded((base + extra) / cny, places), _rounded(per_kg / cny, places)),
        *("5000", "0.5", _VALID_FROM, ""),
        *_PROVENANCE,
    )


def _rounded(amount: Decimal, places: int = 2) -> str:
    return str(amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def _levels(tables: Tables) -> Iterator[str]:
    schedules = tables.column("rate-surcharges", "schedule")
    currencies = tables.column("exchange-rates", "currency") | {"CNY"}
    for level in tables["rate-levels"]:
        name = " ".join(level[column] for column in _LEVEL_KEY)
        if level["surcharges"] not in schedules:
            yield f"{name}: there is no schedule {level['surcharges']}"
        if level["currency"] not in currencies:
            yield f"{name}: {level['currency']} has no exchange rate"
    for mode in _BANDS:
        if not any(
            level["carrier"] == level["vehicle"] == "*" and level["mode"] == mode
            for level in tables["rate-levels"]
        ):
            yield f"no level for every carrier and vehicle by {mode}"


def _synthetic(table: str) -> Callable[[Tables], Iterator[str]]:
    def faults(tables: Tables) -> Iterator[str]:
        for row in tables[table]:
            if row["basis"] != "synthetic":
                yield f"a row is called {row['basis']}, and all of them are made up"

    return faults


TABLES: Final = (
    Table(
        "rate-levels",
        (
            *(*_LEVEL_KEY, "currency", "per_kg", "per_kg_1000_km", "minimum", "minimum_1000_km"),
            *("cubic_cm_per_kg", "rounding_kg", "surcharges"),
        ),
        _LEVEL_KEY,
        11,
        _levels,
    ),
    Table(
        "rate-surcharges",
        (
            *("schedule", "code", "charged", "value", "min", "max", "due", "handling_codes"),
            *("source", "as_of", "basis"),
        ),
        ("schedule", "code"),
        11,
        _synthetic("rate-surcharges"),
    ),
    Table(
        "exchange-rates",
        ("currency", "cny_per_unit", "valid_from", "source", "as_of", "basis"),
        ("currency", "valid_from"),
        17,
        _synthetic("exchange-rates"),
    ),
    Table(
        "margins",
        ("merchant_id", "valid_from", "cost_permille", "flat", "source", "as_of", "basis"),
        ("merchant_id", "valid_from"),
        1,
        _synthetic("margins"),
    ),
)
