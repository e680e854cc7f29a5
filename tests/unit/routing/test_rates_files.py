"""The files as they are: every carriage has a price, all of it is made up, and says so."""

import shutil
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.clients.network_files import DATA, read_network
from services.routing.clients.rate_files import read_rates
from services.routing.domain.rates.book import CarriageKey, RateBook
from services.routing.domain.rates.charge import Consignment
from services.routing.domain.rates.files import FILES, RateFileWrong
from services.routing.domain.rates.last_mile import last_mile_charge, last_mile_tariff
from services.routing.domain.rates.margins import margin_on

NETWORK: Final = read_network(DATA)
RATES: Final = read_rates(DATA)
BOOK: Final = RateBook(
    version="rtv_1",
    contracts=RATES.contracts,
    exchange_rates=RATES.exchange_rates,
    last_mile=RATES.last_mile,
    margins=RATES.margins,
    airports={airport.iata: airport for airport in NETWORK.airports},
)
TODAY: Final = date(2026, 11, 23)


def cost(key: CarriageKey, gross_g: int = 2_000, *codes: str) -> int:
    goods = Consignment(gross_g, 0, frozenset(codes))
    return BOOK.cost_of(key, goods, departs_on=TODAY, asked_on=TODAY).cost_minor


def test_every_lane_of_the_network_has_a_price_in_both_products() -> None:
    for route, kind in product(NETWORK.routes, ("general", "express")):
        key = CarriageKey(
            route.carrier, kind, route.origin, route.destination, route.mode, route.vehicle
        )
        assert cost(key) > 0


@settings(max_examples=200)
@given(
    st.sampled_from(NETWORK.airports),
    st.sampled_from(NETWORK.airports),
    st.sampled_from(["air", "road"]),
    st.sampled_from(["EH", "E0", "Y0", "XX"]),
)
def test_so_has_every_other_lane(origin: Any, destination: Any, mode: Any, carrier: str) -> None:
    assert cost(CarriageKey(carrier, "general", origin.iata, destination.iata, mode, "any")) > 0


def test_every_delivery_has_a_price() -> None:
    for place in NETWORK.country_places:
        tariff = last_mile_tariff(
            RATES.last_mile, country=place.country, postal_code=None, gateway="EHU", on=TODAY
        )
        charged = last_mile_charge(tariff, Consignment(2_000, 0))
        assert BOOK.exchange_rates.get(tariff.currency, TODAY).convert(charged.amount_minor) > 0
    assert margin_on(RATES.margins, "mer_" + "1" * 32, TODAY).on(100_00) > 0


def test_a_longer_way_costs_more_and_dangerous_goods_pay_a_fee() -> None:
    keys = [CarriageKey("EH", "general", "EHU", to, "air", "B744F") for to in ("SZX", "LGG", "LAX")]

    assert [cost(key) for key in keys] == sorted({cost(key) for key in keys})
    assert cost(keys[0], 2_000, "ELI") == cost(keys[0]) + 280_00


def test_all_of_it_says_that_it_is_made_up() -> None:
    rows: list[Any] = [*RATES.contracts, *RATES.exchange_rates, *RATES.last_mile, *RATES.margins]

    assert {row.basis for row in rows} == {"synthetic"}
    assert all(row.source for row in rows)


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("rate-contracts.csv", ",CNY,", ",XXX,", r"line 2: .*XXX"),
        ("rate-contracts.csv", ",air,own", ",sea,own", r"line 2: .*sea"),
        ("rate-contracts.csv", ",0,250,CNY", ",250,250,CNY", r"line 2: The band"),
        ("rate-surcharges.csv", "air,AW,flat,6,", "air,AW,flat,6.001,", r"CNY has 2 decimals"),
        ("exchange-rates.csv", "USD,7.10", "USD,much", r"line 2"),
        ("last-mile-tariffs.csv", "USD,6.48", "USD,6.482", r"line 2: .*6.482"),
        ("margins.csv", ",120,", ",12%,", r"line 2"),
    ],
)
def test_a_wrong_file_is_named_with_its_line(
    tmp_path: Path, file: str, old: str, new: str, fault: str
) -> None:
    for name in FILES:
        shutil.copy(DATA / name, tmp_path / name)
    path = tmp_path / file
    assert old in path.read_text(encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")

    with pytest.raises(RateFileWrong, match=fault):
        read_rates(tmp_path)


def test_a_changed_file_changes_the_digest(tmp_path: Path) -> None:
    for name in FILES:
        shutil.copy(DATA / name, tmp_path / name)
    assert read_rates(tmp_path).digest == RATES.digest

    with (tmp_path / "margins.csv").open("a", encoding="utf-8") as file:
        file.write("all,2026-12-01,130,3.00,own planning value,2026-11-28,synthetic\n")
    assert read_rates(tmp_path).digest != RATES.digest
