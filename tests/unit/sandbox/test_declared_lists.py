"""Customs' declarations against the office's own ledger."""

import pytest

from deploy.sandbox.customs_office.inbound.papers import Key
from deploy.sandbox.ledgers.declarations import DeclaredList, customs_checks

FATES = "100 120 300 500 399 800 899 cancelled".split()
STATUSES = "returned accepted manual_review inspection concluded released closed cancelled".split()


def holds(status: str, fate: str | None, waiting: tuple[str, ...] = ()) -> list[bool]:
    """Of a list that customs calls `status` and the office `fate`; None: it has it not."""
    decided = {} if fate is None else {Key("CEB603", "P", "AL1"): fate}
    other = {Key("CEB303", "P", "AL1"): "100"}
    checks = customs_checks([DeclaredList("ord_1", "1", "AL1", status)], decided | other, waiting)
    return [check.ok for check in checks]


@pytest.mark.parametrize(("status", "fate"), [*zip(STATUSES, FATES, strict=True)])
def test_a_state_agrees_with_one_word_of_the_office(status: str, fate: str) -> None:
    found = [holds(status, other) for other in FATES]

    assert found == [[other == fate, True] for other in FATES]


@pytest.mark.parametrize("status", ["draft", "blocked", "queued", "withdrawn"])
def test_what_never_left_is_not_at_the_office(status: str) -> None:
    assert holds(status, None) == [True, True]
    assert holds(status, "120")[0] is False


@pytest.mark.parametrize("fate", ["4", "-621017"])
def test_what_failed_is_sent_again_or_withdrawn(fate: str) -> None:
    assert [holds(status, fate)[0] for status in ("queued", "withdrawn", "accepted")] == [
        True,
        True,
        False,
    ]


def test_a_list_that_is_to_be_cancelled_is_whatever_the_office_says() -> None:
    assert holds("cancel_requested", "800")[0]
    assert not holds("cancel_requested", "cancelled")[0]


def test_a_message_that_the_office_has_not_taken_is_named() -> None:
    assert holds("accepted", "120", waiting=("0190.xml",)) == [True, False]
