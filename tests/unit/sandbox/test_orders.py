"""The slice's rows become orders, cancellations and reasons, and nothing is lost on the way."""

import gzip
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.sandbox.marketplaces.countries import country_code, stores_by_country
from deploy.sandbox.marketplaces.plan import Aside, Dropped, SlicePlan, plan, price_text, sku_of
from deploy.sandbox.marketplaces.slices import Row, SliceNotReadable, read_slice
from deploy.sandbox.settings import DATA, DEMO_SLICE
from services.catalog.domain.products.product import SKU_PATTERN

STORES = stores_by_country(DATA / "marketplaces.csv")
HEAD = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"


def a_row(
    invoice: str = "536365",
    code: str = "85123A",
    quantity: int | None = 6,
    price: str | None = "2.55",
    customer: str = "17850",
    country: str = "Germany",
    dated: str = "2010-12-01 08:26:00",
) -> Row:
    unit_price = None if price is None else Decimal(price)
    return Row(invoice, code, "WHITE HEART", quantity, unit_price, customer, country, dated)


def places(made: SlicePlan) -> Counter[str]:
    """How often each invoice was put somewhere."""
    return Counter(
        [
            *{order.invoice for order in made.orders},
            *(cancellation.invoice for cancellation in made.cancellations),
            *made.aside,
        ]
    )


CODES = st.sampled_from(
    [
        *"85123A 85123a 22086 POST M m D DOT AMAZONFEE gift_0001_20 B PADS DCGS0003 C2 .x".split(),
        *("BANK CHARGES", "", "a b/c", "é" * 30),
    ]
)
ROWS = st.builds(
    a_row,
    invoice=st.sampled_from(["", "1", "2", "3", "4", "C5", "c6", "C7", "A8"]),
    code=CODES,
    quantity=st.one_of(st.none(), st.integers(-80_000, 80_000)),
    price=st.sampled_from([None, "0", "-1.25", "0.001", "2.550", "1E+2", "11062.06"]),
    customer=st.sampled_from(["", "17850", "12583"]),
    country=st.sampled_from(["Germany", "EIRE", "RSA", "Unspecified", "European Community", ""]),
)


@given(st.lists(ROWS, max_size=60))
def test_every_invoice_is_in_exactly_one_place(rows: list[Row]) -> None:
    made = plan(rows, STORES)
    numbers = {row.invoice for row in rows} - {""}
    assert places(made) == Counter(numbers)
    assert made.invoices == len(numbers)
    assert made.rows == len(rows)


@given(st.lists(ROWS, max_size=60))
def test_every_row_is_a_line_or_counted_or_part_of_a_cancellation(rows: list[Row]) -> None:
    made = plan(rows, STORES)
    lines = sum(len(order.lines) for order in made.orders)
    dropped = sum(made.dropped.values())
    cancelling = sum(row.invoice.upper().startswith("C") for row in rows)
    assert len(rows) - cancelling <= lines + dropped <= len(rows)


@given(CODES.filter(bool))
def test_sku_of_any_code_is_one_the_catalog_takes(code: str) -> None:
    assert re.fullmatch(SKU_PATTERN, sku_of(code))


def test_demo_slice_holds_what_the_demo_promises() -> None:
    made = plan(read_slice(DEMO_SLICE), STORES)
    assert len(made.orders) >= 1_000
    assert len({order.country for order in made.orders}) >= 15
    assert sum(places(made).values()) == made.invoices == 1_827
    assert DEMO_SLICE.stat().st_size < 600_000


def test_service_lines_are_dropped_and_counted() -> None:
    rows = [a_row(), *(a_row(code=code) for code in ("POST", "m", "gift_0001_20", "BANK CHARGES"))]
    made = plan(rows, STORES)
    assert [line.sku for line in made.orders[0].lines] == ["85123A"]
    assert made.dropped == {Dropped.SERVICE: 4}


def test_invoice_of_services_only_is_set_aside() -> None:
    made = plan([a_row("A563185", code="B", price="-11062.06")], STORES)
    assert made.aside == {"A563185": Aside.NOT_GOODS}


def test_write_off_without_positive_quantity_is_set_aside() -> None:
    made = plan([a_row(quantity=-12, price="0"), a_row(quantity=0)], STORES)
    assert made.aside == {"536365": Aside.NOTHING_TO_SHIP}
    assert made.dropped == {Dropped.NOT_POSITIVE: 2}


