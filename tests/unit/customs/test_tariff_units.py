"""Units and legal quantities: what follows from pieces and weights, and what does not."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.customs.domain.tariff.legal import is_amount, legal_quantities
from services.customs.domain.tariff.tariff import parse_tariff
from services.customs.domain.tariff.units import amount_in, parse_units, unit_names
from tests.support.customs import TARIFF


@pytest.mark.parametrize(
    ("code", "quantity", "net_weight_g", "amount"),
    [
        ("035", 6, 1_080, "1.08"),
        ("036", 6, 1_080, "1080"),
        ("070", 6, 1_080, "0.00108"),
        ("070", 1, 4, None),  # 0.000004 t is less than a message can say
        ("007", 6, 1_080, "6"),
        ("011", 6, 1_080, "6"),
        ("025", 2, 900, "2"),
        ("127", 30, 900, "2.5"),
        ("127", 1, 900, "0.08333"),
        ("030", 6, 1_080, None),
        ("032", 6, 1_080, None),
        ("120", 6, 1_080, None),
        ("035", 6, 0, None),
        ("011", -1, 1_080, None),
    ],
)
def test_an_amount_in_a_unit(
    code: str, quantity: int, net_weight_g: int, amount: str | None
) -> None:
    found = amount_in(TARIFF.units[code], quantity=quantity, net_weight_g=net_weight_g)

    assert found == (None if amount is None else Decimal(amount))


def test_customs_units_have_their_codes() -> None:
    names = {unit.code: unit.name_zh for unit in TARIFF.units.values()}

    assert (names["007"], names["008"], names["011"], names["025"]) == ("个", "只", "件", "双")
    assert (names["035"], names["036"], names["142"], names["163"]) == ("千克", "克", "瓶", "部")
    assert unit_names(TARIFF.units, "035") == "千克 (035)"
    assert unit_names(TARIFF.units, "999") == "999"


@pytest.mark.parametrize(
    "row", ["35,千克,mass,1000,x", "035,千克,volume,1,x", "011,件,count,1,x\n011,件,count,1,x"]
)
def test_a_unit_that_cannot_be_right_is_refused(row: str) -> None:
    with pytest.raises(ValueError, match="bad row"):
        parse_units(f"code,name_zh,measure,per,basis\n{row}\n")


@pytest.mark.parametrize(
    ("row", "quantities"),
    [
        ("94,035,,,,x", ("011", "035", "1.08", None, None)),
        ("94,001,035,,,x", ("001", "001", "6", "035", "1.08")),
        ("94,035,007,,,x", ("007", "035", "1.08", "007", "6")),
        ("94,030,035,,,x", ("011", "030", None, "035", "1.08")),
    ],
)
def test_a_line_is_declared_in_pieces_and_legal_units(
    row: str, quantities: tuple[str | None, ...]
) -> None:
    text = f"prefix,unit1,unit2,elements,controls,basis\n{row}\n"
    tariff, _ = parse_tariff(text, TARIFF.units, TARIFF.nomenclature)
    legal = legal_quantities(tariff, tariff.row_of("940550"), quantity=6, net_weight_g=1_080)

    found = (legal.unit, legal.unit1, legal.quantity1, legal.unit2, legal.quantity2)
    assert found == quantities


def test_what_was_measured_comes_before_what_is_reckoned() -> None:
    row = TARIFF.row_of("940521")
    legal = legal_quantities(TARIFF, row, quantity=6, net_weight_g=1_080, given=("5", "about 1"))

    assert (legal.quantity1, legal.quantity2) == ("5", None)


@given(
    st.text(max_size=8)
    | st.decimals(allow_nan=True, allow_infinity=True).map(str)
    | st.sampled_from(["1", "0.00001", "0.000001", "99999999999999", "100000000000000", "1.", ".5"])
)
def test_an_amount_is_a_plain_decimal_of_nineteen_digits(text: str) -> None:
    whole, _, fraction = text.partition(".")
    is_plain = all(character in "0123456789." for character in text) and text.count(".") < 2
    has_digits = any(character in "123456789" for character in text)
    fits = len(whole.lstrip("0")) <= 14 and len(fraction) <= 5

    assert is_amount(text) == (is_plain and has_digits and fits)
