"""The rules of parents."""

from dataclasses import replace
from typing import Any

import pytest

from services.catalog.clients.attributes import validator_of
from services.catalog.domain.parents.parent import Parent, parent_problems
from services.catalog.domain.products.details import Details, Media, MediaRole
from services.catalog.domain.types.attributes import KnownType
from tests.support.worlds.catalog import a_schema

SCHEMA = a_schema()
TYPES = {"tresses": KnownType("tresses", 1, SCHEMA, validator_of(SCHEMA))}
PARENT = Parent("WIG", {"en": "Wig"}, ("colour",), "tresses")


def found(**changes: Any) -> list[tuple[str, str]]:
    problems = parent_problems(replace(PARENT, **changes), TYPES)
    return [(one.pointer, one.code) for one in problems]


def test_variants_may_add_what_a_parent_does_not_say() -> None:
    assert found() == []
    assert found(details=Details(attributes={"length_in": 20})) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"axes": ("colour", "colour")}, ("/axes/1", "catalog.parent.axis_repeated")),
        ({"product_type": "none"}, ("/product_type", "catalog.product.unknown_type")),
        (
            {"details": Details(attributes={"length_in": 1})},
            ("/attributes/length_in", "catalog.attribute.too_small"),
        ),
        (
            {"product_type": None, "details": Details(attributes={"length_in": 20})},
            ("/attributes", "catalog.product.attributes_without_type"),
        ),
        (
            {"details": Details(media=(Media("https://a.example/1", MediaRole.MAIN),) * 2)},
            ("/media/1/url", "catalog.media.repeated"),
        ),
        (
            {"details": Details(description={"en": "x" * 300_000})},
            ("/description", "catalog.product.details_too_large"),
        ),
    ],
    ids=lambda given: given[1] if isinstance(given, tuple) else "",
)
def test_what_a_parent_says_must_be_right(
    changes: dict[str, Any], problem: tuple[str, str]
) -> None:
    assert problem in found(**changes)
