"""Ids against RFC 9562: where time, version, counter and variant are, and what a clock may do."""

import os
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel import ids
from shared.kernel.ids import floor_id, is_id, new_id, uuid7_hex


@pytest.fixture
def machine_ms(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The machine's clock, made by hand, long after every id of this process."""
    now_ms = [2**47]
    monkeypatch.setattr(ids, "real_time_ms", lambda: now_ms[0])
    monkeypatch.setattr(ids, "_last_ms", 0)
    monkeypatch.setattr(ids, "_counter", 0)
    return now_ms


def counter_of(hex_digits: str) -> int:
    return int(hex_digits[13:16], 16)


def ms_of(hex_digits: str) -> int:
    return int(hex_digits[:12], 16)


def test_an_id_holds_its_millisecond_its_version_and_its_variant(machine_ms: list[int]) -> None:
    made = uuid.UUID(uuid7_hex())

    assert made.int >> 80 == machine_ms[0]
    assert made.version == 7
    assert made.variant == uuid.RFC_4122


def test_the_last_62_bits_are_random(
    machine_ms: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ones = {2: b"\x00\x00", 8: b"\xff" * 8}
    monkeypatch.setattr(os, "urandom", ones.__getitem__)
    assert uuid7_hex()[16:] == "bfffffffffffffff"

    ones[8] = b"\x00" * 8
    assert uuid7_hex()[16:] == "8000000000000000"


def test_a_millisecond_begins_with_room_for_two_thousand_ids(
    machine_ms: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "urandom", lambda count: b"\xff" * count)

    first = uuid7_hex()

    assert counter_of(first) == 0x7FF


def test_ids_of_one_millisecond_count_up_by_one(machine_ms: list[int]) -> None:
    made = [uuid7_hex() for _ in range(3)]

    start = counter_of(made[0])
    assert [counter_of(one) for one in made] == [start, start + 1, start + 2]
    assert {ms_of(one) for one in made} == {machine_ms[0]}


def test_a_full_millisecond_borrows_the_next_one(
    machine_ms: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "urandom", lambda count: b"\xff" * count)

    made = [uuid7_hex() for _ in range(0xFFF - 0x7FF + 2)]

    assert (ms_of(made[-2]), counter_of(made[-2])) == (machine_ms[0], 0xFFF)
    assert (ms_of(made[-1]), counter_of(made[-1])) == (machine_ms[0] + 1, 0)
    assert made == sorted(set(made))


@given(st.lists(st.integers(-3, 3), max_size=40))
def test_ids_rise_whatever_the_machines_clock_does(steps: list[int]) -> None:
    now_ms = 2**47
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ids, "real_time_ms", lambda: now_ms)
        patch.setattr(ids, "_last_ms", 0)
        patch.setattr(ids, "_counter", 0)
        made = [uuid7_hex()]
        for step in steps:
            now_ms += step
            made.append(uuid7_hex())

    assert made == sorted(set(made))


@pytest.mark.parametrize(
    "value",
    [
        "ord_" + "0" * 31,
        "ord_" + "0" * 33,
        "ord_" + "0" * 32 + "\n",
        "ord_" + "A" * 32,
        "ord-" + "0" * 32,
        "Ord_" + "0" * 32,
        "order_" + "0" * 32,
        "xord_" + "0" * 32,
        " ord_" + "0" * 32,
        "ord_" + "٠" * 32,
        "ord_",
        "",
    ],
)
def test_an_id_is_its_prefix_and_32_digits_and_nothing_else(value: str) -> None:
    assert is_id("ord_" + "0" * 32, "ord")
    assert not is_id(value, "ord")


def test_an_id_of_another_kind_is_not_one_of_this() -> None:
    assert not is_id(new_id("ord"), "or")
    assert not is_id(new_id("ord"), "prd")


@pytest.mark.parametrize("prefix", ["or", "orde", "ORD", "o1d", "ord\n", ""])
def test_a_prefix_has_three_small_letters(prefix: str) -> None:
    with pytest.raises(AssertionError):
        new_id(prefix)


@given(st.integers(0, 2**48 - 1))
def test_the_floor_of_a_millisecond_is_between_the_ids_around_it(ms: int) -> None:
    floor = floor_id("evt", ms)

    assert is_id(floor, "evt")
    assert floor <= f"evt_{ms:012x}" + "7" + "0" * 19
    if ms:
        assert floor > f"evt_{ms - 1:012x}" + "f" * 20
