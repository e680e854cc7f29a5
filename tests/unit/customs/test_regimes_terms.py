"""What the regime table makes of a list."""

from dataclasses import replace
from datetime import date

from services.customs.clients.reference import regime_tables
from services.customs.domain.declarations.terms import RETAIL, terms_of

DAY = date(2026, 11, 22)


def test_terms_come_from_the_regime_and_the_district() -> None:
    tables = regime_tables()
    district = tables.district_on("4700", DAY)
    retail = tables.regime_on("9610", DAY)
    business = tables.regime_on("9710", DAY)

    assert terms_of(retail, "A", district) == replace(RETAIL, version=retail.version)
    found = terms_of(business, "A", replace(district, flight_in_list=True))
    assert found is not None
    assert (found.order_type, found.hs_digits, found.value_cap_minor) == ("B", 6, 500_000)
    assert found.names_flight
    assert terms_of(business, "B", district) is None
