"""An order followed through routing and customs: facts in any order, stock consumed once."""

import asyncio
import random
from itertools import permutations
from typing import Any

import pytest

from services.catalog.domain.orders.order import OrderNotFound
from services.catalog.worker import SUBSCRIPTIONS, Intake
from shared.contracts.envelope import Envelope
from shared.db import Database
from shared.kernel.identity import PARK
from shared.kernel.ids import new_id
from tests.kit.clock import ManualClock
from tests.kit.intake import intake
from tests.kit.transactions import until_somebody_waits
from tests.support.events.customs.declarations import (
    a_declaration_accepted,
    a_declaration_blocked,
    a_declaration_closed,
    a_declaration_inspection,
    a_declaration_released,
    a_declaration_returned,
    a_declaration_screened,
    a_declaration_submitted,
)
from tests.support.events.envelopes import TRACEPARENT
from tests.support.worlds.catalog import (
    Merchant,
    refused,
)
from tests.support.worlds.order_way import OrderWay


class Consumer:
    """The slice as the kit's loop would hand it over."""

    def __init__(self, db: Database, clock: ManualClock) -> None:
        self._db = db
        self._take_in = intake(SUBSCRIPTIONS, Intake(), clock)

    async def hears(self, *envelopes: Envelope) -> None:
        async with self._db.transaction(PARK) as uow:
            await self._take_in(uow, envelopes)


@pytest.fixture
async def consumer(db_for: Any, catalog_clock: ManualClock) -> Consumer:
    return Consumer(await db_for("catalog"), catalog_clock)


@pytest.fixture
async def way(merchant: Merchant) -> OrderWay:
    await merchant.stocked("A-1", 10)
    return OrderWay(merchant, (await merchant.ordered(("A-1", 3)))["id"])


async def test_the_whole_way_step_by_step(way: OrderWay, consumer: Consumer) -> None:
    merchant, order_id = way.merchant, way.who["order_id"]
    steps = [
        (way.booked(), "booked"),
        (way.declared(a_declaration_submitted), "declared"),
        (way.declared(a_declaration_accepted, channel="green"), "declared"),
        (way.declared(a_declaration_screened, lane=2, passed=True), "declared"),
        (way.declared(a_declaration_released, channel="green"), "released"),
        (way.departed(), "departed"),
        (way.status(), "departed"),
        (way.declared(a_declaration_closed), "departed"),
        (way.delivered(), "delivered"),
    ]
    for envelope, status in steps:
        await consumer.hears(envelope)
        assert (await merchant.order(order_id))["status"] == status, envelope.type
    order = await merchant.order(order_id)
    assert order["shipment"]["house_waybill"] == "EHU00000017"
    (leg,) = order["shipment"]["itinerary"]
    assert (leg["origin"], leg["destination"], leg["flight_number"]) == ("EHU", "LGG", "O3701")
    assert order["declaration"] == {
        "id": way.declaration_id,
        "status": "closed",
        "channel": "green",
    }
    assert "reason" not in order
    assert {entry["service"] for entry in order["timeline"]} == {"catalog", "routing", "customs"}
    assert [e["occurred_at"] for e in order["timeline"]] == sorted(
        e["occurred_at"] for e in order["timeline"]
    )
    assert len(order["timeline"]) == 10
    assert await merchant.stock("A-1") == (7, 0)
    events = await merchant.events(order_id)
    changes = [e for e in events if e["type"] == "catalog.order.status_changed"]
    assert [e["data"]["status"] for e in changes] == [
        "booked",
        "declared",
        "released",
        "departed",
        "delivered",
    ]
    assert [e["aggregate_version"] for e in events] == list(range(1, 7))
    await merchant.ledger_equals_counters()


async def test_any_order_in_any_slices_ends_the_same(
    merchant: Merchant, consumer: Consumer
) -> None:
    await merchant.stocked("A-1", 100)
    rng = random.Random(20261122)
    outcomes = []
    for _ in range(8):
        way = OrderWay(merchant, (await merchant.ordered(("A-1", 3)))["id"])
        events = [
            way.booked(),
            way.booked(rebooked=True),
            way.declared(a_declaration_submitted),
            way.declared(a_declaration_inspection, channel="red", detail="look inside"),
            way.declared(a_declaration_released, channel="yellow"),
            way.departed(),
            way.delivered(),
        ]
        events += rng.sample(events, 3)
        rng.shuffle(events)
        while events:
            size = rng.randint(1, len(events))
            await consumer.hears(*events[:size])
            events = events[size:]
        order = await merchant.order(way.who["order_id"])
        outcomes.append((order["status"], order["declaration"]["channel"], len(order["findings"])))
    assert set(outcomes) == {("delivered", "yellow", 0)}
    assert await merchant.stock("A-1") == (100 - 8 * 3, 0)
    await merchant.ledger_equals_counters()


