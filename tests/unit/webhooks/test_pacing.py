"""How many requests an endpoint gets at once."""

from hypothesis import given
from hypothesis import strategies as st

from services.webhooks.domain.deliveries.pacing import FIRST_LIMIT, Pace


@given(st.lists(st.sampled_from([True, False, None]), max_size=200))
def test_pace_stays_between_one_and_the_most(answers: list[bool | None]) -> None:
    pace = Pace()
    for is_success in answers:
        pace.started()
        pace.ended(is_success=is_success, limit_max=64)
        assert 1 <= pace.limit <= 64
        assert pace.in_flight == 0


def test_pace_grows_by_one_and_halves() -> None:
    pace = Pace()
    pace.started()
    pace.ended(is_success=True, limit_max=64)
    assert pace.limit == FIRST_LIMIT + 1
    pace.started()
    assert pace.room == FIRST_LIMIT

    pace.ended(is_success=False, limit_max=64)

    assert pace.limit == (FIRST_LIMIT + 1) // 2
