"""Released lists are declared by a month's summary: by REST, and by receipts and results."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from services.customs import jobs
from services.customs.domain.messages.values import CHINA
from services.customs.use_cases import metrics
from shared.kafka import JobContext
from tests.kit.clock import ManualClock
from tests.support.worlds.customs import NS, CustomsOperator, CustomsWorld
from tests.support.worlds.summaries import (
    LAST_MONTH_S,
    forget_lists,
    local,
    message,
    node,
    post_xml,
    release,
    summarising,
)

SUM_NO = "S00000000000000001"


@pytest.fixture
def summarised(customs: CustomsWorld) -> CustomsWorld:
    return summarising(customs)


@pytest.fixture
async def month(customs: CustomsWorld, clock: ManualClock) -> str:
    """One that no other test has lists in."""
    await forget_lists(customs)
    return f"{clock.now().astimezone(CHINA) - timedelta(seconds=LAST_MONTH_S):%Y-%m}"


def result(at: datetime, *lines: tuple[str, str], **changes: str) -> str:
    head = {
        "sumNo": SUM_NO,
        "opDate": local(at),
        "declSeqNo": "D00000000000000001",
        "decState": "X9",
        "msgCount": "1",
        "msgSeqNo": "1",
    }
    listed = "".join(
        node("SummaryResultList", "", invtNo=one, gseqno="1", gnum=gnum, gcode="9405500000")
        for one, gnum in lines
    )
    head_node = node("SummaryResultHead", "", **(head | changes))
    return message("CEB792", node("SummaryResult", head_node + listed))


async def lines_of(office: CustomsOperator, summary_id: str, **params: Any) -> list[Any]:
    found: list[Any] = []
    cursor: dict[str, Any] = {}
    while True:
        page = await office.get(f"/v1/summaries/{summary_id}/lines", limit=2, **params, **cursor)
        found += [(one["invt_no"], one["gnum"], one["status"]) for one in page["items"]]
        if page["next"] is None:
            return found
        cursor = {"cursor": page["next"]}


async def test_the_way_of_a_summary(
    summarised: CustomsWorld, office: CustomsOperator, clock: ManualClock, month: str
) -> None:
    rows = await release(summarised, office)
    body = {"month": month, "summary_flag": "1"}
    running = {"month": f"{clock.now().astimezone(CHINA):%Y-%m}"}
    early = await office.http.post("/v1/summaries", json=running)
    assert (early.status_code, early.json()["code"]) == (409, "customs.summary.month_not_over")
    shown = (await office.http.post("/v1/summaries:preview", json=body)).json()
    assert (shown["lists"], shown["age"], shown["not_released"]) == (2, "overdue", 0)
    (group,) = shown["groups"]
    assert (group["lists"], group["lines"], group["hs_code"]) == (2, 4, "9405500000")

    await jobs.measure_summaries(JobContext(summarised.db, clock))
    assert metrics.LISTS_TO_SUMMARISE.labels("overdue")._value.get() == 2
    # Of October: due until the end of 15 November, in China.
    due_at = datetime(2026, 11, 16, tzinfo=CHINA)
    assert metrics.LISTS_DUE_SECONDS._value.get() == (due_at - clock.now()).total_seconds()
    made = await asyncio.gather(*(office.http.post("/v1/summaries", json=body) for _ in range(3)))
    assert sorted(one.status_code for one in made) == [200, 200, 201]
    (summary,) = next(one for one in made if one.status_code == 201).json()["items"]
    assert (summary["lists"], summary["month"], summary["parts"]) == (2, month, 1)
    assert (await office.get("/v1/summaries", month=month))["items"] == [summary]

    await summarised.send()
    roots = [ET.fromstring(path.read_bytes()) for path in summarised.folder.out.glob("*.xml")]
    (sent,) = (one for one in roots if one.tag == f"{NS}CEB701Message")
    numbers = {one.text for one in sent.iter(f"{NS}invtNo")}
    assert numbers == {row["invt_no"] for row in rows}
    (head,) = sent.iter(f"{NS}SummaryApplyHead")

    said = {
        "agentCode": summary["declarant"],
        "copNo": summary["cop_no"],
        "sumNo": SUM_NO,
        "msgSeqNo": "1",
        "returnStatus": "399",
        "returnTime": local(clock.now() + timedelta(seconds=5)),
        "returnInfo": "concluded",
    }
    assert head.findtext(f"{NS}copNo") == summary["cop_no"]
    early_result = result(clock.now(), (rows[0]["invt_no"], "1"))
    kept = await post_xml(office, early_result)
    assert [one["status"] for one in kept["receipts"]] == ["unmatched"]
    await post_xml(office, message("CEB702", node("SummaryReturn", "", **said)))
    read = await office.get(f"/v1/summaries/{summary['id']}")
    assert (read["status"], read["sum_no"], read["said"]) == ("accepted", SUM_NO, "concluded")
    # The result that came before its sumNo counts.
    assert read["lines"] == {"matched": 1, "missing": 3, "unexpected": 0}
    assert read["declarations"][0]["dec_state"] == "X9"

    later = clock.now() + timedelta(minutes=1)
    whole = result(
        later,
        *((row["invt_no"], gnum) for row in rows for gnum in ("1", "2")),
        ("470020261I999999999", "1"),
        entryId="E00000000000000001",
    )
    assert [one["status"] for one in (await post_xml(office, whole))["receipts"]] == ["new"]
    assert [one["status"] for one in (await post_xml(office, whole))["receipts"]] == ["known"]
    read = await office.get(f"/v1/summaries/{summary['id']}")
    assert read["lines"] == {"matched": 4, "missing": 0, "unexpected": 1}
    assert read["declarations"][0]["entry_id"] == "E00000000000000001"
    expected = [(row["invt_no"], gnum, "matched") for row in rows for gnum in ("1", "2")]
    expected.append(("470020261I999999999", "1", "unexpected"))
    assert await lines_of(office, summary["id"]) == sorted(expected)
    unexpected = await lines_of(office, summary["id"], status="unexpected")
    assert unexpected == expected[-1:]


async def test_lists_of_a_summary_that_was_sent_back_wait_again(
    summarised: CustomsWorld, office: CustomsOperator, clock: ManualClock, month: str
) -> None:
    await release(summarised, office, 1)
    body = {"month": month}
    (summary,) = (await office.http.post("/v1/summaries", json=body)).json()["items"]
    await summarised.send()
    for seconds, status, waiting in ((1, "-623001", 0), (2, "100", 1)):
        said = {
            "agentCode": summary["declarant"],
            "copNo": summary["cop_no"],
            "msgSeqNo": "1",
            "returnStatus": status,
            "returnTime": local(clock.now() + timedelta(seconds=seconds)),
            "returnInfo": "no",
        }
        await post_xml(office, message("CEB702", node("SummaryReturn", "", **said)))
        shown = (await office.http.post("/v1/summaries:preview", json=body)).json()
        assert shown["lists"] == waiting


async def test_a_simplified_list_needs_no_summary(
    customs: CustomsWorld, office: CustomsOperator, month: str
) -> None:
    (row,) = await customs.declare(customs.an_order())
    for status in ("120", "800"):
        await office.answer(customs.receipt(row, status) | {"invt_no": "470020261I1"})
    shown = (await office.http.post("/v1/summaries:preview", json={"month": month})).json()
    assert (shown["lists"], shown["groups"]) == (0, [])

    made = await office.http.post("/v1/summaries", json={"month": month})
    assert (made.status_code, made.json()) == (200, {"items": []})
    document = (await office.http.get("/openapi.json")).json()
    assert {"200", "201"} <= document["paths"]["/v1/summaries"]["post"]["responses"].keys()


async def waiting_lists(office: CustomsOperator, **filters: Any) -> list[dict[str, Any]]:
    """Page by page."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, Any] = {}
    while True:
        page = await office.get("/v1/summaries/waiting", limit=1, **filters, **cursor)
        found += page["items"]
        if page["next"] is None:
            return found
        cursor = {"cursor": page["next"]}


