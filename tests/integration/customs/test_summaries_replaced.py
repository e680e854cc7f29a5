"""A summary that another one replaces, and summaries of which customs has taken only a part."""

from datetime import timedelta
from typing import Any

import pytest

from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.messages.values import CHINA
from services.customs.domain.summaries import grouping
from tests.kit.clock import ManualClock
from tests.support.worlds.customs import NS, CustomsOperator, CustomsWorld
from tests.support.worlds.messages import compose
from tests.support.worlds.summaries import (
    LAST_MONTH_S,
    forget_lists,
    local,
    message,
    node,
    post_xml,
    release,
    sent_parts,
    summarising,
)


@pytest.fixture
def summarised(customs: CustomsWorld) -> CustomsWorld:
    return summarising(customs)


@pytest.fixture
async def month(customs: CustomsWorld, clock: ManualClock) -> str:
    """One that no other test has lists in."""
    await forget_lists(customs)
    return f"{clock.now().astimezone(CHINA) - timedelta(seconds=LAST_MONTH_S):%Y-%m}"


async def say(
    office: CustomsOperator, clock: ManualClock, summary: dict[str, Any], status: str, **said: Any
) -> None:
    """By the port or by customs about a part, the first by default; `at_s`: when."""
    at = clock.now() + timedelta(seconds=said.pop("at_s", 5))
    fields = {
        "agentCode": summary["declarant"],
        "copNo": summary["cop_no"],
        "msgSeqNo": str(said.pop("part", 1)),
        "returnStatus": status,
        "returnTime": local(at),
        "returnInfo": "x",
    }
    await post_xml(office, message("CEB702", node("SummaryReturn", "", **fields)))


async def apply(
    office: CustomsOperator, month: str, *, replaces: str | None = None
) -> list[dict[str, Any]]:
    body = {"month": month} | ({"replaces": replaces} if replaces else {})
    answer = await office.http.post("/v1/summaries", json=body)
    assert answer.status_code in (200, 201), answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def waiting(office: CustomsOperator, month: str) -> int:
    answer = await office.http.post("/v1/summaries:preview", json={"month": month})
    lists: int = answer.json()["lists"]
    return lists


async def resend(office: CustomsOperator, summary: dict[str, Any]) -> int:
    body = {"document_ids": [summary["id"]]}
    answer = await office.http.post("/v1/documents:resend", json=body)
    status: int = answer.json()["items"][0]["status"]
    return status


async def leave(customs: CustomsWorld) -> None:
    """Whatever may leave does."""
    await customs.let_all_leave()
    await customs.send()


async def test_a_replaced_summary_leaves_no_more(
    summarised: CustomsWorld, office: CustomsOperator, clock: ManualClock, month: str
) -> None:
    (row,) = await release(summarised, office, 1)
    (first,) = await apply(office, month)
    await leave(summarised)
    await say(office, clock, first, "-3001")
    (second,) = await apply(office, month, replaces=first["id"])
    assert (second["lists"], second["replaces"]) == (1, first["id"])

    await leave(summarised)
    # Late, and one more answer that would make it go again.
    await say(office, clock, first, "4", at_s=6)
    await leave(summarised)
    sent = [sent_parts(summarised, one["cop_no"]) for one in (first, second)]
    numbers = [[part.findtext(f".//{NS}invtNo") for part in parts] for parts in sent]
    assert numbers == [[row["invt_no"]], [row["invt_no"]]]
    assert await resend(office, first) == 409
    assert await waiting(office, month) == 0
    again = await office.http.post("/v1/summaries", json={"month": month, "replaces": first["id"]})
    assert again.json()["errors"][0]["code"] == "customs.summary.not_replaceable"


@pytest.mark.parametrize("answers", [[], ["-625099", "399"], ["100"]])
async def test_only_a_refused_summary_is_replaced(
    summarised: CustomsWorld,
    office: CustomsOperator,
    clock: ManualClock,
    month: str,
    answers: list[str],
) -> None:
    await release(summarised, office, 1)
    (first,) = await apply(office, month)
    if answers:
        await leave(summarised)
    for at_s, status in enumerate(answers, start=1):
        await say(office, clock, first, status, at_s=at_s)
    for replaces in (first["id"], f"doc_{'0' * 32}"):
        body = {"month": month, "replaces": replaces}
        answer = await office.http.post("/v1/summaries", json=body)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/replaces"


