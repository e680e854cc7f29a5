"""Patterns of an endpoint: what they select, and what is refused."""

import pytest

from services.webhooks.domain.event_types import (
    EventTypesMissing,
    UnknownEventType,
    checked_patterns,
    matches,
)
from services.webhooks.events.event_types import SUBSCRIBABLE, example_data

KNOWN = ("customs.declaration.released", "customs.declaration.returned", "catalog.order.placed")


@pytest.mark.parametrize(
    ("pattern", "event_type", "expected"),
    [
        ("*", "catalog.order.placed", True),
        ("catalog.*", "catalog.order.placed", True),
        ("catalog.order.*", "catalog.order.placed", True),
        ("catalog.order.placed", "catalog.order.placed", True),
        ("catalog.order.placed.*", "catalog.order.placed", False),
        ("catalog.ord*", "catalog.order.placed", False),
        ("customs.*", "catalog.order.placed", False),
        ("catalog.order", "catalog.order.placed", False),
    ],
)
def test_pattern_selects(pattern: str, event_type: str, expected: bool) -> None:
    assert matches(pattern, event_type) is expected


def test_patterns_are_kept_in_order_without_repeats() -> None:
    given = ["customs.*", "catalog.order.placed", "customs.*"]
    assert checked_patterns(given, KNOWN) == ("customs.*", "catalog.order.placed")


def test_every_unknown_pattern_is_named_with_its_place_and_the_known_ones() -> None:
    with pytest.raises(UnknownEventType) as refusal:
        checked_patterns(["*", "customs.lane.*", "catalog.order.lost"], KNOWN)

    pointers = [problem.pointer for problem in refusal.value.problems]
    assert pointers == ["/event_types/1", "/event_types/2"]
    fix = refusal.value.problems[0].fix.render("en", refusal.value.problems[0].params)
    assert all(name in fix for name in KNOWN)


@pytest.mark.parametrize("patterns", [[], [f"a{n}" for n in range(51)]])
def test_too_few_or_too_many_patterns_are_refused(patterns: list[str]) -> None:
    with pytest.raises(EventTypesMissing):
        checked_patterns(patterns, KNOWN)


@pytest.mark.parametrize("event_type", sorted(SUBSCRIBABLE))
def test_every_known_type_has_an_example_that_its_contract_accepts(event_type: str) -> None:
    SUBSCRIBABLE[event_type].model_validate_json(example_data(event_type))


def test_what_can_be_asked_for_is_what_is_consumed() -> None:
    assert "customs.declaration.released" in SUBSCRIBABLE
    assert not any(name.startswith("webhooks.") for name in SUBSCRIBABLE)
