"""Instants, countries, callers, roles, and what is said to people."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from shared.kernel.country import COUNTRIES, is_country
from shared.kernel.errors import (
    AirlaneError,
    Conflict,
    FieldProblem,
    Text,
    TooManyRequests,
    Unavailable,
)
from shared.kernel.identity import Principal, Role
from shared.kernel.instants import EARLIEST, LATEST, has_happened, latest_fact, rfc3339
from shared.kernel.roles import app_role, checked_name, owner_role
from shared.kernel.words import Words, words

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
INSTANTS = st.datetimes(
    datetime(1900, 1, 2),  # noqa: DTZ001 - bounds of a strategy are naive
    datetime(2199, 12, 30),  # noqa: DTZ001
    timezones=OFFSETS,
)


class TestInstants:
    @given(INSTANTS)
    def test_an_instant_leaves_as_pydantic_would_write_it_in_utc(self, at: datetime) -> None:
        as_pydantic: str = TypeAdapter(datetime).dump_python(at.astimezone(UTC), mode="json")

        assert rfc3339(at) == as_pydantic

    @given(INSTANTS)
    def test_what_leaves_is_the_same_instant_with_a_z(self, at: datetime) -> None:
        text = rfc3339(at)

        assert datetime.fromisoformat(text) == at
        assert text.endswith("Z")
        assert "+" not in text

    def test_a_fact_lies_between_2000_and_two_days_ahead(self) -> None:
        tick = timedelta(microseconds=1)
        ahead = NOW + timedelta(days=2)

        assert has_happened(EARLIEST, now=NOW)
        assert not has_happened(EARLIEST - tick, now=NOW)
        assert has_happened(ahead, now=NOW)
        assert not has_happened(ahead + tick, now=NOW)
        assert latest_fact(NOW) == ahead

    def test_the_calendar_of_the_park_is_this_century(self) -> None:
        assert rfc3339(EARLIEST) == "2000-01-01T00:00:00Z"
        assert rfc3339(LATEST) == "2100-01-01T00:00:00Z"


@pytest.mark.parametrize("code", ["DE", "CN", "GB", "XK", "UK", "EU", "de", "D", "DEU", ""])
def test_a_country_is_one_of_the_assigned_codes(code: str) -> None:
    assert is_country(code) is (code in {"DE", "CN", "GB"})


def test_there_are_249_assigned_codes_of_two_capitals() -> None:
    assert len(COUNTRIES) == 249
    assert all(len(code) == 2 and code.isascii() and code.isupper() for code in COUNTRIES)


@pytest.mark.parametrize("role", list(Role))
def test_only_operators_are_operators(role: Role) -> None:
    caller = Principal("sub", "mer_a", role, frozenset(), "mer_a")

    assert caller.is_operator is (role == "operator")


class TestRoles:
    def test_a_service_has_an_owner_and_an_app(self) -> None:
        assert owner_role("catalog") == "airlane_catalog_owner"
        assert app_role("catalog") == "airlane_catalog_app"

    @pytest.mark.parametrize("name", ["a", "a_b", "a" * 31])
    def test_names_of_small_letters_are_taken_as_they_are(self, name: str) -> None:
        assert checked_name(name) == name

    @pytest.mark.parametrize(
        "name", ["", "A", "_a", "1a", "a1", "a-b", 'a"', "a;b", "a b", "a\n", "ä", "a" * 32]
    )
    def test_what_could_mean_something_in_sql_is_refused(self, name: str) -> None:
        for made in (checked_name, owner_role, app_role):
            with pytest.raises(ValueError, match="is not a name of a service"):
                made(name)


class TestErrors:
    class OrderBusy(Conflict):
        code = "test.order.busy_too"
        text = Text("Order {number} is {state}.", "订单 {number} 为 {state}。")
        fix = Text("Wait for {number}.", "请等待 {number}。")

    def test_a_pointer_makes_the_error_its_own_first_fault(self) -> None:
        other = FieldProblem("/b", "field.missing", Text("m", "m"), Text("a", "a"))

        error = self.OrderBusy(pointer="/a", problems=[other], number=1)

        assert [(p.pointer, p.code) for p in error.problems] == [
            ("/a", "test.order.busy_too"),
            ("/b", "field.missing"),
        ]
        assert error.problems[0].params == {"number": 1}
        assert error.problems[0].fix is self.OrderBusy.fix

    def test_it_counts_the_faults_it_names_unless_a_count_is_given(self) -> None:
        one = FieldProblem("/b", "field.missing", Text("m", "m"), Text("a", "a"))

        assert self.OrderBusy().problem_count == 0
        assert self.OrderBusy(pointer="/a").problem_count == 1
        assert self.OrderBusy(pointer="/a", problems=[one]).problem_count == 2
        assert self.OrderBusy(problems=[one], problem_count=700).problem_count == 700

    def test_what_is_logged_says_code_and_parameters_in_english(self) -> None:
        error = self.OrderBusy(number="A1", state="held")

        assert str(error) == "test.order.busy_too: Order A1 is held."

    def test_a_parameter_of_the_text_that_is_missing_is_shown_as_missing(self) -> None:
        error = self.OrderBusy(number="A1")

        assert error.text.render("zh-CN", error.params) == "订单 A1 为 {state}。"

    def test_only_what_may_pass_by_itself_says_when_to_ask_again(self) -> None:
        assert AirlaneError().retry_after_s is None
        assert self.OrderBusy().retry_after_s is None
        assert TooManyRequests().retry_after_s == 1
        assert Unavailable().retry_after_s == 1


class TestWords:
    def test_english_stands_in_for_chinese_that_is_not_there(self) -> None:
        assert Words.of({"en": "held", "zh-CN": "扣留"}) == Words("held", "扣留")
        assert Words.of({"en": "held"}) == Words("held", "held")

    def test_somebodys_own_words_are_the_same_in_both_languages(self) -> None:
        assert Words.as_said("查验") == Words("查验", "查验")

    @given(st.text(), st.text())
    def test_words_survive_being_written_by_language(self, en: str, zh: str) -> None:
        said = Words(en, zh)

        assert Words.of(said.by_language()) == said
        assert (said.in_language("en"), said.in_language("zh-CN")) == (en, zh)

    @pytest.mark.parametrize(
        ("params", "en"), [({"n": 3}, "3 left"), ({}, "{n} left"), ({"n": "{n}"}, "{n} left")]
    )
    def test_a_text_is_filled_in_both_languages_at_once(
        self, params: dict[str, Any], en: str
    ) -> None:
        said = words(Text("{n} left", "剩 {n}"), **params)

        assert said.en == en
        assert said.zh == "剩 " + en.removesuffix(" left")
