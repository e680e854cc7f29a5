"""The rules of an order as it is handed over."""

from dataclasses import replace
from datetime import timedelta, timezone

from services.catalog.domain.orders.new_order import order_problems
from services.catalog.domain.orders.order import demand_of
from tests.support.catalog import NOW, REFERENCE, a_new_line, a_new_order, a_stored_line


def test_orders_are_checked_for_store_country_lines_and_total() -> None:
    lines = (
        a_new_line(1),
        a_new_line(2, 10**6, price_minor=10**12),
        a_new_line(1),
        a_new_line(3, price_minor=0),
    )

    problems = order_problems(a_new_order(*lines, store="FR", country="UK"), REFERENCE)

    assert [p.pointer for p in problems] == [
        "/store",
        "/ship_to/country",
        "/lines/0/line",
        "/lines/2/line",
        "/lines/3/unit_price",
        "/lines",
    ]


def test_an_order_of_a_known_store_or_the_own_shop_has_no_problems() -> None:
    assert order_problems(a_new_order(), REFERENCE) == []
    assert order_problems(a_new_order(store="direct"), REFERENCE) == []


def test_the_fingerprint_sees_content_not_notation() -> None:
    order = a_new_order(a_new_line(1), a_new_line(2))

    same = replace(
        order, ordered_at=NOW.astimezone(timezone(timedelta(hours=8))), lines=order.lines[::-1]
    )

    assert order.fingerprint() == same.fingerprint()
    for other in (
        replace(order, currency="USD"),
        replace(order, country="FR"),
        replace(order, postal_code="1"),
        replace(order, lines=(a_new_line(1), a_new_line(2, 2))),
        replace(order, lines=(a_new_line(1), a_new_line(2, price_minor=101))),
        replace(order, lines=(a_new_line(1), a_new_line(2, sku="WIG-2"))),
        replace(order, ordered_at=NOW + timedelta(seconds=1)),
    ):
        assert order.fingerprint() != other.fingerprint()


def test_a_product_on_two_lines_is_wanted_once_summed() -> None:
    lines = [
        a_stored_line(1, 2, product_id="b"),
        a_stored_line(2, 1, product_id="a"),
        a_stored_line(3, 3, product_id="b"),
    ]

    assert list(demand_of(lines).items()) == [("a", 1), ("b", 5)]
