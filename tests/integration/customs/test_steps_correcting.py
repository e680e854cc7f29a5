"""An order or a house waybill that customs returned, or the port refused, is corrected and sent
again under its number; the list follows.
"""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient

from services.customs.app import create_app
from services.customs.settings import Settings
from tests.kit.clock import ManualClock
from tests.support.events.catalog.orders import an_order_line
from tests.support.steps import step
from tests.support.worlds.customs import NS, CustomsOperator, CustomsWorld
from tests.support.worlds.papers import Papers, heads, sent, types

TITLE = "/order/lines/0/title_zh"
REPAIRS = [{"pointer": TITLE, "value": "玻璃烛台"}]


@pytest.fixture
def app(settings: Settings, clock: ManualClock) -> FastAPI:
    """The park sends orders and waybills, too."""
    sends = Settings.model_fields["sends"].default
    return create_app(settings.model_copy(update={"sends": sends}), clock=clock)


async def shown(client: AsyncClient, row: dict[str, Any]) -> dict[str, Any]:
    answer = await client.get(f"/v1/declarations/{row['id']}")
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize(
    ("code", "status"), [("100", "returned"), ("-301008", "rejected_technical")]
)
async def test_an_order_is_repaired_and_sent_again_before_the_list(
    customs: CustomsWorld,
    office: CustomsOperator,
    merchant: AsyncClient,
    merchant_id: str,
    code: str,
    status: str,
) -> None:
    park = customs.sending_all()
    order, row = await sent(park, merchant_id)
    papers = Papers(park, office, order)
    await papers.say("waybill", "120")
    await papers.say("order", code)

    refused = await shown(merchant, row)
    assert (refused["status"], "repair" in refused["allowed"]) == (status, True)
    missing = (await merchant.get(f"/v1/declarations/{row['id']}/missing")).json()["items"]
    assert (missing[0]["code"], missing[0]["owner"]) == ("refused_order", "merchant")
    assert f"code {code}" in str(missing[0])
    (work,) = (await merchant.get("/v1/work")).json()["items"]
    assert (work["declaration_id"], work["code"]) == (row["id"], "refused_order")

    answer = await step(merchant, row, "repair", repairs=[])
    assert (answer.status_code, answer.json()["status"]) == (200, "queued"), answer.text
    await papers.send()
    # Customs has nothing of it, so it is new there; and the port ignores what is not newer.
    assert types(park, "CEB303") == ["1", "1"]
    first, again = heads(park, "CEB303")
    assert again.findtext(f"{NS}orderNo") == first.findtext(f"{NS}orderNo")
    assert again.findtext(f"{NS}appTime", "") > first.findtext(f"{NS}appTime", "")
    assert types(park, "CEB505") == ["1"], "customs has the waybill, and it says the same"
    assert park.documents() == []
    await papers.say("order", "120")
    await papers.send()
    assert len(park.documents()) == 1
    assert (await shown(merchant, row))["status"] == "transmitted"


async def test_what_customs_has_of_the_other_paper_changes_with_the_correction(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient, merchant_id: str
) -> None:
    park = customs.sending_all()
    order, row = await sent(park, merchant_id)
    papers = Papers(park, office, order)
    await papers.say("order", "120")
    await papers.say("waybill", "100")

    answer = await step(merchant, row, "repair", repairs=REPAIRS)
    assert answer.status_code == 200, answer.text
    await papers.send()
    assert (types(park, "CEB505"), types(park, "CEB303")) == (["1", "1"], ["1", "2"])
    assert park.documents()[-1:] == []
    await papers.say("waybill", "120")
    await papers.send()
    assert park.documents() == [], "customs has the order as it was before"
    await papers.say("order", "120")
    await papers.send()
    (declared,) = park.documents()
    assert declared.findtext(f"{NS}InventoryList/{NS}gname") == "玻璃烛台"


async def test_a_corrected_order_is_sent_in_place_of_the_returned_one_by_itself(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient, merchant_id: str
) -> None:
    park = customs.sending_all()
    order, row = await sent(park, merchant_id)
    papers = Papers(park, office, order)
    await papers.say("order", "100")
    await papers.say("waybill", "120")

    await park.consume(park.booked(order, version=2))
    await papers.send()
    assert types(park, "CEB303") == ["1"], "nothing of it was corrected"
    corrected = an_order_line(1, unit_price_minor=order.unit_price_minor + 100)
    await park.consume(park.placed(order, version=2, lines=(corrected,)))
    assert (await shown(merchant, row))["status"] == "queued"
    await papers.send()
    assert types(park, "CEB303") == ["1", "1"]
    assert types(park, "CEB505") == ["1"]
