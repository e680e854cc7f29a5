"""What a declaration still lacks, at each step."""

import pytest

from services.customs.domain.declarations.missing import Progress, missing
from services.customs.domain.declarations.phase import Phase


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


def test_what_is_missing_at_each_step() -> None:
    assert codes(a_progress(Phase.DRAFT, has_waybill=False)) == ["waybill"]
    assert codes(a_progress(Phase.DRAFT, has_waybill=False, is_unroutable=True)) == ["route"]
    assert codes(a_progress(Phase.DRAFT, has_order=False)) == ["order"]
    assert codes(a_progress(Phase.BLOCKED)) == ["correction"]
    assert codes(a_progress(Phase.QUEUED))[:3] == ["transmission", "receipt_120", "receipt_800"]
    assert codes(a_progress(Phase.ACCEPTED))[:2] == ["receipt_800", "screening"]
    assert codes(a_progress(Phase.INSPECTION))[0] == "customs_decision"
    assert codes(a_progress(Phase.RETURNED)) == ["redeclaration"]
    assert codes(a_progress(Phase.RELEASED, is_held=True))[0] == "recheck"

    done = a_progress(Phase.RELEASED, is_screened=True, has_departed=True, departure_reported=True)

    assert codes(done) == ["receipt_899"]
    assert codes(a_progress(Phase.CLOSED)) == []


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
    found = missing(a_progress(phase))

    assert next((one.code for one in found), None) == first

    for one in found:
        for english, chinese in zip(one.words("en"), one.words("zh-CN"), strict=True):
            assert english.isascii()
            assert any("\u4e00" <= character <= "\u9fff" for character in chinese)
