"""Rules of acceptance: loaded whole, read back as they were, and shown with their source."""

from typing import Final

from httpx2 import AsyncClient

from services.routing.clients.network_files import read_acceptance_rules
from services.routing.repository import acceptance
from shared.db import Database, sql
from shared.kernel.identity import PARK
from tests.kit.transactions import in_vain

_OLD: Final = sql(
    "UPDATE routing.acceptance_rules SET id = 'old' WHERE id = 'un3480-965-ib-passenger'"
)


async def test_what_is_loaded_takes_the_place_of_what_was(routing_db: Database) -> None:
    rules, documents = read_acceptance_rules()
    async with in_vain(routing_db, PARK) as uow:
        await uow.execute(_OLD)

        await acceptance.set_acceptance_rules(uow, rules, documents)

        assert await acceptance.list_acceptance_rules(uow) == sorted(rules, key=lambda r: r.id)
        assert await acceptance.list_document_rules(uow) == documents


async def test_rules_are_found_by_what_they_speak_of_and_by_day(
    client: AsyncClient, merchant: dict[str, str]
) -> None:
    async def found(**filters: str) -> list[str]:
        answer = await client.get("/v1/acceptance-rules", params=filters, headers=merchant)
        return [item["id"] for item in answer.json()["items"]]

    of_af = {"un_number": "UN3090", "vehicle_kind": "freighter", "carrier": "AF"}
    assert await found(**of_af, day="2026-11-28") == [
        "un3090-968-ia-af",
        "un3090-968-ia-freighter",
        "un3090-968-ib-af",
        "un3090-968-ib-freighter",
        "un3090-968-ii",
    ]
    assert await found(**of_af, day="2014-12-31") == ["un3090-968-ia-af", "un3090-968-ib-af"]
    assert await found(handling_code="EBI", day="2022-03-31") == [
        "un3480-965-ii-freighter-2016",
        "un3480-965-ii-passenger-2016",
    ]
    assert await found(handling_code="EBI", day="2022-04-01") == ["un3480-965-ii"]


async def test_a_rule_says_its_limits_days_and_source(
    client: AsyncClient, merchant: dict[str, str]
) -> None:
    of_ib = {"un_number": "UN3480", "vehicle_kind": "freighter", "handling_code": "RBI"}
    answer = await client.get("/v1/acceptance-rules", params=of_ib, headers=merchant)

    (rule,) = [item for item in answer.json()["items"] if item["section"] == "IB"]

    assert (rule["net_g_max"], rule["state_of_charge_pct_max"]) == (10_000, 30)
    assert (rule["valid_from"], rule["valid_to"]) == ("2016-04-01", None)
    assert (rule["verdict"], rule["basis"]) == ("allowed", "reported")
    assert rule["source"]


async def test_rules_of_handling_codes_have_no_un_number(
    client: AsyncClient, merchant: dict[str, str]
) -> None:
    params = {"handling_code": "CAO", "vehicle_kind": "passenger"}
    answer = await client.get("/v1/acceptance-rules", params=params, headers=merchant)

    (rule,) = answer.json()["items"]

    assert (rule["un_number"], rule["section"], rule["verdict"]) == (None, None, "forbidden")
