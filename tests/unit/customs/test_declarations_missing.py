"""What a declaration still lacks, at each step."""

import pytest

from services.customs.domain.declarations import missing as rules
from services.customs.domain.declarations.missing import Missing, Progress, missing
from services.customs.domain.declarations.phase import Phase

AFTER_SCREENING = ["departure", "departure_report", "receipt_899"]


def a_progress(phase: Phase, **changes: object) -> Progress:
    values: dict[str, object] = {
        "phase": phase,
        "has_order": True,
        "has_waybill": True,
        "is_unroutable": False,
        "is_cancelled": False,
        "is_screened": False,
        "is_held": False,
        "has_departed": False,
        "departure_reported": False,
    }
    return Progress(**{**values, **changes})  # type: ignore[arg-type]


def codes(progress: Progress) -> list[str]:
    return [one.code for one in missing(progress)]


@pytest.mark.parametrize(
    ("progress", "expected"),
    [
        (a_progress(Phase.DRAFT, has_waybill=False), ["waybill"]),
        (a_progress(Phase.DRAFT, has_waybill=False, is_unroutable=True), ["route"]),
        (a_progress(Phase.DRAFT, has_order=False), ["order"]),
        (a_progress(Phase.DRAFT, has_order=False, has_waybill=False), ["order", "waybill"]),
        (a_progress(Phase.BLOCKED), ["correction"]),
        (
            a_progress(Phase.QUEUED),
            ["transmission", "receipt_120", "receipt_800", "screening", *AFTER_SCREENING],
        ),
        (a_progress(Phase.ACCEPTED), ["receipt_800", "screening", *AFTER_SCREENING]),
        (
            a_progress(Phase.INSPECTION, is_screened=True),
            ["customs_decision", "receipt_800", *AFTER_SCREENING],
        ),
        (a_progress(Phase.RETURNED), ["redeclaration"]),
        (a_progress(Phase.RELEASED, is_held=True), ["recheck", *AFTER_SCREENING]),
        (a_progress(Phase.RELEASED, is_cancelled=True), []),
        (
            a_progress(Phase.RELEASED, is_screened=True, has_departed=True),
            ["departure_report", "receipt_899"],
        ),
        (
            a_progress(
                Phase.RELEASED, is_screened=True, has_departed=True, departure_reported=True
            ),
            ["receipt_899"],
        ),
        (a_progress(Phase.CLOSED), []),
    ],
)
def test_what_is_missing_comes_in_the_order_of_the_steps(
    progress: Progress, expected: list[str]
) -> None:
    assert codes(progress) == expected


@pytest.mark.parametrize(
    ("phase", "first"),
    [
        (Phase.DRAFT, "receipt_120"),
        (Phase.BLOCKED, "correction"),
        (Phase.VALIDATED, "receipt_120"),
        (Phase.QUEUED, "transmission"),
        (Phase.SIGNED, "receipt_120"),
        (Phase.TRANSMITTED, "receipt_120"),
        (Phase.STAGED, "receipt_120"),
        (Phase.DECLARING, "receipt_120"),
        (Phase.SENT, "receipt_120"),
        (Phase.SEND_FAILED, "repair"),
        (Phase.REJECTED_TECHNICAL, "repair"),
        (Phase.RETURNED, "redeclaration"),
        (Phase.ACCEPTED, "receipt_800"),
        (Phase.MANUAL_REVIEW, "customs_decision"),
        (Phase.INSPECTION, "customs_decision"),
        (Phase.CONCLUDED, "receipt_800"),
        (Phase.RELEASED, "screening"),
        (Phase.CLOSED, None),
        (Phase.WITHDRAWN, None),
        (Phase.CANCEL_REQUESTED, "receipt_120"),
    ],
)
def test_what_comes_next_in_each_phase(phase: Phase, first: str | None) -> None:
    """With both documents there and the parcel not screened yet."""
    assert next(iter(codes(a_progress(phase))), None) == first


@pytest.mark.parametrize(
    "one",
    [value for value in vars(rules).values() if isinstance(value, Missing)],
    ids=lambda one: one.code,
)
def test_what_is_missing_is_said_in_both_languages(one: Missing) -> None:
    english, chinese = one.words("en"), one.words("zh-CN")

    assert all(text.isascii() for text in english)
    assert all(any("\u4e00" <= character <= "\u9fff" for character in text) for text in chinese)
