"""Which keys and which late reports are somebody's work, and whose."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from services.customs.domain.messages.signing.complaint import KnownKey
from services.customs.domain.movements.waiting import Stall
from services.customs.domain.work import _STALLED, work_of_keys

NOW: Final = datetime(2026, 11, 27, tzinfo=UTC)


def a_key(status: str, *, days: float = 365) -> KnownKey:
    return KnownKey("0a", "示例报关", NOW + timedelta(days=days), status, None, False, NOW)


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (a_key("ready"), None),
        (a_key("ready", days=30.1), None),
        (a_key("ready", days=29.9), "key_expires"),
        (a_key("expired", days=-1), "key_expired"),
        (a_key("not_yet_valid"), "key_not_yet_valid"),
        (a_key("set_aside"), "key_failing"),
        (a_key("distrusted"), "key_distrusted"),
    ],
)
def test_a_key_is_work_if_it_ends_soon_or_does_not_sign(key: KnownKey, code: str | None) -> None:
    found = list(work_of_keys([key], real_now=NOW))

    assert [one.said.code for one in found] == ([] if code is None else [code])
    by = key.valid_until if key.status == "ready" else NOW
    assert {(one.said.owner, one.by) for one in found} <= {("us", by)}


@pytest.mark.parametrize("stall", Stall)
def test_every_way_to_stall_is_somebodys_move_in_both_languages(stall: Stall) -> None:
    said = _STALLED[stall]

    assert said.owner == "park"
    for text in (said.detail, said.remedy):
        assert text.en.isascii()
        assert any("\u4e00" <= character <= "\u9fff" for character in text.zh)