async def test_goods_leave_the_stock_once_in_whatever_order_events_arrive(
    merchant: Merchant, consumer: Consumer
) -> None:
    """Cancelling is refused once they have left; if they leave afterwards, they are gone, too."""
    await merchant.stocked("A-1", 100)
    left = {"departed", "delivered"}
    orders = 0
    for steps in permutations(("booked", "departed", "delivered", "cancel")):
        way = OrderWay(merchant, (await merchant.ordered(("A-1", 3)))["id"])
        heard = {"booked": way.booked(), "departed": way.departed()}
        heard |= {"delivered": way.delivered()}
        order_id = way.who["order_id"]
        for index, step in enumerate(steps):
            if step == "cancel":
                answer = await merchant.client.post(
                    f"/v1/orders/{order_id}:cancel", json={"reason": "x"}
                )
                assert answer.status_code == (409 if left & {*steps[:index]} else 200), steps
            else:
                await consumer.hears(heard[step])

        order, events = await merchant.order(order_id), await merchant.events(order_id)
        assert order["status"] == "delivered", steps
        told = [entry["event_type"].rpartition(".")[2] for entry in order["timeline"]]
        was_cancelled = not left & {*steps[: steps.index("cancel")]}
        assert told[-2:] == ["departed", "delivered"], steps
        assert {*told} == {"placed", "booked", *left} | ({"cancelled"} if was_cancelled else set())
        assert [e["aggregate_version"] for e in events] == list(range(1, len(events) + 1)), steps
        assert events[-1]["data"]["status"] == "delivered"
        orders += 1
    assert await merchant.stock("A-1") == (100 - orders * 3, 0)
    await merchant.ledger_equals_counters()


async def test_one_slice_moves_many_orders(merchant: Merchant, consumer: Consumer) -> None:
    await merchant.stocked("A-1", 100)
    await merchant.stocked("B-1", 100)
    worlds = [
        OrderWay(merchant, (await merchant.ordered(("A-1", 1), ("B-1", 2)))["id"])
        for _ in range(10)
    ]
    await consumer.hears(*(w.booked() for w in worlds), *(w.departed() for w in worlds[:6]))
    assert await merchant.stock("A-1") == (94, 4)
    assert await merchant.stock("B-1") == (88, 8)
    await merchant.ledger_equals_counters()


@pytest.mark.parametrize(
    ("make", "status", "detail"),
    [
        (OrderWay.unroutable, "unroutable", "All flights are full."),
        (
            lambda w: w.declared(a_declaration_blocked, detail="weights differ"),
            "held",
            "weights differ",
        ),
        (lambda w: w.declared(a_declaration_returned), "held", "Returned by customs."),
        (
            lambda w: w.declared(a_declaration_screened, lane=3, passed=False),
            "held",
            "Security lane 3 did not pass the parcels.",
        ),
    ],
)
async def test_what_stops_an_order_says_why(
    way: OrderWay, consumer: Consumer, make: Any, status: str, detail: str
) -> None:
    await consumer.hears(make(way))
    order = await way.merchant.order(way.who["order_id"])
    (finding,) = order["findings"]
    assert (order["status"], finding["detail"]) == (status, detail)
    assert finding["code"]
    assert finding["fix"]
    assert "reason" not in order


async def test_what_routing_refuses_is_shown_in_chinese_too(
    way: OrderWay, consumer: Consumer
) -> None:
    await consumer.hears(way.unroutable())
    path = f"/v1/orders/{way.who['order_id']}"
    answer = await way.merchant.client.get(path, headers={"Accept-Language": "zh-CN"})
    (finding,) = answer.json()["findings"]
    assert (finding["detail"], finding["fix"]) == ("所有航班已满。", "请等待 11 月 24 日。")
    assert answer.json()["timeline"][-1]["detail"] == "所有航班已满。 请等待 11 月 24 日。"


async def test_the_timeline_is_in_both_languages_and_keeps_customs_words_apart(
    way: OrderWay, consumer: Consumer
) -> None:
    meaning = {"en": "Under inspection.", "zh-CN": "查验。"}
    await consumer.hears(
        way.booked(),
        way.declared(a_declaration_inspection, detail="布控查验", meaning=meaning),
    )
    path = f"/v1/orders/{way.who['order_id']}"
    told = {}
    for locale in ("en", "zh-CN"):
        answer = await way.merchant.client.get(path, headers={"Accept-Language": locale})
        told[locale] = answer.json()
    english, chinese = told["en"], told["zh-CN"]
    assert [e["detail"] for e in english["timeline"]][1:] == [
        "booked on O3701 EHU-LGG; house waybill EHU00000017",
        "held by customs: Under inspection.",
    ]
    assert [e["detail"] for e in chinese["timeline"]][1:] == [
        "已订舱 O3701 EHU-LGG；分运单 EHU00000017",
        "海关暂扣：查验。",
    ]
    assert [e["original"] for e in english["timeline"]] == [None, None, "布控查验"]
    assert english["findings"][0] == {
        "code": "customs.declaration.inspection",
        "detail": "Under inspection.",
        "fix": "Have documents and goods ready; customs decides.",
        "original": "布控查验",
    }
    assert chinese["findings"][0]["detail"] == "查验。"


