"""The rules of products, orders and credentials that need no database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.credentials import (
    SCOPES_OF_ROLE,
    hash_secret,
    is_secret,
    new_secret,
)
from services.catalog.domain.orders.order import Order, OrderLine, demand, order_problems
from services.catalog.domain.products import Product, product_problems, volume_cm3
from services.catalog.domain.reference import Reference
from shared.kernel.errors import AirlaneError
from shared.kernel.identity import Role
from shared.kernel.money import Money

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
REFERENCE = Reference(
    belts=frozenset(["wigs"]), stores=frozenset(["DE", "UK"]), hs_subheadings=frozenset(["670419"])
)
PRODUCT = Product(
    sku="WIG-1",
    title={"en": "Wig"},
    hs_code="6704190000",
    origin_country="CN",
    net_weight_g=100,
    gross_weight_g=120,
    size_mm=(300, 200, 50),
    price=Money(4999, "USD"),
    battery=False,
    synthetic=True,
)


def an_order(*lines: OrderLine, store: str = "DE", country: str = "DE") -> Order:
    return Order(store, "1", NOW, country, None, "EUR", lines)


def a_line(number: int = 1, quantity: int = 1, price_minor: int = 100) -> OrderLine:
    return OrderLine(number, "WIG-1", quantity, Money(price_minor, "EUR"))


def test_a_right_product_has_no_problems() -> None:
    assert product_problems(PRODUCT, REFERENCE.hs_subheadings) == []


def test_every_broken_rule_is_told() -> None:
    broken = replace(PRODUCT, hs_code="670420", origin_country="EU", net_weight_g=121)
    problems = product_problems(broken, REFERENCE.hs_subheadings)
    assert [p.pointer for p in problems] == ["/hs_code", "/origin_country", "/net_weight_g"]


@given(size=st.tuples(*[st.integers(1, 20_000)] * 3), quantity=st.integers(1, 1_000_000))
def test_volume_is_rounded_up_once(size: tuple[int, int, int], quantity: int) -> None:
    mm3 = size[0] * size[1] * size[2] * quantity
    volume = volume_cm3(size, quantity)
    assert (volume - 1) * 1000 < mm3 <= volume * 1000


def test_orders_are_checked_for_store_country_lines_and_total() -> None:
    assert order_problems(an_order(a_line()), REFERENCE) == []
    assert order_problems(an_order(a_line(), store="direct"), REFERENCE) == []
    lines = (a_line(1), a_line(2, 10**6, 10**12), a_line(1))
    problems = order_problems(an_order(*lines, store="FR", country="UK"), REFERENCE)
    assert [p.pointer for p in problems] == [
        "/store",
        "/ship_to/country",
        "/lines/0/line",
        "/lines/2/line",
        "/lines",
    ]


def test_the_fingerprint_sees_content_not_notation() -> None:
    order = an_order(a_line(1), a_line(2))
    same = replace(
        order, ordered_at=NOW.astimezone(timezone(timedelta(hours=8))), lines=order.lines[::-1]
    )
    assert order.fingerprint() == same.fingerprint()
    for other in (
        replace(order, currency="USD"),
        replace(order, country="FR"),
        replace(order, postal_code="1"),
        replace(order, lines=(a_line(1), a_line(2, 2))),
        replace(order, lines=(a_line(1), a_line(2, price_minor=101))),
        replace(order, lines=(a_line(1), replace(a_line(2), sku="WIG-2"))),
        replace(order, ordered_at=NOW + timedelta(seconds=1)),
    ):
        assert order.fingerprint() != other.fingerprint()


def test_a_product_on_two_lines_is_wanted_once_summed() -> None:
    lines = [
        {"product_id": "b", "quantity": 2},
        {"product_id": "a", "quantity": 1},
        {"product_id": "b", "quantity": 3},
    ]
    assert list(demand(lines).items()) == [("a", 1), ("b", 5)]


def test_both_secrets_are_good_until_the_old_one_expires() -> None:
    old, new = new_secret("test"), new_secret("test")
    assert old.startswith("airlane_test_")
    assert len(old.rpartition("_")[2]) * 4 >= 160

    def good(secret: str, now: datetime) -> bool:
        return is_secret(
            secret,
            current=hash_secret(new),
            previous=hash_secret(old),
            previous_expires_at=NOW,
            now=now,
        )

    before = NOW - timedelta(seconds=1)
    assert good(new, before)
    assert good(old, before)
    assert not good(old, NOW)
    assert good(new, NOW)
    assert not good("airlane_test_", before)


def test_only_operators_write_everywhere() -> None:
    writes = {
        role: {scope for scope in scopes if not scope.endswith(":read")}
        for role, scopes in SCOPES_OF_ROLE.items()
    }
    own = {"catalog:write", "catalog:credentials", "webhooks:write"}
    assert writes == {
        Role.MERCHANT: own,
        Role.PARTNER: {"webhooks:write"},
        Role.OPERATOR: own | {"customs:write", "routing:write", "analytics:write"},
    }
    assert not any(scope.startswith("catalog") for scope in SCOPES_OF_ROLE[Role.PARTNER])


def _rules(kind: type[AirlaneError]) -> list[type[AirlaneError]]:
    return [kind, *(rule for sub in kind.__subclasses__() for rule in _rules(sub))]


RULES = [r for r in _rules(AirlaneError) if r.__module__.startswith("services.catalog")]


def test_every_refusal_has_its_own_code() -> None:
    assert len({rule.code for rule in RULES}) == len(RULES) > 20
    assert all(rule.code.startswith(("catalog.", "auth.")) for rule in RULES)


@pytest.mark.parametrize("rule", RULES)
def test_every_refusal_speaks_chinese(rule: type[AirlaneError]) -> None:
    for words in (rule.text, rule.fix):
        assert any("\u4e00" <= character <= "\u9fff" for character in words.zh) or not words.en
