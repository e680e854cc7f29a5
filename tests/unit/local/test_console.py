"""What a person reads while a park starts: a numbered line per step, also when one fails."""

import re

import pytest

from deploy.local.console import Steps, fix, note


def test_each_step_has_a_number_a_result_and_its_detail(
    capsys: pytest.CaptureFixture[str],
) -> None:
    steps = Steps(2)

    with steps.step("checks") as detail:
        detail.append("all")
        detail.append("fine")
    steps.done("kafka", 12.34, "port 19092")

    first, second = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"  \[1/2\] checks +ok +0\.\d s   all fine", first)
    assert second == "  [2/2] kafka              ok   12.3 s   port 19092"


def test_a_step_that_fails_says_so_and_the_failure_goes_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(ValueError, match="why"), Steps(1).step("checks"):
        raise ValueError("why")

    assert "[1/1] checks             failed" in capsys.readouterr().out


def test_the_way_out_is_on_the_error_output_and_notes_are_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    note("something to know")
    fix("do this")

    said = capsys.readouterr()
    assert said.err == "Fix: do this\n"
    assert said.out.strip() == "note  something to know"