async def test_what_has_left_cannot_be_cancelled(way: OrderWay, consumer: Consumer) -> None:
    await consumer.hears(way.booked(), way.departed())
    path = f"/v1/orders/{way.who['order_id']}:cancel"
    answer = await way.merchant.client.post(path, json={"reason": "too late"})
    problem = refused(answer, 409, "catalog.order.not_cancellable")
    assert "departed" in problem["detail"]


async def test_a_cancelled_order_that_flew_all_the_same(way: OrderWay, consumer: Consumer) -> None:
    """The goods are gone, but not those which somebody else has reserved meanwhile."""
    merchant, order_id = way.merchant, way.who["order_id"]
    await merchant.client.post(f"/v1/orders/{order_id}:cancel", json={"reason": "x"})
    await merchant.ordered(("A-1", 9))
    await consumer.hears(way.departed())
    await consumer.hears(way.delivered())
    assert (await merchant.order(order_id))["status"] == "delivered"
    assert await merchant.stock("A-1") == (9, 9)
    await merchant.ledger_equals_counters()


async def test_departures_lock_all_their_products_at_once(
    merchant: Merchant, consumer: Consumer
) -> None:
    """One of a reserved, one of a cancelled order: else two slices could wait for each other."""
    first, second = await merchant.stocked("Z-1", 9), await merchant.stocked("A-1", 9)
    reserved = await merchant.ordered(("A-1", 1))
    cancelled = await merchant.ordered(("Z-1", 1))
    await merchant.client.post(f"/v1/orders/{cancelled['id']}:cancel", json={"reason": "x"})
    lock = "SELECT 1 FROM catalog.stock WHERE product_id = $1 FOR UPDATE NOWAIT"

    async with merchant.db.transaction(merchant.id) as uow:
        await uow._connection.execute(lock, first)
        ways = [OrderWay(merchant, order["id"]) for order in (reserved, cancelled)]
        slice_ = asyncio.create_task(consumer.hears(*(way.departed() for way in ways)))
        await until_somebody_waits(uow)
        await uow._connection.execute(lock, second)
    await slice_

    assert await merchant.stock("A-1") == (8, 0)
    assert await merchant.stock("Z-1") == (8, 0)


async def test_slices_of_departures_do_not_wait_for_each_other(
    merchant: Merchant, consumer: Consumer
) -> None:
    """Each has a reserved order of the one product and a cancelled one of the other."""
    for sku in ("A-1", "Z-1"):
        await merchant.stocked(sku, 200)
    slices = []
    for index in range(40):
        skus = ("A-1", "Z-1") if index % 2 else ("Z-1", "A-1")
        orders = [await merchant.ordered((sku, 1)) for sku in skus]
        path = f"/v1/orders/{orders[1]['id']}:cancel"
        await merchant.client.post(path, json={"reason": "x"})
        slices.append([OrderWay(merchant, order["id"]).departed() for order in orders])

    await asyncio.gather(*(consumer.hears(*events) for events in slices))

    assert await merchant.stock("A-1") == (160, 0)
    assert await merchant.stock("Z-1") == (160, 0)


async def test_unknown_and_foreign_orders_are_refused(
    way: OrderWay, consumer: Consumer, new_merchant: Any
) -> None:
    stranger = OrderWay(way.merchant, new_id("ord"))
    with pytest.raises(OrderNotFound):
        await consumer.hears(stranger.booked())
    other = await new_merchant()
    forged = OrderWay(other, way.who["order_id"]).booked()
    with pytest.raises(OrderNotFound):
        await consumer.hears(forged)
    assert (await way.merchant.order(way.who["order_id"]))["status"] == "placed"


async def test_the_trace_of_the_event_goes_on(way: OrderWay, consumer: Consumer) -> None:
    await consumer.hears(way.booked())
    async with way.merchant.db.read(PARK) as reader:
        traceparent = await reader._connection.fetchval(
            "SELECT traceparent FROM catalog.outbox WHERE aggregate_id = $1"
            " AND type = 'catalog.order.status_changed'",
            way.who["order_id"],
        )
    assert traceparent.split("-")[1] == TRACEPARENT.split("-")[1]
