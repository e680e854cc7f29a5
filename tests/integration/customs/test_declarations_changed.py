"""The order or the booking changes after CEB303 and CEB505 have left, and before the list has."""

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


@pytest.fixture
def app(settings: Settings, clock: ManualClock) -> FastAPI:
    """The park sends orders and waybills, too."""
    sends = Settings.model_fields["sends"].default
    return create_app(settings.model_copy(update={"sends": sends}), clock=clock)


@pytest.mark.parametrize("answer", ["120", "399"])
async def test_the_list_waits_until_customs_has_the_changed_order(
    customs: CustomsWorld,
    office: CustomsOperator,
    merchant: AsyncClient,
    merchant_id: str,
    answer: str,
) -> None:
    park = customs.sending_all()
    order, row = await sent(park, merchant_id)
    papers = Papers(park, office, order)
    dearer = an_order_line(1, unit_price_minor=order.unit_price_minor + 100)
    await park.consume(park.placed(order, version=2, lines=(dearer,)))
    await papers.send()
    assert types(park, "CEB303") == ["1"], "the first has not been answered yet"

    await papers.say("order", answer)
    await papers.say("waybill", answer)
    await papers.send()
    assert (types(park, "CEB303"), types(park, "CEB505")) == (["1", "2"], ["1"])
    assert park.documents() == []
    missing = (await merchant.get(f"/v1/declarations/{row['id']}/missing")).json()["items"]
    assert missing[0]["code"] == "accepted_order"
    await papers.say("order", answer)
    await papers.send()

    (declared,) = park.documents()
    first, changed = heads(park, "CEB303")
    assert first.findtext(f"{NS}goodsValue") != changed.findtext(f"{NS}goodsValue")
    assert changed.findtext(f"{NS}appTime", "") > first.findtext(f"{NS}appTime", "")
    (line,) = park.documents("CEB303")[-1].findall(f"{NS}OrderList")
    for element in ("price", "totalPrice", "qty"):
        said = declared.findtext(f"{NS}InventoryList/{NS}{element}")
        assert said == line.findtext(f"{NS}{element}")


async def test_another_flight_changes_nothing_that_customs_has_been_told(
    customs: CustomsWorld, office: CustomsOperator, merchant_id: str
) -> None:
    park = customs.sending_all()
    order, _ = await sent(park, merchant_id)
    papers = Papers(park, office, order)
    await park.consume(park.placed(order, version=2), park.booked(order, version=2))
    await papers.say("order", "120")
    await papers.say("waybill", "120")
    await papers.send()

    assert (types(park, "CEB303"), types(park, "CEB505")) == (["1"], ["1"])
    assert len(park.documents()) == 1


async def test_an_amendment_that_contradicts_what_customs_has_is_refused_with_both_values(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient, merchant_id: str
) -> None:
    park = customs.sending_all()
    order, row = await sent(park, merchant_id)
    papers = Papers(park, office, order)
    await papers.say("order", "120")
    await papers.say("waybill", "120")
    await papers.send()
    await papers.say("list", "120")
    dearer = an_order_line(1, unit_price_minor=order.unit_price_minor + 100)
    await park.consume(park.placed(order, version=2, lines=(dearer,)))

    answer = await step(merchant, row, "amend")

    problem = answer.json()
    assert answer.status_code == 422, problem
    assert {one["code"] for one in problem["errors"]} == {"customs.match.differs_at_customs"}
    assert "/ceb303/lines/0/price" in {one["pointer"] for one in problem["errors"]}
    assert "2.55" in str(problem)
    assert "3.55" in str(problem)
    await papers.send()
    assert (types(park, "CEB303"), len(park.documents())) == (["1"], 1)
    await park.consume(park.placed(order, version=3))
    brand = {"pointer": "/order/lines/0/brand", "value": "示例牌"}
    kept = await step(merchant, row, "amend", repairs=[brand])
    assert kept.status_code == 200, kept.text
    await papers.send()
    assert (types(park, "CEB303"), len(park.documents())) == (["1"], 2)
