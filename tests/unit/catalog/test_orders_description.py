"""What an order line keeps of the description of its goods."""

from typing import Any

import pytest

from services.catalog.domain.orders.description import specification_of
from services.catalog.domain.orders.stored import lines_from_json, lines_to_json
from tests.support.catalog import a_stored_line


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("human", "human"),
        (20, "20"),
        (20.0, "20"),
        (0.15, "0.15"),
        (1e21, "1000000000000000000000"),
        (True, "yes"),
        (False, "no"),
        (["a", "b"], "a, b"),
        ([{"fibre": "cotton", "percent": 60.0}, {"fibre": "linen"}], "cotton 60, linen"),
        ("x" * 120, "x" * 120),
    ],
)
def test_an_attribute_as_text(value: Any, text: str) -> None:
    assert specification_of({"name": value}) == {"name": text}


@pytest.mark.parametrize("value", [None, "", " ", [], {}, [None], "x" * 121])
def test_what_says_nothing_or_too_much_is_left_out(value: Any) -> None:
    assert specification_of({"name": value, "other": 1}) == {"other": "1"}


def test_an_order_carries_thirty_attributes_of_each_line() -> None:
    assert len(specification_of({f"a{n}": n for n in range(40)})) == 30


def test_lines_of_older_versions_are_undescribed() -> None:
    (stored,) = lines_to_json([a_stored_line()])
    assert not {"title_zh", "brand", "material", "gtin", "specification"} & stored.keys()
    assert lines_from_json([stored]) == (a_stored_line(),)
