"""Ids, money, clock: the words everything else is made of."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.clock import SystemClock, clock_from_env, real_now
from shared.kernel.errors import Conflict, Text
from shared.kernel.ids import floor_id, is_id, new_id, new_ids
from shared.kernel.money import MINOR_DIGITS, Money, MoneyError


def test_ids_rise_strictly_and_carry_their_prefix() -> None:
    ids = [*[new_id("ord") for _ in range(20_000)], *new_ids("ord", 20_000), new_id("ord")]
    assert ids == sorted(set(ids))
    assert all(is_id(i, "ord") for i in ids[:100])
    assert not is_id(ids[0], "prd")
    assert not is_id("ord_" + "g" * 32, "ord")


def test_ids_are_uuid_version_7_variant_10() -> None:
    hex_digits = new_id("evt")[4:]
    assert hex_digits[12] == "7"
    assert hex_digits[16] in "89ab"


def test_floor_id_is_not_above_any_id_of_its_millisecond() -> None:
    now_ms = int(real_now().timestamp() * 1000)
    assert floor_id("evt", now_ms) <= new_id("evt") < floor_id("evt", now_ms + 60_000)


@given(st.integers(0, 10**11), st.sampled_from(sorted(MINOR_DIGITS)))
def test_money_survives_its_own_text(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.parse(money.amount, currency) == money


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("1.655", "GBP"),
        ("1.5", "JPY"),
        ("-1", "GBP"),
        ("1e3", "GBP"),
        ("", "GBP"),
        ("1", "XXX"),
        ("01.5", "GBP"),
        ("١", "GBP"),  # ARABIC-INDIC DIGIT ONE is a digit to str.isdigit, not to us
    ],
)
def test_money_refuses_what_is_no_amount_of_the_currency(text: str, currency: str) -> None:
    with pytest.raises(MoneyError):
        Money.parse(text, currency)


def test_money_takes_zeros_beyond_the_decimals_of_the_currency() -> None:
    assert Money.parse("12.500", "GBP") == Money(1250, "GBP")
    assert Money.parse("7.00", "JPY") == Money(7, "JPY")
    assert Money.parse("1.234", "KWD").amount == "1.234"


def test_business_clock_runs_at_its_rate_from_its_epoch() -> None:
    anchor = real_now() - timedelta(seconds=10)
    epoch = datetime(2026, 11, 22, tzinfo=UTC)
    clock = SystemClock(rate=1440, epoch=epoch, anchor=anchor)
    passed = clock.now() - epoch
    assert timedelta(hours=4) <= passed < timedelta(hours=4, minutes=5)
    assert clock.real_seconds(timedelta(days=1)) == 60


def test_a_fast_clock_without_a_common_anchor_is_refused() -> None:
    with pytest.raises(ValueError, match="AIRLANE_CLOCK_EPOCH"):
        clock_from_env({"AIRLANE_CLOCK_RATE": "60"})
    with pytest.raises(ValueError, match="offset"):
        clock_from_env({"AIRLANE_CLOCK_EPOCH": "2026-01-01", "AIRLANE_CLOCK_ANCHOR": "2026-01-01"})


def test_an_error_carries_both_languages_and_its_parameters() -> None:
    class OrderBusy(Conflict):
        code = "test.order.busy"
        text = Text("Order {number} is busy.", "订单 {number} 处理中。")

    error = OrderBusy(number="A1", pointer="/order_number")
    assert error.text.render("en", error.params) == "Order A1 is busy."
    assert error.text.render("zh-CN", error.params) == "订单 A1 处理中。"
    assert [p.pointer for p in error.problems] == ["/order_number"]
    # A text that names a missing parameter must not hide the refusal behind a KeyError.
    assert "{number}" in OrderBusy().text.render("en", {})


def test_several_values_of_a_parameter_are_named_in_words() -> None:
    text = Text("Allowed are: {allowed}.", "可执行的操作：{allowed}。")

    for several in (["cancel", "clone"], ("cancel", "clone"), {"clone", "cancel"}):
        assert text.render("en", {"allowed": several}) == "Allowed are: cancel, clone."
        assert text.render("zh-CN", {"allowed": several}) == "可执行的操作：cancel、clone。"
    assert text.render("en", {"allowed": []}) == "Allowed are: none."
    assert text.render("zh-CN", {"allowed": []}) == "可执行的操作：无。"
