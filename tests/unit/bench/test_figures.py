"""Figures of the benchmark: medians with their extremes, goals, and the chain's own account."""

from typing import Any

import pytest

from deploy.bench.chain import OrderTimes
from deploy.bench.rig import Figure, Spread, percentile


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ((0.61234,), "0.612"),
        ((3.0, 1.0, 2.0), "2 (1–3)"),
        ((2_500.4, 1_000.0, 30_000.0), "2,500 (1,000–30,000)"),
    ],
)
def test_a_spread_is_a_median_with_its_extremes(values: tuple[float, ...], shown: str) -> None:
    assert str(Spread(values)) == shown


@pytest.mark.parametrize(
    ("goal", "higher_is_better", "met"),
    [
        (None, True, None),
        (2.0, True, True),
        (2.1, True, False),
        (2.0, False, True),
        (1.9, False, False),
    ],
)
def test_a_goal_is_compared_with_the_median(
    goal: float | None, higher_is_better: bool, met: bool | None
) -> None:
    figure = Figure("f", Spread((1.0, 2.0, 9.0)), "s", goal, higher_is_better)

    assert figure.met is met


def test_a_figure_of_another_process_is_the_same_figure() -> None:
    figure = Figure("f", Spread((1.0, 2.0)), "s", 3.0, higher_is_better=False, note="n")
    fields: dict[str, Any] = dict(figure.as_json())

    assert Figure.from_json(fields) == figure
    assert (fields["median"], fields["met"]) == (1.5, True)


@pytest.mark.parametrize(("share", "value"), [(0.0, 1), (0.5, 3), (0.95, 5), (1.0, 5)])
def test_a_percentile_is_one_of_the_values(share: float, value: int) -> None:
    assert percentile([5, 1, 4, 2, 3], share) == value


def test_an_order_is_in_the_chain_until_it_is_submitted_or_failed() -> None:
    times = OrderTimes(
        accepted_at={"a": 1.0, "b": 2.0, "c": 3.0},
        submitted_at={"a": 1.5, "of another run": 9.0},
        failures={"b": "unroutable"},
    )

    assert times.in_chain == 1


def test_latencies_are_those_of_orders_accepted_since() -> None:
    times = OrderTimes(
        accepted_at={"a": 1.0, "b": 2.0, "c": 3.0}, submitted_at={"a": 1.5, "b": 4.0}
    )

    assert times.latencies_s(0) == [0.5, 2.0]
    assert times.latencies_s(2.0) == [2.0]