async def test_a_summary_that_is_under_way_is_not_replaced(
    summarised: CustomsWorld, office: CustomsOperator, clock: ManualClock, month: str
) -> None:
    """It was refused, and is in a message that has not left yet."""
    await release(summarised, office, 1)
    (first,) = await apply(office, month)
    await leave(summarised)
    await say(office, clock, first, "-625099")
    assert await resend(office, first) == 200
    await compose(summarised, DocumentKind.SUMMARY)

    body = {"month": month, "replaces": first["id"]}
    answer = await office.http.post("/v1/summaries", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "customs.document.under_way")


async def test_customs_may_take_a_replaced_summary_after_all(
    summarised: CustomsWorld, office: CustomsOperator, clock: ManualClock, month: str
) -> None:
    await release(summarised, office, 1)
    (first,) = await apply(office, month)
    await leave(summarised)
    await say(office, clock, first, "-625099")
    (second,) = await apply(office, month, replaces=first["id"])
    await say(office, clock, first, "399", at_s=6)
    await leave(summarised)

    assert sent_parts(summarised, second["cop_no"]) == []
    shown = await office.get(f"/v1/summaries/{second['id']}")
    assert shown["status"] == "withdrawn"
    assert await waiting(office, month) == 0


async def test_what_was_asked_for_is_not_sent_once_it_is_answered(
    summarised: CustomsWorld, office: CustomsOperator, clock: ManualClock, month: str
) -> None:
    await release(summarised, office, 1)
    (summary,) = await apply(office, month)
    await leave(summarised)
    assert await resend(office, summary) == 200
    await say(office, clock, summary, "399")
    await leave(summarised)

    assert len(sent_parts(summarised, summary["cop_no"])) == 1


@pytest.mark.parametrize("refusal", ["100", "-625099"])
async def test_only_the_lists_of_the_part_that_was_not_taken_wait_again(
    summarised: CustomsWorld,
    office: CustomsOperator,
    clock: ManualClock,
    month: str,
    monkeypatch: pytest.MonkeyPatch,
    refusal: str,
) -> None:
    """Customs has accepted the first of two parts, of a list each."""
    monkeypatch.setattr(grouping, "LISTS_PER_PART", 1)
    await release(summarised, office, 2)
    (first,) = await apply(office, month)
    await leave(summarised)
    await say(office, clock, first, "399", part=1)
    await say(office, clock, first, refusal, part=2)

    is_returned = refusal == "100"
    assert await waiting(office, month) == (1 if is_returned else 0)
    (second,) = await apply(office, month, replaces=None if is_returned else first["id"])
    await leave(summarised)
    parts = sent_parts(summarised, first["cop_no"])
    numbers = [part.findtext(f".//{NS}invtNo") for part in parts]
    (again,) = sent_parts(summarised, second["cop_no"])
    assert [again.findtext(f".//{NS}invtNo")] == numbers[1:]


async def test_only_the_part_that_failed_is_sent_again(
    summarised: CustomsWorld,
    office: CustomsOperator,
    clock: ManualClock,
    month: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of three: customs has the first, the second failed, and nobody answered the third."""
    monkeypatch.setattr(grouping, "LISTS_PER_PART", 1)
    await release(summarised, office, 3)
    (summary,) = await apply(office, month)
    await leave(summarised)
    await say(office, clock, summary, "399", part=1)
    await say(office, clock, summary, "-3001", part=2)
    await leave(summarised)
    assert numbers_sent(summarised, summary) == ["1", "2", "2", "3"]

    await say(office, clock, summary, "-625099", part=2, at_s=60)
    assert await resend(office, summary) == 200
    await leave(summarised)
    assert numbers_sent(summarised, summary) == ["1", "2", "2", "2", "3", "3"]
    for part in (2, 3):
        await say(office, clock, summary, "399", part=part, at_s=120)
    shown = await office.get(f"/v1/summaries/{summary['id']}")
    assert shown["status"] == "accepted"


def numbers_sent(customs: CustomsWorld, summary: dict[str, Any]) -> list[str]:
    """Of the parts, all of them as new."""
    parts = sent_parts(customs, summary["cop_no"])
    assert {part.findtext(f".//{NS}appType") for part in parts} == {"1"}
    return sorted(part.findtext(f".//{NS}msgSeqNo") or "" for part in parts)
