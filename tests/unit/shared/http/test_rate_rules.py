"""Bounds of one caller: what is left, when it is back, who is forgotten, who waits for whom."""

import asyncio
from collections.abc import Callable

import pytest

from shared.http import places, rates
from shared.http.errors import Busy, RateExceeded, TooManyAtOnce
from shared.http.places import Places, Turns
from shared.http.rates import Policy, Rates


@pytest.fixture
def pass_time(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    now_s = [1000.0]
    monkeypatch.setattr(rates, "monotonic_s", lambda: now_s[0])

    def advance(seconds: float) -> None:
        now_s[0] += seconds

    return advance


class TestRates:
    def test_a_policy_is_written_as_the_draft_says(self) -> None:
        assert Policy("requests", 60_000, 60.0).header == b'"requests";q=60000;w=60'
        assert Policy("requests", 5, 0.5).header == b'"requests";q=5;w=1'

    def test_what_is_left_and_when_all_is_back_is_shown(
        self, pass_time: Callable[[float], None]
    ) -> None:
        shown = Rates(Policy("p", 4, 8.0))

        standings = [shown.take("a") for _ in range(4)]
        assert [s.left for s in standings] == [3, 2, 1, 0]
        assert [s.full_in_s for s in standings] == [2.0, 4.0, 6.0, 8.0]
        pass_time(3.0)
        assert (shown.take("a").left, shown.take("a").left) == (0, 0)

    def test_a_refused_caller_learns_how_long_to_wait_and_loses_nothing(
        self, pass_time: Callable[[float], None]
    ) -> None:
        shown = Rates(Policy("p", 2, 4.0))
        shown.take("a")
        shown.take("a")

        refused = [shown.take("a") for _ in range(10)]
        assert {(s.left, s.wait_s, s.full_in_s) for s in refused} == {(0, 2.0, 4.0)}
        pass_time(2.0)
        assert shown.take("a").wait_s == 0

    def test_asking_how_long_to_wait_counts_nothing(
        self, pass_time: Callable[[float], None]
    ) -> None:
        shown = Rates(Policy("p", 1, 4.0))

        assert [shown.wait_s("a") for _ in range(3)] == [0.0, 0.0, 0.0]
        shown.take("a")
        assert shown.wait_s("a") == 4.0
        pass_time(1.0)
        assert shown.wait_s("a") == 3.0

    def test_callers_whose_bucket_is_full_again_are_forgotten_first(
        self, pass_time: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(rates, "_CALLERS_MAX", 4)
        shown = Rates(Policy("p", 1, 4.0))
        shown.take("early")
        pass_time(4.0)
        for caller in ("late", "late too", "late as well"):
            shown.take(caller)
        shown.take("new")

        assert shown._full_at_s.keys() == {"late", "late too", "late as well", "new"}
        assert shown.take("late").wait_s > 0

    def test_when_all_are_at_it_those_that_have_waited_longest_start_anew(
        self, pass_time: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(rates, "_CALLERS_MAX", 4)
        shown = Rates(Policy("p", 1, 100.0))
        for caller in "abcd":
            shown.take(caller)
            pass_time(1.0)
        shown.take("e")

        assert shown._full_at_s.keys() == {"c", "d", "e"}

    def test_a_caller_that_is_known_drives_nobody_out(
        self, pass_time: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(rates, "_CALLERS_MAX", 2)
        shown = Rates(Policy("p", 3, 100.0))
        left = [shown.take(caller).left for caller in "abab"]

        assert left == [2, 2, 1, 1]

    @pytest.mark.parametrize(("wait_s", "whole_s"), [(0.1, 1), (1.0, 1), (1.1, 2), (59.5, 60)])
    def test_who_is_told_to_wait_is_told_whole_seconds_and_never_too_few(
        self, wait_s: float, whole_s: int
    ) -> None:
        refusal = RateExceeded(Policy("requests", 7, 59.5), wait_s)

        assert refusal.retry_after_s == whole_s
        assert refusal.params == {
            "quota": 7,
            "window_s": 60,
            "violated-policies": ["requests"],
        }


class TestPlaces:
    @pytest.mark.parametrize(("in_flight", "of_one"), [(1, 1), (3, 1), (4, 1), (8, 2), (256, 64)])
    def test_one_caller_has_a_quarter_and_at_least_one(self, in_flight: int, of_one: int) -> None:
        shown = Places(in_flight)
        for _ in range(of_one):
            shown.enter("a")

        with pytest.raises(TooManyAtOnce) as refused:
            shown.enter("a")
        assert refused.value.params == {"limit": of_one}
        shown.enter("b")

    def test_a_place_that_is_left_is_free_again(self) -> None:
        shown = Places(8)
        for _ in range(5):
            shown.enter("a")
            shown.enter("a")
            shown.leave("a")
            shown.leave("a")

        assert shown._by_caller == {}

    def test_leaving_one_of_two_frees_one(self) -> None:
        shown = Places(8)
        shown.enter("a")
        shown.enter("a")
        shown.leave("a")

        shown.enter("a")
        with pytest.raises(TooManyAtOnce):
            shown.enter("a")

    def test_so_many_are_at_work_and_one_more_is_shed(self) -> None:
        shown = Places(2)
        with shown.at_work, shown.at_work:
            with pytest.raises(Busy), shown.at_work:
                raise AssertionError("a third one is at work")
            assert shown.taken == 2

        assert shown.taken == 0
        with shown.at_work:
            assert shown.taken == 1

    def test_work_that_fails_gives_its_place_back(self) -> None:
        shown = Places(1)
        for _ in range(2):
            with pytest.raises(KeyError), shown.at_work:
                raise KeyError

        assert shown.taken == 0


class TestTurns:
    @pytest.fixture(autouse=True)
    def short(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(places, "TURN_S", 0.01)

    @pytest.mark.parametrize(("at_once", "of_one"), [(1, 1), (3, 1), (4, 2)])
    async def test_one_caller_has_half_of_the_turns_and_at_least_one(
        self, at_once: int, of_one: int
    ) -> None:
        turns = Turns(at_once)
        held = [turns.own("a") for _ in range(of_one)]
        for one in held:
            await one.__aenter__()

        with pytest.raises(TooManyAtOnce) as refused:
            async with turns.own("a"):
                raise AssertionError("a turn too many")
        async with turns.own("b"):
            pass
        for one in held:
            await one.__aexit__(None, None, None)

        assert refused.value.params == {"limit": of_one}
        assert turns._by_caller == {}

    async def test_all_callers_together_have_so_many(self) -> None:
        turns = Turns(2)
        async with turns.among_all(), turns.among_all():
            with pytest.raises(TooManyAtOnce):
                async with turns.among_all():
                    raise AssertionError("a third turn")

        async with turns.among_all():
            pass

    async def test_who_waits_gets_the_turn_of_who_ends_or_fails(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(places, "TURN_S", 10.0)
        turns = Turns(1)
        order: list[str] = []

        async def batch(name: str) -> None:
            async with turns.own("a"):
                order.append(name)
                await asyncio.sleep(0)
                if name == "first":
                    raise KeyError(name)

        first, second, third = (
            asyncio.ensure_future(batch(name)) for name in ("first", "second", "third")
        )
        await asyncio.gather(first, second, third, return_exceptions=True)

        assert order == ["first", "second", "third"]
        assert isinstance(first.exception(), KeyError)
        assert turns._by_caller == {}
