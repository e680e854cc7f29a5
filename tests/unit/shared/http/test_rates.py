"""A token bucket, against one that is counted out in the simplest way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.http import rates
from shared.http.rates import Policy, Rates

# Sixteenths of a second: exact as floats, so that the two need not agree on rounding.
STEPS = st.lists(st.tuples(st.integers(0, 64), st.sampled_from("ab")), max_size=60)


@given(st.integers(1, 8), STEPS)
def test_it_lets_through_what_a_bucket_holds(quota: int, steps: list[tuple[int, str]]) -> None:
    window_s = 4.0
    now_s = 1000.0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rates, "monotonic_s", lambda: now_s)
        shown = Rates(Policy("p", quota, window_s))
        held = {"a": float(quota), "b": float(quota)}
        for sixteenths, caller in steps:
            now_s += sixteenths / 16
            held = {c: min(quota, n + sixteenths / 16 * quota / window_s) for c, n in held.items()}
            may = held[caller] >= 1 - 1e-6
            assert (shown.wait_s(caller) == 0) is may
            standing = shown.take(caller)
            assert (standing.wait_s == 0) is may
            if may:
                held[caller] -= 1
                assert standing.left == int(held[caller] + 1e-3)
            else:
                missing_s = (1 - held[caller]) * window_s / quota
                assert standing.wait_s == pytest.approx(missing_s, abs=1e-6)


def test_callers_are_forgotten_before_they_fill_the_memory() -> None:
    shown = Rates(Policy("p", 10, 60.0))
    for n in range(25_000):
        shown.take(f"caller {n}")
    assert len(shown._full_at_s) <= 10_000
