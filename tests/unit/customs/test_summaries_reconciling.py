"""Results of summaries against the lines of our lists."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.customs.domain.receipts.summary_result import SummaryResult, SummaryResultLine
from services.customs.domain.summaries.reconciling import (
    LineKey,
    declared,
    reconcile,
)

AT = datetime(2026, 12, 16, 2, tzinfo=UTC)


def a_result(*lines: SummaryResultLine, **changes: object) -> SummaryResult:
    made = SummaryResult(
        sum_no="S" * 18,
        decl_seq_no="D" * 18,
        part=1,
        parts=1,
        op_date=AT,
        dec_state="7",
        guid=None,
        customs_code="4700",
        entry_id="",
        dec_tmp_no="",
        dec_pre_no="",
        agent_code="A",
        agent_name="A",
        ebc_code="B",
        ebc_name="B",
        decl_agent_code="A",
        decl_agent_name="A",
        gross_weight_kg=None,
        net_weight_kg=None,
        note="",
        lines=lines,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def a_line(invt_no: str, gnum: int, gseqno: int = 1) -> SummaryResultLine:
    return SummaryResultLine(invt_no, f"L{invt_no}", str(gseqno), str(gnum), "9405500000")


def ours(*keys: tuple[str, int]) -> list[tuple[LineKey, str, str]]:
    return [(LineKey(invt_no, str(gnum)), "9405500000", f"L{invt_no}") for invt_no, gnum in keys]


keys = st.sets(st.tuples(st.sampled_from("IJKLM"), st.integers(1, 12)), max_size=30)


@settings(max_examples=200)
@given(mine=keys, theirs=keys, per_part=st.integers(1, 7), seed=st.integers(0, 2**16))
def test_every_line_is_accounted_for_whatever_order_and_repetition(
    mine: set[tuple[str, int]], theirs: set[tuple[str, int]], per_part: int, seed: int
) -> None:
    rng = random.Random(seed)
    lines = [a_line(*key, gseqno=n) for n, key in enumerate(sorted(theirs), start=1)]
    chunks = [lines[at : at + per_part] for at in range(0, len(lines), per_part)]
    results = [
        a_result(*chunk, part=n, parts=len(chunks)) for n, chunk in enumerate(chunks, start=1)
    ]
    arrived = results + rng.choices(results, k=5) if results else []
    rng.shuffle(arrived)

    found = reconcile(ours(*mine), arrived)

    assert Counter(line.status for line in found) == Counter(
        {
            status: count
            for status, count in {
                "matched": len(mine & theirs),
                "missing": len(mine - theirs),
                "unexpected": len(theirs - mine),
            }.items()
            if count
        }
    )
    assert found == reconcile(ours(*mine), results)
    for line in found:
        key = (line.key.invt_no, int(line.key.gnum))
        assert (key in mine, key in theirs) == {
            "matched": (True, True),
            "missing": (True, False),
            "unexpected": (False, True),
        }[line.status]


def test_a_newer_result_replaces_the_older_one_of_its_part() -> None:
    old = a_result(a_line("I", 1), dec_state="1")
    new = a_result(
        a_line("I", 2), op_date=AT + timedelta(hours=1), dec_state="??", entry_id="E" * 18
    )
    for arrived in ([old, new], [new, old]):
        one, two = reconcile(ours(("I", 1), ("I", 2)), arrived)
        assert (one.status, two.status) == ("missing", "matched")
        assert (two.entry_id, two.dec_state) == ("E" * 18, "??")
        (made,) = declared(arrived)
        assert (made.dec_state, made.entry_id, made.received) == ("??", "E" * 18, 1)


def test_a_line_in_two_declarations_is_unexpected_in_the_second() -> None:
    first, second = a_result(a_line("I", 1)), a_result(a_line("I", 1), decl_seq_no="E" * 18)
    found = reconcile(ours(("I", 1)), [second, first])
    assert [(line.decl_seq_no[0], line.status) for line in found] == [
        ("D", "matched"),
        ("E", "unexpected"),
    ]


@pytest.mark.parametrize(("parts", "come"), [(1, [1]), (3, [3, 1])])
def test_parts_that_have_not_come_are_counted(parts: int, come: list[int]) -> None:
    results = [a_result(part=part, parts=parts) for part in come]
    (made,) = declared(results)
    assert (made.parts, made.received) == (parts, len(come))
