"""Attributes are kept as the database will give them back."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from services.catalog.schemas.products.details import Attributes

ATTRIBUTES: TypeAdapter[dict[str, Any]] = TypeAdapter(Attributes)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (1e300, 10**300),
        (2.0**53, 2**53),
        (-(2.0**53), -(2**53)),
        (2.0**52, 2.0**52),
        (-0.0, 0.0),
        (1.5, 1.5),
        ("a\r\nb", "a\nb"),
        (None, None),
        (True, True),
    ],
)
@pytest.mark.parametrize(
    "wrap",
    [lambda v: v, lambda v: {"n": v}, lambda v: [v]],
    ids=["itself", "in an object", "in a list"],
)
def test_numbers_and_lines_are_kept_everywhere(
    sent: object, kept: object, wrap: Callable[[object], object]
) -> None:
    value = ATTRIBUTES.validate_python({"x": wrap(sent)})["x"]

    # As text, because -0.0 equals 0.0 and 2.0 equals 2.
    assert repr(value) == repr(wrap(kept))


def test_members_are_in_the_order_of_jsonb() -> None:
    attributes = ATTRIBUTES.validate_python({"bb": {"zz": 1, "y": 2}, "ä": 1, "a": 1, "z": 1})

    assert list(attributes) == ["a", "z", "bb", "ä"]
    assert list(attributes["bb"]) == ["y", "zz"]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("inside", [False, True])
def test_what_is_no_number_is_refused_with_its_attribute(number: float, inside: bool) -> None:
    with pytest.raises(ValidationError) as raised:
        ATTRIBUTES.validate_python({"x": [number] if inside else number})

    (error,) = raised.value.errors()
    assert (error["type"], error["ctx"]["member"]) == ("finite_number", "x")
