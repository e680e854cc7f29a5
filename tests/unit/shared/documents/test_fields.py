"""Kinds of value, each read in one way, and how a value that does not fit is explained."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from shared.documents.faults import (
    ERRORS_MAX,
    ITEM_ERRORS_MAX,
    explained,
    in_words,
    invalid,
    invalid_model,
    pointer,
)
from shared.documents.fields import (
    CLOCK,
    AnyInstant,
    Body,
    Day,
    PastInstant,
    TrueOrFalse,
    WholeNumber,
    read_each,
)
from shared.kernel.errors import FieldProblem, Invalid, Text
from shared.kernel.instants import EARLIEST, LATEST
from tests.kit.clock import ManualClock

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


class Crate(Body):
    count: WholeNumber | None = None
    sealed: TrueOrFalse | None = None
    packed_at: PastInstant | None = None
    due_at: AnyInstant | None = None
    day: Day | None = None


def fault_of(model: type[BaseModel], value: object) -> FieldProblem:
    with pytest.raises(ValidationError) as refused:
        model.model_validate(value)
    return invalid_model(refused.value).problems[0]


def shown(problem: FieldProblem) -> tuple[str, str, str]:
    return problem.pointer, problem.code, problem.text.render("en", problem.params)


@pytest.fixture
def business_clock(clock: ManualClock) -> Any:
    clock.set(NOW)
    token = CLOCK.set(clock)
    yield clock
    CLOCK.reset(token)


class TestNumbersAndTruth:
    @given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**20), 10**20))
    def test_a_number_is_whole_by_its_value_and_not_by_its_point(self, number: float) -> None:
        if number == int(number):
            assert Crate.model_validate({"count": number}).count == int(number)
        else:
            assert fault_of(Crate, {"count": number}).code == "field.wrong_type"

    @pytest.mark.parametrize("value", ["2", True, False, [2], {}, float("inf"), float("nan")])
    def test_what_is_not_a_number_is_not_taken_for_one(self, value: object) -> None:
        assert fault_of(Crate, {"count": value}).pointer == "/count"

    @pytest.mark.parametrize("value", [0, 1, "true", "yes", [], 1.0])
    def test_only_true_and_false_are_true_or_false(self, value: object) -> None:
        assert shown(fault_of(Crate, {"sealed": value})) == (
            "/sealed",
            "field.wrong_type",
            "This must be true or false.",
        )


class TestInstants:
    @pytest.mark.parametrize("field", ["packed_at", "due_at"])
    @pytest.mark.parametrize("value", [0, 1_790_000_000, 1.5, "1790000000", "", True, []])
    def test_a_number_is_not_an_instant_although_it_could_be_read_as_one(
        self, business_clock: ManualClock, field: str, value: object
    ) -> None:
        assert fault_of(Crate, {field: value}).code == "field.wrong_type"

    @pytest.mark.parametrize("field", ["packed_at", "due_at"])
    def test_an_instant_needs_an_offset_and_is_in_utc_from_then_on(
        self, business_clock: ManualClock, field: str
    ) -> None:
        crate = Crate.model_validate({field: "2026-11-22T14:00:00+08:00"})

        read: datetime = getattr(crate, field)
        assert read == datetime(2026, 11, 22, 6, tzinfo=UTC)
        assert read.utcoffset() == timedelta(0)
        assert fault_of(Crate, {field: "2026-11-22T14:00:00"}).code == "field.no_time_zone"

    def test_what_happened_lies_between_2000_and_two_days_ahead_of_the_business_clock(
        self, business_clock: ManualClock
    ) -> None:
        tick = timedelta(microseconds=1)
        latest = NOW + timedelta(days=2)
        for good in (EARLIEST, NOW, latest):
            assert Crate(packed_at=good).packed_at == good
        for bad in (EARLIEST - tick, latest + tick):
            assert shown(fault_of(Crate, {"packed_at": bad})) == (
                "/packed_at",
                "field.implausible_instant",
                "The instant is not between 2000-01-01T00:00Z and 2026-11-24T08:00Z.",
            )

    def test_the_bound_moves_with_the_business_clock(self, business_clock: ManualClock) -> None:
        later = NOW + timedelta(days=3)
        assert fault_of(Crate, {"packed_at": later}).code == "field.implausible_instant"

        business_clock.advance(days=1)

        assert Crate(packed_at=later).packed_at == later

    def test_without_a_request_only_the_century_bounds_what_happened(self) -> None:
        token = CLOCK.set(None)
        try:
            assert Crate(packed_at=LATEST).packed_at == LATEST
        finally:
            CLOCK.reset(token)

    def test_a_bound_of_a_search_is_an_instant_of_this_century(self) -> None:
        tick = timedelta(microseconds=1)
        for good in (EARLIEST, LATEST - tick):
            assert Crate(due_at=good).due_at == good
        for bad in (EARLIEST - tick, LATEST, datetime.max.replace(tzinfo=UTC)):
            assert fault_of(Crate, {"due_at": bad}).code == "field.implausible_instant"


class TestDays:
    def test_a_day_is_a_date_in_words(self) -> None:
        assert Crate.model_validate({"day": "2026-11-22"}).day == date(2026, 11, 22)
        assert Crate(day=date(2026, 11, 22)).day == date(2026, 11, 22)

    @pytest.mark.parametrize(
        "value", [20261122, 0, "20261122", "22.11.2026", "٢٠٢٦-١١-٢٢", " 2026-11-22", True]
    )
    def test_anything_else_is_not_a_day(self, value: object) -> None:
        assert shown(fault_of(Crate, {"day": value})) == (
            "/day",
            "field.wrong_type",
            "This must be a date such as 2026-11-22.",
        )

    @pytest.mark.parametrize("value", ["2026-02-30", "2026-13-01", "2026-11-22T08:00:00Z"])
    def test_a_date_that_is_not_in_the_calendar_is_refused(self, value: str) -> None:
        assert fault_of(Crate, {"day": value}).pointer == "/day"


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Line(BaseModel):
    kind: Literal["line"] = "line"


class Dot(BaseModel):
    kind: Literal["dot"] = "dot"


TOO_MANY_DIGITS = ("field.too_many_digits", "")


class Everything(Body):
    name: Annotated[str, Field(min_length=2, max_length=4)] = "abc"
    items: list[int] = Field(default=[1], min_length=1, max_length=2)
    code: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "DE"
    odd: Annotated[str, Field(pattern=r"^x+$")] = "x"
    above: Annotated[int, Field(gt=1, lt=9)] = 5
    least: Annotated[int, Field(ge=1, le=9)] = 5
    even: Annotated[int, Field(multiple_of=2)] = 2
    exact: Annotated[Decimal, Field(max_digits=4, decimal_places=1)] = Decimal(1)
    colour: Colour = Colour.RED
    way: Literal["in", "out"] = "in"
    shape: Annotated[Line | Dot, Field(discriminator="kind")] = Line()
    weight: Annotated[float, Field(allow_inf_nan=False)] = 1.0
    url: Annotated[str, Field(alias="the/url~")] = "u"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"extra": 1}, ("/extra", "field.unknown", "")),
        ({"name": "a"}, ("/name", "field.too_short", "At least 2 characters are needed.")),
        ({"name": "abcde"}, ("/name", "field.too_long", "At most 4 characters are allowed.")),
        (
            {"items": []},
            ("/items", "field.too_few_items", "Too few entries: at least 1 must be there."),
        ),
        ({"items": [1] * 3}, ("/items", "field.too_many_items", "At most 2 entries are allowed.")),
        (
            {"code": "de"},
            ("/code", "field.wrong_format", "This must be two capital letters such as DE."),
        ),
        ({"odd": "y"}, ("/odd", "field.wrong_format", "This does not match the pattern ^x+$.")),
        ({"above": 1}, ("/above", "field.too_small", "This must be above 1.")),
        ({"above": 9}, ("/above", "field.too_large", "This must be below 9.")),
        ({"least": 0}, ("/least", "field.too_small", "This must be at least 1.")),
        ({"least": 10}, ("/least", "field.too_large", "This must be at most 9.")),
        ({"even": 3}, ("/even", "field.not_a_multiple", "This must be a multiple of 2.")),
        ({"exact": "1.55"}, ("/exact", "field.too_many_digits", "The number has too many digits.")),
        (
            {"exact": "12345"},
            ("/exact", "field.too_many_digits", "The number has too many digits."),
        ),
        (
            {"colour": "green"},
            ("/colour", "field.not_one_of", "This must be one of: 'red' or 'blue'."),
        ),
        ({"way": "up"}, ("/way", "field.not_one_of", "This must be one of: 'in' or 'out'.")),
        (
            {"shape": {"kind": "cube"}},
            ("/shape", "field.not_one_of", "This must be one of: 'line', 'dot'."),
        ),
        (
            {"weight": float("inf")},
            ("/weight", "field.not_finite", ""),
        ),
        ({"name": 5}, ("/name", "field.wrong_type", "This must be text.")),
        ({"items": 5}, ("/items", "field.wrong_type", "This must be an array.")),
        ({"items": ["x"]}, ("/items/0", "field.wrong_type", "This must be a whole number.")),
        ({"weight": "x"}, ("/weight", "field.wrong_type", "This must be a number.")),
        ({"exact": []}, ("/exact", "field.wrong_type", "This must be a decimal number.")),
        ({"the/url~": 5}, ("/the~1url~0", "field.wrong_type", "This must be text.")),
        (5, ("", "field.wrong_type", "This must be an object.")),
    ],
)
def test_a_fault_has_a_place_a_code_and_the_bound_in_words(
    value: object, expected: tuple[str, str, str]
) -> None:
    pointer, code, words = expected

    found = shown(fault_of(Everything, value))

    assert found[:2] == (pointer, code)
    assert words in found[2]


@pytest.mark.parametrize(
    ("value", "detail"),
    [
        ({"colour": "green"}, "取值必须为以下之一：'red'、'blue'。"),
        ({"shape": {"kind": "cube"}}, "取值必须为以下之一：'line'、'dot'。"),
    ],
)
def test_what_may_be_chosen_is_listed_as_chinese_lists_it(value: object, detail: str) -> None:
    fault = fault_of(Everything, value)

    assert fault.text.render("zh-CN", fault.params) == detail


def test_every_kind_of_fault_is_worded_in_both_languages() -> None:
    for code, text, fix in explained():
        assert code.startswith("field.")
        assert text.en.endswith("."), code
        assert text.zh.endswith("。"), code
        assert fix.en.endswith("."), code
        assert fix.zh.endswith("。"), code


class Ordered(Body):
    low: int
    high: int

    @model_validator(mode="after")
    def _check(self) -> "Ordered":
        if self.low > self.high:
            raise ValueError("low is above high.")
        if self.low == self.high:
            raise PydanticCustomError("test.crate.empty", "The crate is empty.")
        return self


def test_the_sentence_of_a_rule_of_a_model_is_the_sentence_of_the_fault() -> None:
    assert shown(fault_of(Ordered, {"low": 2, "high": 1})) == (
        "",
        "field.invalid",
        "low is above high.",
    )
    assert shown(fault_of(Ordered, {"low": 1, "high": 1})) == (
        "",
        "test.crate.empty",
        "The crate is empty.",
    )


def test_a_pattern_can_be_given_its_own_words() -> None:
    pattern = in_words(r"^test-[0-9]$", Text("a test number such as test-7", "测试编号"))

    class Numbered(Body):
        number: Annotated[str, Field(pattern=pattern)]

    fault = fault_of(Numbered, {"number": "7"})
    assert fault.text.render("en", fault.params) == "This must be a test number such as test-7."
    assert fault.text.render("zh-CN", fault.params) == "此处必须为测试编号。"


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        (("body",), ""),
        (("body", "lines", 0, "sku"), "/lines/0/sku"),
        (("query", "limit"), "/query/limit"),
        (("path", "id"), "/path/id"),
        (("header", "if-match"), "/header/if-match"),
        (("cookie", "c"), "/cookie/c"),
        (("body", "a/b", "m~n", "~1"), "/a~1b/m~0n/~01"),
        ((), ""),
    ],
)
def test_a_pointer_is_that_of_rfc_6901(location: tuple[str | int, ...], expected: str) -> None:
    assert pointer(location) == expected


class TestManyFaults:
    FAULTY = {f"unknown {n}": n for n in range(250)}  # noqa: RUF012 - a constant of the test

    def test_an_answer_names_the_first_hundred_and_counts_all(self) -> None:
        with pytest.raises(ValidationError) as refused:
            Crate.model_validate(self.FAULTY)

        for error in (
            invalid(refused.value.errors()),
            invalid_model(refused.value),
        ):
            assert len(error.problems) == ERRORS_MAX == 100
            assert error.problem_count == 250

    async def test_an_item_of_a_batch_names_its_first_ten(self) -> None:
        good, bad = await read_each(Crate, [{}, self.FAULTY])

        assert good == Crate()
        assert isinstance(bad, Invalid)
        assert len(bad.problems) == ITEM_ERRORS_MAX
        assert bad.problem_count == 250
        assert bad.problems[0].pointer == "/unknown 0"
