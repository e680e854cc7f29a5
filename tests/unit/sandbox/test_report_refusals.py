"""The refusal in the demo's report: why, what would help, and what could be done instead."""

from typing import Any

from deploy.sandbox.park import SeededPark
from deploy.sandbox.report.page import refusal_lines
from deploy.sandbox.report.refusals import RefusalShown, refusal_of_the_day
from tests.unit.sandbox.scripted_api import ScriptedApi, page

SPLIT = {
    "detail": "In 3 parts: there is room for one of 24 kg and 192 dm³ now.",
    "price": {"amount": "1035.05", "currency": "CNY"},
}


def an_answer(code: str, *alternatives: Any) -> dict[str, Any]:
    reason = {"code": code, "detail": f"{code}, in words.", "fix": "What helps."}
    return {"shipment_id": "shp_1", "reason": reason, "alternatives": list(alternatives)}


async def shown(park: SeededPark) -> RefusalShown:
    return await refusal_of_the_day(
        park.client("routing"), merchant_id="mer_1", ready_at="2026-11-24T08:00:00Z"
    )


async def test_a_shipment_without_a_way_is_shown_with_its_alternatives(
    api: ScriptedApi, park: SeededPark
) -> None:
    api.script("GET", "/v1/shipments", page({"id": "shp_1"}))
    api.script("GET", "/v1/shipments/shp_1/alternatives", (200, an_answer("no_capacity", SPLIT)))

    refusal = await shown(park)

    assert refusal == RefusalShown(
        "shipment shp_1",
        "no_capacity",
        "no_capacity, in words.",
        "What helps.",
        ("In 3 parts: there is room for one of 24 kg and 192 dm³ now. (1035.05 CNY)",),
    )
    lines = refusal_lines(refusal)
    assert lines[1:3] == [
        "  a refusal with its fix: shipment shp_1",
        "    why              no_capacity, in words. (no_capacity)",
    ]
    assert lines[3].split() == ["fix", "What", "helps."]
    assert lines[4].split()[0] == "instead"


async def test_on_a_day_without_one_a_search_to_a_country_under_embargo_is(
    api: ScriptedApi, park: SeededPark
) -> None:
    api.script("GET", "/v1/shipments", page())
    api.script("POST", "/v1/itineraries:search", (200, an_answer("embargo")))

    refusal = await shown(park)

    assert (refusal.code, refusal.alternatives) == ("embargo", ())
    asked = api.asked[-1]
    assert (asked.headers["Airlane-Tenant"], asked.body["country"]) == ("mer_1", "KP")
