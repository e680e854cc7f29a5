"""GET /v1/work: what waits for whom, as it is stored, is what the state says; alarms of clocks."""

from datetime import timedelta
from typing import Any

from services.customs import jobs
from services.customs.use_cases import metrics
from shared.kafka import JobContext
from shared.kernel.ids import new_id
from tests.support.worlds.customs import CustomsOperator, CustomsWorld


async def the_work(office: CustomsOperator, merchant_id: str, **params: Any) -> list[Any]:
    response = await office.http.get(
        "/v1/work", params=params, headers={"Airlane-Tenant": merchant_id}
    )
    assert response.status_code == 200, response.text
    items: list[Any] = response.json()["items"]
    return items


async def test_what_is_stored_is_what_the_state_says_at_every_step(
    customs: CustomsWorld, office: CustomsOperator, merchant_id: str
) -> None:
    order, flight = customs.an_order(merchant_id), new_id("flt")
    seen: list[str] = []

    async def check() -> None:
        row = await customs.declaration(order)
        missing = (await office.get(f"/v1/declarations/{row['id']}/missing"))["items"]
        first = [one for one in missing if one["code"] != "departure_report"][:1]
        found = await the_work(office, merchant_id)
        assert [(one["code"], one["owner"]) for one in found] == [
            (one["code"], one["owner"]) for one in first
        ]
        seen.extend(one["code"] for one in found)

    async def screened(*, passed: bool) -> None:
        row = await customs.declaration(order)
        at = customs.clock.advance(minutes=1)
        report = {
            "declaration_id": row["id"],
            "lane": 1,
            "passed": passed,
            "screened_at": at.isoformat(),
        }
        await office.screened(report)

    await customs.consume(customs.placed(order))
    await check()
    await customs.consume(customs.unroutable(order))
    await check()
    await customs.consume(customs.booked(order, version=2, flight_id=flight))
    await check()
    await customs.send()
    await check()
    row = await customs.declaration(order)
    for code, at_s in (("4", 1), ("120", 2), ("500", 3), ("800", 4)):
        await office.answer(customs.receipt(row, code, at_s=at_s))
        await check()
    await screened(passed=False)
    await check()
    await screened(passed=True)
    await check()
    customs.clock.advance(hours=8)
    await customs.consume(customs.departed(order, flight_id=flight))
    await check()
    await office.answer(customs.receipt(row, "899"))
    await check()

    assert seen == [
        "waybill",
        "route",
        *([seen[2]] if seen[2].startswith("accepted_") else ["transmission"]),
        "receipt_120",
        "repair",
        "receipt_800",
        "customs_decision",
        "screening",
        "recheck",
        "departure",
        "receipt_899",
    ]


async def test_the_most_urgent_comes_first_and_filters_find_their_own(
    customs: CustomsWorld, office: CustomsOperator, merchant_id: str
) -> None:
    late, soon, never = (customs.an_order(merchant_id) for _ in range(3))
    flight = new_id("flt")
    await customs.consume(customs.placed(never))
    (later,) = await customs.declare(late, cut_off=timedelta(minutes=9))
    (sooner,) = await customs.declare(soon, cut_off=timedelta(minutes=5), flight_id=flight)
    nevers = await customs.declaration(never)
    names = {later["id"]: "late", sooner["id"]: "soon", nevers["id"]: "never"}
    await office.answer(customs.receipt(sooner, "120", at_s=1))

    async def found(**params: Any) -> list[str]:
        items = await the_work(office, merchant_id, **params)
        return [names[one["declaration_id"]] for one in items]

    assert await found() == ["soon", "late", "never"]
    assert await found(owner="customs") == ["soon", "late"]
    assert await found(owner="carrier") == ["never"]
    assert await found(owner="merchant") == []
    assert await found(code="receipt_800") == ["soon"]
    assert await found(flight_id=flight) == ["soon"]
    assert await found(due_before=later["cut_off_at"].isoformat()) == ["soon"]
    lane = (await customs.declaration(soon))["lane"]
    assert await found(lane=lane) == ["soon"]
    assert await found(lane=lane % 3 + 1) == []

    (item, *_, last) = await the_work(office, merchant_id)

    assert item["due_at"] == item["cut_off_at"]
    assert item["clock"]["clock"] == "release"
    assert (last["due_at"], last["clock"]) == (None, None)


async def test_pages_follow_each_other_also_where_there_is_no_deadline(
    customs: CustomsWorld, office: CustomsOperator, merchant_id: str
) -> None:
    await customs.consume(*(customs.placed(customs.an_order(merchant_id)) for _ in range(3)))
    headers = {"Airlane-Tenant": merchant_id}
    ids: list[str] = []
    cursor = None

    while True:
        params = {"limit": 1} | ({"cursor": cursor} if cursor else {})
        page = (await office.http.get("/v1/work", params=params, headers=headers)).json()
        ids += [one["declaration_id"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break

    assert len(ids) == 3
    assert ids == sorted(ids)
    assert page["summary"] == {
        "owners": [{"owner": "carrier", "declarations": 3}],
        "park": None,
    }


async def test_a_merchant_sees_its_own_work_and_the_park_all(
    customs: CustomsWorld, office: CustomsOperator, merchant_token: Any
) -> None:
    mine, other = customs.an_order(), customs.an_order()
    await customs.consume(customs.placed(mine), customs.placed(other))
    headers = {"Authorization": f"Bearer {merchant_token(mine.merchant_id)}"}

    own = (await office.http.get("/v1/work", headers=headers)).json()

    assert [one["order_id"] for one in own["items"]] == [mine.order_id]

    summary = (await office.get("/v1/work"))["summary"]

    carrier = next(one for one in summary["owners"] if one["owner"] == "carrier")
    assert carrier["declarations"] >= 2
    assert summary["park"]["refused_messages"] >= 0


def alarms(clock: str, alarm: str) -> float:
    return float(metrics.CLOCK_ALARMS.labels(clock, alarm)._value.get())


async def test_a_clock_warns_and_is_overrun_once_each(
    customs: CustomsWorld, office: CustomsOperator, merchant_id: str
) -> None:
    context = JobContext(customs.db, customs.clock)
    await jobs.note_alarms(context)
    (row,) = await customs.declare(customs.an_order(merchant_id))
    await office.answer(customs.receipt(row, "120"))
    target_s = 3600
    found: list[str] = []
    before = alarms("release", "warned"), alarms("release", "overrun")

    for seconds in (0.69 * target_s, 0.02 * target_s, 0.3 * target_s, target_s):
        customs.clock.advance(seconds=seconds)
        await jobs.note_alarms(context)
        (item,) = await the_work(office, merchant_id)
        found.append(item["clock"]["alarm"])

    for path in (f"/v1/declarations/{row['id']}", f"/v1/declarations/{row['id']}/missing"):
        (clock,) = (await office.get(path))["clocks"]
        assert clock == item["clock"]
        assert clock["target_s"] == target_s
        assert clock["since"] < clock["warn_at"] < clock["due_at"]

    assert found == ["none", "warned", "overrun", "overrun"]
    assert alarms("release", "warned") > before[0]
    assert alarms("release", "overrun") > before[1]

    await office.answer(customs.receipt(row, "500", at_s=1))
    (item,) = await the_work(office, merchant_id)

    assert (item["clock"]["clock"], item["clock"]["alarm"]) == ("inspection", "none")
