"""Numbers and instants that come from outside are read the same way on every operation."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

import pytest
from pydantic import (
    AwareDatetime,
    BaseModel,
    NaiveDatetime,
    PastDatetime,
    TypeAdapter,
    ValidationError,
)

from shared.documents.fields import CLOCK, AnyInstant, Body, Day, PastInstant, WholeNumber
from tests.contract.operations import Operation, all_apps, operations
from tests.kit.clock import ManualClock

OF_THE_KIT: Final = {
    int: (WholeNumber,),
    datetime: (PastInstant, AnyInstant),
    AwareDatetime: (PastInstant, AnyInstant),
    PastDatetime: (),
    NaiveDatetime: (),
    date: (Day,),
}
NOW: Final = ManualClock().now()


Around = tuple[Any, ...]


def leaves(annotation: Any, metadata: Around = ()) -> Iterator[tuple[Any, Around]]:
    """The plain types inside an annotation, each with what is annotated around it."""
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        yield from leaves(inner, (*metadata, *more))
    elif get_origin(annotation) in (Union, UnionType, tuple, list, dict):
        for inner in get_args(annotation):
            # What stands around a union stands around each of its members, too.
            around = metadata if get_origin(annotation) in (Union, UnionType) else ()
            yield from leaves(inner, around)
    else:
        yield annotation, metadata


def bodies(model: type[BaseModel] = Body) -> Iterator[type[BaseModel]]:
    """Those of the services; tests define some of their own in the same process."""
    for below in model.__subclasses__():
        if not below.__module__.startswith("tests."):
            yield below
        yield from bodies(below)


def validators_of(kind: Any) -> set[Any]:
    return {getattr(m, "func", m) for m in get_args(kind)[1:] if hasattr(m, "func")}


def foreign_leaves(annotation: Any, metadata: tuple[Any, ...]) -> list[Any]:
    return [
        leaf
        for leaf, around in leaves(annotation, metadata)
        if leaf in OF_THE_KIT
        and not any(
            validators_of(kind) <= {getattr(m, "func", None) for m in around}
            for kind in OF_THE_KIT[leaf]
        )
    ]


def test_every_number_and_instant_of_a_body_is_of_the_kit() -> None:
    all_apps()
    found = list(bodies())
    assert len(found) > 15
    for model in found:
        for name, field in model.model_fields.items():
            odd = foreign_leaves(field.annotation, tuple(field.metadata))
            assert not odd, f"{model.__name__}.{name} reads {odd} in a way of its own"


@pytest.mark.parametrize("operation", [o for o in operations() if o.body], ids=str)
def test_every_body_is_of_the_kit(operation: Operation) -> None:
    assert operation.body is not None
    assert issubclass(operation.body, Body)


def test_every_instant_of_a_query_is_of_the_kit() -> None:
    asked = 0
    for operation in operations():
        for name, field in operation.query_fields.items():
            kinds = [leaf for leaf, _ in leaves(field.annotation)]
            asked += AwareDatetime in kinds
            # Text says 2 in one way only, so its numbers need no more than pydantic.
            odd = set(foreign_leaves(field.annotation, tuple(field.metadata))) - {int}
            assert not odd, f"{operation} {name}"
    assert asked


@pytest.mark.parametrize("text", ["2", "2.0", "2e0", "0.2e1", "20E-1"])
def test_a_whole_number_is_one_however_it_is_written(text: str) -> None:
    read = TypeAdapter(WholeNumber).validate_python(json.loads(text))
    assert (read, type(read)) == (2, int)


@pytest.mark.parametrize(
    "text", ["2.5", '"2"', "true", "null", "1e400000000", "-1e400000000", "NaN", "[2]", "1e-9"]
)
def test_anything_else_is_none(text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(WholeNumber).validate_python(json.loads(text))


@pytest.mark.parametrize(
    ("at", "past", "any_time"),
    [
        ("1999-12-31T23:59:59Z", False, False),
        ("2000-01-01T00:00:00Z", True, True),
        (NOW.isoformat(), True, True),
        ((NOW + timedelta(days=2)).isoformat(), True, True),
        ((NOW + timedelta(days=2, seconds=1)).isoformat(), False, True),
        ("2036-11-22T08:00:00Z", False, True),
        ("9999-12-31T23:59:59-12:00", False, False),
        ("2026-11-22T08:00:00", False, False),
    ],
)
def test_instants_are_plausible(at: str, past: bool, any_time: bool) -> None:
    token = CLOCK.set(ManualClock())
    try:
        for kind, wanted in ((PastInstant, past), (AnyInstant, any_time)):
            try:
                TypeAdapter(kind).validate_python(at)
                taken = True
            except ValidationError:
                taken = False
            assert taken is wanted, kind
    finally:
        CLOCK.reset(token)


@pytest.mark.parametrize("kind", [PastInstant, AnyInstant, Day])
@pytest.mark.parametrize(
    "value", [1795046400, 1795046400.0, 1795046400000, "1795046400", "1795046400.0", "-1", True]
)
def test_seconds_since_1970_are_no_instant_and_no_day(kind: Any, value: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(value)


def test_a_day_is_a_day_of_the_calendar() -> None:
    assert TypeAdapter(Day).validate_python("2026-11-22") == date(2026, 11, 22)
    with pytest.raises(ValidationError):
        TypeAdapter(Day).validate_python("2026-02-30")
