"""The port is down: on demand, by a file, over HTTP; what waits, and what leaves afterwards. The
HTTP door itself."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import aiohttp
import pytest

from deploy.sandbox.customs_office.clerks.case import Rules
from deploy.sandbox.customs_office.office import CustomsOffice
from deploy.sandbox.customs_office.outages import How, Outage, Outages
from deploy.sandbox.park import SeededPark
from tests.kit.clock import ManualClock
from tests.support import uploads as ceb
from tests.unit.sandbox.scripted_api import Answer, Asked, ScriptedApi

AT = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)


def all_read(asked: Asked) -> Answer:
    return 202, {"status": "read", "receipts": [{"status": "new"}] * asked.body.count("<ceb:guid>")}


class Port:
    """An office whose clock and rounds are made by hand."""

    def __init__(self, park: SeededPark, folder: Path, *, drops_answers: bool = False) -> None:
        self.folder, self.clock = folder, ManualClock(AT)
        self.office = CustomsOffice(
            folder,
            park.client("customs"),
            self.clock,
            1,
            rules=Rules(),
            drops_answers=drops_answers,
        )

    def hand_in(self, name: str, message: bytes) -> None:
        (self.folder / "out" / name).write_bytes(message)

    async def round(self, **after: float) -> None:
        self.clock.advance(**after)
        self.office._take_files()
        await self.office._send_due()


def codes(api: ScriptedApi) -> list[str]:
    return [
        node.text or ""
        for asked in api.asked_for("/v1/receipts")
        for node in ET.fromstring(asked.body.encode()).iter(f"{{{ceb.NS}}}returnStatus")
    ]


@pytest.fixture
def port(api: ScriptedApi, park: SeededPark, tmp_path: Path) -> Port:
    api.script("POST", "/v1/receipts", all_read)
    return Port(park, tmp_path)


LIST = ceb.message("CEB603", ceb.a_list(copNo="AL~120"))


async def test_a_shut_port_takes_nothing_until_it_is_over(api: ScriptedApi, port: Port) -> None:
    port.office.break_down(AT + HOUR)
    port.hand_in("a.xml", LIST)

    await port.round(minutes=59)
    shut = (codes(api), port.office.pending, port.office.next_due)
    await port.round(minutes=1)
    await port.round(minutes=10)

    assert shut == ([], 1, AT + HOUR)
    assert codes(api) == ["2", "3", "120"]


async def test_receipts_decided_before_an_outage_leave_late_with_their_old_dates(
    api: ScriptedApi, port: Port
) -> None:
    port.hand_in("a.xml", LIST)
    await port.round()
    port.office.break_down(AT + HOUR)
    await port.round(minutes=30)
    during = codes(api)

    await port.round(minutes=30)

    (asked,) = api.asked_for("/v1/receipts")
    times = [
        node.text or ""
        for node in ET.fromstring(asked.body.encode()).iter(f"{{{ceb.NS}}}returnTime")
    ]
    assert during == []
    assert codes(api) == ["2", "3", "120"]
    assert max(times) < "20261122111500000"  # ten past eleven in China


async def test_a_failing_port_answers_everything_with_4_and_takes_it_when_it_comes_again(
    api: ScriptedApi, port: Port
) -> None:
    port.office.break_down(AT + HOUR, How.FAILING)
    port.hand_in("a.xml", LIST)
    await port.round()
    await port.round(minutes=2)
    failed, owed = codes(api), set(port.office.sent_back)

    port.hand_in("b.xml", LIST)
    await port.round(hours=1)
    await port.round(minutes=10)

    assert failed == ["4"]
    assert owed == {"AL~120"}
    assert codes(api) == ["4", "2", "3", "120"]
    assert port.office.sent_back == set()


@pytest.mark.parametrize(("content", "how"), [("", How.SHUT), ("failing\n", How.FAILING)])
def test_a_file_breaks_the_port_while_it_is_there(tmp_path: Path, content: str, how: How) -> None:
    outages = Outages(tmp_path)
    (tmp_path / "port-is-down").write_text(content)

    broken = outages.at(AT)
    outages.mend(AT)

    assert broken is not None
    assert broken.how is how
    assert outages.at(AT) is None


def test_planned_outages_begin_and_end_by_themselves_and_mending_leaves_later_ones() -> None:
    outages = Outages(Path("/nowhere"), [Outage(AT, AT + HOUR), Outage(AT + 2 * HOUR, None)])

    assert [outages.is_shut(AT + n * HOUR) for n in (-1, 0, 1, 2, 9)] == [
        *(False, True, False, True, True)
    ]
    outages.mend(AT)
    assert [outages.is_shut(AT + n * HOUR) for n in (0, 2)] == [False, True]


async def test_answers_can_be_dropped_as_files(park: SeededPark, tmp_path: Path) -> None:
    port = Port(park, tmp_path, drops_answers=True)
    port.hand_in("a.xml", LIST)

    await port.round()
    await port.round(minutes=10)

    (path,) = (tmp_path / "in").iterdir()
    assert path.suffix == ".xml"
    assert ET.fromstring(path.read_bytes()).tag == f"{{{ceb.NS}}}CEB604Message"


async def test_a_park_that_refuses_an_answer_does_not_stop_the_office(
    api: ScriptedApi, park: SeededPark, tmp_path: Path
) -> None:
    api.script("POST", "/v1/receipts", (413, {"code": "too_large"}))
    port = Port(park, tmp_path)
    port.hand_in("a.xml", LIST)

    await port.round()
    await port.round(minutes=10)

    assert (port.office.unmatched, port.office.pending) == (3, 0)


def enveloped(raw: bytes) -> bytes:
    return (
        '<DxpMsg xmlns="http://www.chinaport.gov.cn/dxp" ver="1.0"><TransInfo>'
        "<CopMsgId>M1</CopMsgId><SenderId>DXPENT0000000000</SenderId><ReceiverIds>"
        "<ReceiverId>R</ReceiverId></ReceiverIds><CreatTime>2026-11-22T11:04:05</CreatTime>"
        "<MsgType>CEB603Message</MsgType></TransInfo>"
        f"<Data>{base64.b64encode(raw).decode()}</Data></DxpMsg>"
    ).encode()


XML = {"Content-Type": "application/xml", "Airlane-Message-Guid": ceb.guid(99)}


async def test_the_http_door_takes_a_message_once_and_its_answers_come_in_envelopes(
    api: ScriptedApi, port: Port
) -> None:
    async with port.office.door.open(0), aiohttp.ClientSession() as session:
        for _ in range(2):
            async with session.post(port.office.door.url, data=enveloped(LIST), headers=XML) as got:
                assert got.status == 202
        await port.round()
        await port.round(minutes=10)
        async with session.get(f"{port.office.door.url}ledger") as got:
            assert await got.json() == {"CEB603": {"120": 1}}

    (asked,) = api.asked_for("/v1/receipts")
    data = ET.fromstring(asked.body.encode()).findtext("{http://www.chinaport.gov.cn/dxp}Data")
    answers = ET.fromstring(base64.b64decode(data or ""))
    assert [node.text for node in answers.iter(f"{{{ceb.NS}}}returnStatus")] == ["2", "3", "120"]
    assert [path.name for path in (port.folder / "done").iterdir()] == [f"{ceb.guid(99)}.xml"]


@pytest.mark.parametrize("guid", ["../../x", "", "a" * 65])
async def test_a_guid_that_is_no_file_name_is_not_used_as_one(port: Port, guid: str) -> None:
    headers = XML | {"Airlane-Message-Guid": guid}
    async with (
        port.office.door.open(0),
        aiohttp.ClientSession() as session,
        session.post(port.office.door.url, data=LIST, headers=headers) as got,
    ):
        assert got.status == 202

    (path,) = (port.folder / "posted").iterdir()
    assert len(path.stem) == 32


async def test_the_http_door_can_be_broken_and_mended(port: Port) -> None:
    door = port.office.door
    async with door.open(0), aiohttp.ClientSession() as session:

        async def post(headers: dict[str, str]) -> int:
            async with session.post(door.url, data=LIST, headers=headers) as got:
                return got.status

        async def control(method: str, body: str = "") -> int:
            async with session.request(method, f"{door.url}outage", data=body) as got:
                return got.status

        until = json.dumps({"until": (AT + HOUR).isoformat()})
        assert await control("PUT", until) == 200
        assert await post(XML) == 503
        assert await control("DELETE") == 200
        assert await post(XML) == 202
        assert await control("PUT", '{"how": "failing"}') == 200
        assert await post(XML) == 202
        assert await post({"Content-Type": "application/json"}) == 415
        for bad in ("[", "[]", '{"how": "slow"}', '{"until": "2026-11-22T10:00:00"}'):
            assert await control("PUT", bad) == 422


async def test_a_message_of_the_port_of_yesterday_is_remembered(
    api: ScriptedApi, port: Port, park: SeededPark
) -> None:
    """The office is closed and opened: what it has answered it knows, and answers no more."""
    port.hand_in("a.xml", LIST)
    port.hand_in("f.xml", ceb.message("CEB603", ceb.a_list(copNo="AL~4")))
    await port.round()
    await port.round(minutes=10)
    answered = codes(api)

    again = Port(park, port.folder)
    again.hand_in("b.xml", ceb.message("CEB603", ceb.a_list(copNo="AL~120", guid=ceb.guid(2))))
    await again.round(hours=1)
    await again.round(minutes=10)

    assert codes(api) == [*answered, "-621004"]
    assert port.office.sent_back == {"AL~4"}
    assert again.office.sent_back == set()  # nobody waits for it today
