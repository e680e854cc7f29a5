"""Customs' code tables."""

import pytest

from services.customs.domain.declarations.codes import parse_code_tables
from services.customs.rulebooks import CODES
from shared.kernel.country import is_country
from shared.kernel.money import MINOR_DIGITS

CSV = CODES.read_text(encoding="utf-8")


def test_code_tables_are_iso_on_one_side_and_customs_on_the_other() -> None:
    codes = parse_code_tables(CSV)

    assert all(is_country(iso) for iso in codes.country)
    assert all(iso in MINOR_DIGITS for iso in codes.currency)
    assert (codes.currency["CNY"], codes.currency["USD"]) == ("142", "502")
    assert (codes.country["CN"], codes.country["GB"], codes.country["TW"]) == ("142", "303", "143")
    assert len(set(codes.currency.values())) == len(codes.currency)


@pytest.mark.parametrize(
    "row", ["country,DE,304,德国,listed", "country,XX,1,x,x", "planet,XX,101,x,x"]
)
def test_a_bad_code_row_is_refused(row: str) -> None:
    with pytest.raises(ValueError, match="bad row"):
        parse_code_tables(f"{CSV}{row}\n")