def test_prices_stay_what_they_are() -> None:
    rows = [a_row(code=str(i), price=p) for i, p in enumerate(["0", "0.001", "2.5", "1E+2", "-3"])]
    prices = [line.unit_price for line in plan(rows, STORES).orders[0].lines]
    assert prices == ["0.00", "0.001", "2.50", "100.00", "-3.00"]


def test_long_invoice_is_split_and_every_line_kept() -> None:
    made = plan([a_row(code=f"{10_000 + i}") for i in range(250)], STORES)
    assert [(o.number, len(o.lines)) for o in made.orders] == [
        ("536365", 100),
        ("536365/2", 100),
        ("536365/3", 50),
    ]


def test_repeated_code_in_other_case_is_the_same_article_on_two_lines() -> None:
    made = plan([a_row(code="85123A"), a_row(code="85123a", price="3.00")], STORES)
    assert [line.sku for line in made.orders[0].lines] == ["85123A", "85123A"]


def test_cancellation_of_the_whole_order_is_matched_once() -> None:
    back = [a_row("C536366", quantity=-6), a_row("C536367", quantity=-6)]
    made = plan([a_row(), *back], STORES)
    assert [(c.invoice, c.cancels) for c in made.cancellations] == [("C536366", "536365")]
    assert made.aside == {"C536367": Aside.CANCELS_UNKNOWN}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (a_row("C1", quantity=-2), Aside.CANCELS_PART),
        (a_row("C1", quantity=-7), Aside.CANCELS_UNKNOWN),
        (a_row("C1", quantity=-6, customer="1"), Aside.CANCELS_UNKNOWN),
        (a_row("C1", quantity=-6, customer=""), Aside.CANCELS_NOBODY),
        (a_row("C1", code="D", quantity=-1), Aside.NOT_GOODS),
        (a_row("C1", quantity=None), Aside.NOTHING_TO_SHIP),
    ],
)
def test_cancellation_without_its_order_says_why(row: Row, reason: Aside) -> None:
    assert plan([a_row(), row], STORES).aside == {"C1": reason}


def test_cancellation_before_its_order_is_put_after_it_by_date() -> None:
    back = a_row("C1", quantity=-6, dated="2010-12-02 09:00:00")
    made = plan([back, a_row()], STORES)
    assert [step.invoice for step in made.steps] == ["536365", "C1"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("EIRE", "IE"),
        ("RSA", "ZA"),
        ("USA", "US"),
        ("Channel Islands", "JE"),
        ("Nigeria", "NG"),
        ("Czech Republic", "CZ"),
        ("Unspecified", "ZZ"),
        ("European Community", "EU"),
        ("West Indies", "ZZ"),
        ("Atlantis", "ZZ"),
    ],
)
def test_country_names_of_the_slices(name: str, code: str) -> None:
    assert country_code(name) == code


def test_stores_are_the_nineteen_open_ones() -> None:
    assert len(STORES) == 19
    assert STORES["GB"] == "UK"
    assert "IE" not in STORES


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
@pytest.mark.parametrize("zipped", [True, False])
def test_slice_is_read_in_any_encoding(tmp_path: Path, encoding: str, zipped: bool) -> None:
    text = HEAD + "1,22086,CAFÉ  £5 MUG,6.0,2011-09-01 10:00:00,2.55,17850.0,EIRE\n"
    raw = text.encode(encoding)
    path = tmp_path / "slice.csv"
    path.write_bytes(gzip.compress(raw) if zipped else raw)
    (row,) = read_slice(path)
    assert row.description == "CAFÉ £5 MUG"
    assert (row.quantity, row.customer) == (6, "17850")


@pytest.mark.parametrize("text", ["a,b\n1,2\n", ""])
def test_file_that_is_no_slice_is_refused_with_a_reason(tmp_path: Path, text: str) -> None:
    path = tmp_path / "slice.csv"
    path.write_text(text)
    with pytest.raises(SliceNotReadable, match="no column"):
        read_slice(path)


@pytest.mark.parametrize("cell", ["", "NaN", "1e999999", "six", "1.5"])
def test_odd_numbers_are_counted_not_guessed(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "slice.csv"
    path.write_text(f"{HEAD}1,22086,MUG,{cell},2011-09-01 10:00:00,2.55,,EIRE\n")
    made = plan(read_slice(path), STORES)
    assert made.dropped == {Dropped.NOT_A_NUMBER: 1}
    assert made.aside == {"1": Aside.NOTHING_TO_SHIP}


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-1, max_value=10**6))
def test_price_text_is_the_same_number(price: Decimal) -> None:
    text = price_text(price)
    assert Decimal(text) == price
    assert "E" not in text
