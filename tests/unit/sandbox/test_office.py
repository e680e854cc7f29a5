"""The office's desk: files from `out/`, receipts when they are due, files to `done/` at the end."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from deploy.sandbox.customs_office.answers.decisions import (
    Verdict,
    failure_of,
    receipts_for,
    verdict_on,
)
from deploy.sandbox.customs_office.office import CustomsOffice
from deploy.sandbox.park import SeededPark
from tests.kit.clock import ManualClock
from tests.support import uploads as ceb
from tests.unit.sandbox.scripted_api import Answer, Asked, ScriptedApi

AT = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
SEED = 1


def a_ceb603(cop_no: str, sku: str) -> str:
    node = ceb.a_list(
        [{"itemNo": sku, "qty": "1", "totalPrice": "5"}], copNo=cop_no, logisticsNo=f"W-{cop_no}"
    )
    return ceb.message("CEB603", node).decode()


def a_ceb509(*waybills: str) -> str:
    node = ceb.a_departure([{"logisticsNo": waybill} for waybill in waybills])
    return ceb.message("CEB509", node).decode()


def a_sku(verdict: Verdict, *, upload_fails: bool = False) -> str:
    """Goods that the seed decides like this."""
    for n in range(100_000):
        content = f"502 {n}x1"
        fails = failure_of(content, SEED) is not None
        if verdict_on(content, SEED) is verdict and fails is upload_fails:
            return str(n)
    raise AssertionError("no such goods")


def all_taken(asked: Asked) -> Answer:
    count = len(ET.fromstring(asked.body.encode()))
    return 202, {"status": "read", "receipts": [{"status": "new"} for _ in range(count)]}


class Desk:
    """An office whose clock and rounds are made by hand."""

    def __init__(self, park: SeededPark, folder: Path) -> None:
        self.folder, self.clock = folder, ManualClock(AT)
        self._client = park.client("customs")
        self.office = self.reopened()

    def reopened(self) -> CustomsOffice:
        """A new life of the office, on the same folders."""
        self.office = CustomsOffice(self.folder, self._client, self.clock, SEED)
        return self.office

    def hand_in(self, name: str, message: str) -> None:
        (self.folder / "out" / name).write_text(message, encoding="utf-8")

    async def round(self, **after: float) -> int:
        self.clock.advance(**after)
        self.office._take_files()
        return await self.office._send_due()

    def names(self, folder: str) -> list[str]:
        return sorted(path.name for path in (self.folder / folder).iterdir())


def statuses(api: ScriptedApi) -> list[str]:
    return [
        status.text or ""
        for asked in api.asked_for("/v1/receipts")
        for status in ET.fromstring(asked.body.encode()).iter(f"{{{ceb.NS}}}returnStatus")
    ]


@pytest.fixture
def desk(api: ScriptedApi, park: SeededPark, tmp_path: Path) -> Desk:
    api.script("POST", "/v1/receipts", all_taken)
    return Desk(park, tmp_path / "single-window")


async def test_receipts_come_when_they_are_due_and_the_file_leaves_with_the_last(
    api: ScriptedApi, desk: Desk
) -> None:
    desk.hand_in("a.xml", a_ceb603("AL1", a_sku(Verdict.RETURN)))

    await desk.round()
    at_once = statuses(api)
    await desk.round(minutes=3)
    before_the_last, still_out = statuses(api), desk.names("out")
    await desk.round(minutes=40)

    assert at_once == []
    assert before_the_last == ["2", "3"]
    assert still_out == ["a.xml"]
    assert "100" in statuses(api)
    assert (desk.names("out"), desk.names("done")) == ([], ["a.xml"])


async def test_a_released_list_gets_every_step(api: ScriptedApi, desk: Desk) -> None:
    desk.hand_in("a.xml", a_ceb603("AL1", a_sku(Verdict.RELEASE)))

    await desk.round()
    await desk.round(hours=2)

    assert set(statuses(api)) >= {"2", "3", "120", "399", "800"}
    assert desk.office.pending == 0


async def test_next_due_is_the_first_receipt(desk: Desk) -> None:
    desk.hand_in("a.xml", a_ceb603("AL1", a_sku(Verdict.RELEASE)))

    await desk.round()

    assert desk.office.next_due == AT + timedelta(minutes=1)


async def test_a_list_that_is_handed_over_twice_is_answered_once(
    api: ScriptedApi, desk: Desk
) -> None:
    sku = a_sku(Verdict.RELEASE)
    steps = receipts_for(f"502 {sku}x1", SEED)
    for name in ("a.xml", "b.xml"):
        desk.hand_in(name, a_ceb603("AL1", sku))

    await desk.round()
    first_out = desk.names("done")
    await desk.round(hours=2)

    assert first_out == ["b.xml"]
    assert sorted(statuses(api)) == sorted(step.status for step in steps)


async def test_a_failed_upload_is_the_only_answer_until_the_list_comes_again(
    api: ScriptedApi, desk: Desk
) -> None:
    message = a_ceb603("AL1", a_sku(Verdict.RELEASE, upload_fails=True))
    desk.hand_in("a.xml", message)
    await desk.round()
    await desk.round(hours=2)
    failed, sent_back = statuses(api), set(desk.office.sent_back)

    desk.hand_in("b.xml", message)
    await desk.round()
    await desk.round(hours=2)

    assert len(failed) == 1
    assert sent_back == {"AL1"}
    assert "800" in statuses(api)[1:]
    assert desk.office.sent_back == set()


async def test_a_departure_is_accepted_and_later_closes_its_lists(
    api: ScriptedApi, desk: Desk
) -> None:
    desk.hand_in("a.xml", a_ceb603("AL1", a_sku(Verdict.RELEASE)))
    await desk.round()
    await desk.round(hours=2)
    before = len(statuses(api))
    desk.hand_in("d.xml", a_ceb509("W-AL1"))

    await desk.round()
    left = set(desk.office.left_waybills)
    await desk.round(minutes=4)
    accepted = statuses(api)[before:]
    await desk.round(hours=2)

    assert left == {"W-AL1"}
    assert accepted == ["2", "399"]
    assert statuses(api)[before:] == ["2", "399", "899"]


async def test_an_office_that_starts_again_finds_lists_in_its_archive(
    api: ScriptedApi, desk: Desk
) -> None:
    desk.hand_in("a.xml", a_ceb603("AL1", a_sku(Verdict.RELEASE)))
    await desk.round()
    await desk.round(hours=2)

    desk.reopened()
    desk.hand_in("d.xml", a_ceb509("W-AL1"))
    await desk.round()
    await desk.round(hours=2)

    assert statuses(api)[-1] == "899"
    assert desk.office.unreadable == []


async def test_an_office_that_was_killed_answers_again_from_the_start(
    api: ScriptedApi, desk: Desk
) -> None:
    desk.hand_in("a.xml", a_ceb603("AL1", a_sku(Verdict.RELEASE)))
    await desk.round()
    await desk.round(minutes=3)

    desk.reopened()
    await desk.round()
    await desk.round(hours=2)

    assert statuses(api).count("2") >= 2
    assert "800" in statuses(api)
    assert desk.names("done") == ["a.xml"]


async def test_a_departure_of_an_unknown_waybill_is_noted(desk: Desk) -> None:
    desk.hand_in("d.xml", a_ceb509("W-9"))

    await desk.round()

    assert desk.office.unreadable == ["DP0001: no list is known for waybill W-9"]


async def test_a_file_that_is_not_a_message_is_noted_sent_back_and_put_away(
    api: ScriptedApi, desk: Desk
) -> None:
    desk.hand_in("x.xml", "<a/>")

    await desk.round()
    await desk.round(minutes=2)

    assert desk.office.unreadable == ["x.xml: the root is a"]
    (asked,) = api.asked_for("/v1/receipts")
    assert ET.fromstring(asked.body.encode()).tag == f"{{{ceb.NS}}}CEB900Message"
    assert desk.names("done") == ["x.xml"]


async def test_files_that_are_still_being_written_are_left_alone(desk: Desk) -> None:
    for name in (".a.xml", "a.xml.tmp"):
        desk.hand_in(name, "<half")

    await desk.round()

    assert desk.office.unreadable == []
    assert desk.names("out") == [".a.xml", "a.xml.tmp"]


async def test_receipts_that_the_park_cannot_match_are_counted(
    api: ScriptedApi, park: SeededPark, tmp_path: Path
) -> None:
    receipts = [{"status": "unmatched"}, {"status": "new"}]
    api.script("POST", "/v1/receipts", (202, {"status": "read", "receipts": receipts}))
    desk = Desk(park, tmp_path)
    desk.hand_in("a.xml", a_ceb603("AL1", a_sku(Verdict.RELEASE)))
    await desk.round()

    await desk.round(minutes=2)

    assert desk.office.unmatched == 1
    assert desk.office.sent == {"2": 1, "3": 1}
