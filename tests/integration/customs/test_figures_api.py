"""GET /v1/figures: what is counted of a stretch of time, and of whom."""

from datetime import timedelta
from typing import Any

from httpx2 import AsyncClient

from services.customs import jobs
from services.customs.use_cases import metrics
from shared.kafka import JobContext
from tests.support.worlds.customs import CustomsOperator, CustomsWorld


def by_name(answer: Any) -> dict[str, Any]:
    return {
        " ".join([one["name"], *(v for k, v in one["dimensions"].items() if k == "lane")]): one[
            "value"
        ]
        for one in answer["items"]
    }


async def test_first_pass_acceptance_counts_what_customs_decided_first(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient, merchant_id: str
) -> None:
    began = customs.clock.now()
    orders = [customs.an_order(merchant_id) for _ in range(4)]
    rows = await customs.declare(*orders)
    for row, code in zip(rows, ("800", "800", "100", "120"), strict=True):
        await office.answer(customs.receipt(row, "120", at_s=1))
        await office.answer(customs.receipt(row, code, at_s=2))

    async def figures(**params: Any) -> Any:
        answer = await merchant.get("/v1/figures", params=params)
        assert answer.status_code == 200, answer.text
        return by_name(answer.json())

    later = customs.clock.advance(minutes=5)

    assert await figures() == {"first_decisions": 3, "first_pass_acceptance": 0.6667}
    assert await figures(
        occurred_from=later.isoformat(), occurred_to=(later + timedelta(hours=1)).isoformat()
    ) == {"first_decisions": 0}
    early = {"occurred_to": began.isoformat()}
    assert await figures(**early) == {"first_decisions": 0}


async def test_the_lanes_are_counted_for_the_park(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    begin = customs.clock.now()
    order = customs.an_order()
    (row,) = await customs.declare(order)
    await office.answer(customs.receipt(row, "120"))
    lane = (await customs.declaration(order))["lane"]
    taken = metrics.LANE_TAKEN.labels(str(lane))
    before = taken._value.get()
    await office.take(lane)
    at = customs.clock.advance(minutes=1)
    report = {"declaration_id": row["id"], "lane": lane, "screened_at": at.isoformat()}
    await office.screened(report | {"passed": False})
    await jobs.measure_lanes(JobContext(customs.db, customs.clock))

    found = by_name(
        await office.get(
            "/v1/figures",
            occurred_from=begin.isoformat(),
            occurred_to=(begin + timedelta(hours=1)).isoformat(),
        )
    )

    assert found[f"lane_screenings {lane}"] >= 1
    assert found[f"lane_screenings_failed {lane}"] >= 1
    assert found[f"lane_use {lane}"] == round(found[f"lane_screenings {lane}"] / 1200, 4)
    assert taken._value.get() > before
    assert metrics.LANE_USE.labels(str(lane))._value.get() > 0


async def test_a_stretch_has_an_end_after_its_beginning_and_31_days_at_most(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    now = customs.clock.now()
    for begin in (now, now - timedelta(days=32)):
        params = {"occurred_from": begin.isoformat(), "occurred_to": now.isoformat()}
        answer = await office.http.get("/v1/figures", params=params)
        assert answer.status_code == 422, answer.text
        assert answer.json()["code"] == "customs.figures.range"