async def test_what_waits_for_a_summary_is_listed(
    summarised: CustomsWorld, office: CustomsOperator, clock: ManualClock, month: str
) -> None:
    first, second = await release(summarised, office)
    (unnumbered,) = await release(summarised, office, 1, has_number=False)
    (today,) = await release(summarised, office, 1, ago_s=0)
    running = f"{clock.now().astimezone(CHINA):%Y-%m}"

    every = await waiting_lists(office)

    shown = [(one["declaration_id"], one["month"], one["age"], one["invt_no"]) for one in every]
    assert shown == [
        (first["id"], month, "overdue", first["invt_no"]),
        (second["id"], month, "overdue", second["invt_no"]),
        (unnumbered["id"], month, "overdue", None),
        (today["id"], running, "later", today["invt_no"]),
    ]
    assert (every[0]["due_on"], every[0]["customs_code"], every[0]["lines"]) == (
        "2026-11-15",
        summarised.settings.customs_code,
        2,
    )
    for name, value in (
        ("month", running),
        ("merchant_id", today["tenant_id"]),
    ):
        (found,) = await waiting_lists(office, **{name: value})
        assert found == every[-1]
    own = {name: every[0][name] for name in ("consignor", "customs_code")}
    assert await waiting_lists(office, **own) == every
    assert await waiting_lists(office, customs_code="9999") == []

    await office.http.post("/v1/summaries", json={"month": month})
    assert [one["declaration_id"] for one in await waiting_lists(office)] == [
        unnumbered["id"],
        today["id"],
    ]
