"""Facts in any order, any number of times, make the same dossier."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from shared.contracts.envelope import MalformedEvent
from shared.kernel.ids import new_id
from tests.support.worlds.customs import CustomsWorld


async def test_facts_make_the_same_dossier_in_every_order(customs: CustomsWorld) -> None:
    seen = set()
    for arrival in permutations(range(4)):
        order = customs.an_order()
        events = [
            customs.placed(order),
            customs.booked(order, version=1, flight_id="flt_old"),
            customs.booked(order, version=2, flight_id="flt_new"),
            customs.departed(order, flight_id="flt_new"),
        ]

        for at in arrival:
            await customs.consume(events[at])

        row = await customs.declaration(order)
        seen.add((row["phase"], row["status"], row["flight_id"], row["departed_at"] is not None))
        assert row["waybill"]["flight_id"] == "flt_new"
        assert row["version"] == 0
    assert seen == {("queued", "queued", "flt_new", True)}


@pytest.mark.parametrize("in_one_slice", [True, False])
async def test_the_last_departure_counts_in_every_order(
    customs: CustomsWorld, *, in_one_slice: bool
) -> None:
    for arrival in permutations(range(2)):
        order = customs.an_order()
        events = [customs.departed(order, flight_id="flt_old", version=5)]
        customs.clock.advance(hours=1)
        events.append(customs.departed(order, flight_id="flt_new", version=8))
        arrived = [events[at] for at in arrival] + [events[0]]

        for slice_ in [arrived] if in_one_slice else [[event] for event in arrived]:
            await customs.consume(*slice_)

        row = await customs.declaration(order)
        assert row["departure"]["flight_id"] == "flt_new"
        assert row["departed_at"] == events[1].time


async def test_an_event_about_another_tenant_than_its_own_is_refused(customs: CustomsWorld) -> None:
    event = replace(customs.placed(customs.an_order()), tenant_id="mer_other")

    with pytest.raises(MalformedEvent):
        await customs.consume(event)


async def test_a_slice_may_hold_everything_twice(customs: CustomsWorld) -> None:
    orders = [customs.an_order() for _ in range(3)]
    events = [e for o in orders for e in (customs.booked(o), customs.placed(o), customs.booked(o))]

    await customs.consume(*events, *events)

    for order in orders:
        assert (await customs.declaration(order))["phase"] == "queued"


async def test_an_older_document_does_not_replace_a_newer_one(customs: CustomsWorld) -> None:
    order = customs.an_order()
    await customs.consume(customs.booked(order, version=3, flight_id="flt_new"))

    await customs.consume(customs.booked(order, version=2, flight_id="flt_old"))
    await customs.consume(customs.unroutable(order, version=1))

    row = await customs.declaration(order)
    assert (row["flight_id"], row["shipment_version"]) == ("flt_new", 3)
    assert row["unroutable"] is None


async def test_documents_are_stored_as_those_that_are_stored_already(
    customs: CustomsWorld,
) -> None:
    order = customs.an_order(lines=1)
    booked = customs.booked(order)

    await customs.consume(customs.placed(order), booked)

    row = await customs.declaration(order)
    assert row["order_document"].keys() == {
        "order_id",
        "merchant_id",
        "currency",
        "country",
        "total_minor",
        "net_weight_g",
        "gross_weight_g",
        "lines",
        "store",
        "order_number",
    }
    (line,) = row["order_document"]["lines"]
    assert (line["line"], line["quantity"], line["unit_price_minor"]) == (1, 3, 255)
    assert row["waybill"]["house_waybill"] == order.house_waybill
    assert row["waybill"]["departs_at"].endswith("+00:00")
    assert row["waybill"]["flight_id"] == row["flight_id"]


async def test_an_unroutable_shipment_is_stored_with_its_reason(customs: CustomsWorld) -> None:
    order = customs.an_order()

    await customs.consume(customs.placed(order), customs.unroutable(order))

    row = await customs.declaration(order)
    assert row["unroutable"].keys() == {"code", "reason", "remedy"}
    assert (row["waybill"], row["waybill_received_at"], row["phase"]) == (None, None, "draft")


async def test_other_events_of_the_topics_change_nothing(customs: CustomsWorld) -> None:
    order = customs.an_order()
    event = replace(customs.placed(order), type="catalog.order.status_changed")

    await customs.consume(event)

    found = await customs.sql(
        "SELECT 1 FROM customs.declarations WHERE order_id = $1", order.order_id
    )
    assert found == []


async def test_faults_block_until_a_new_waybill_removes_them(customs: CustomsWorld) -> None:
    order = customs.an_order()

    await customs.consume(customs.placed(order), customs.booked(order, gross_weight_g=1))
    blocked = await customs.declaration(order)
    await customs.consume(customs.booked(order, version=2))
    queued = await customs.declaration(order)

    assert blocked["phase"] == "blocked"
    assert [f["code"] for f in blocked["findings"]] == ["customs.match.waybill_weight"]
    assert blocked["rulebook"].startswith("9610/")
    assert blocked["validated_at"] is None
    assert (queued["phase"], queued["findings"]) == ("queued", [])
    assert queued["validated_at"] == customs.clock.now()


async def test_the_same_faults_are_announced_once_and_other_faults_again(
    customs: CustomsWorld,
) -> None:
    order = customs.an_order()

    await customs.consume(customs.placed(order), customs.booked(order, gross_weight_g=1))
    await customs.consume(customs.booked(order, version=2, gross_weight_g=1))
    after_the_same = await customs.events_of(order)
    await customs.consume(customs.booked(order, version=3, gross_weight_g=2))

    assert after_the_same == [("blocked", 1)]
    assert await customs.events_of(order) == [("blocked", 1), ("blocked", 2)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"unit_price_minor": 0}, "customs.match.value_zero"),
        ({"currency": "XPF"}, "customs.match.currency_without_code"),
        ({"country": "AQ"}, "customs.match.country_without_code"),
        ({"country": "CN"}, "customs.match.destination_is_china"),
    ],
)
async def test_what_customs_would_refuse_is_not_sent(
    customs: CustomsWorld, changes: dict[str, Any], code: str
) -> None:
    order = customs.an_order(**changes)

    (row,) = await customs.declare(order)

    assert row["phase"] == "blocked"
    assert code in [finding["code"] for finding in row["findings"]]
    assert customs.document_of(row["cop_no"]) == []
    (event,) = await customs.sql(
        "SELECT payload, tenant_id FROM customs.outbox WHERE aggregate_id = $1", row["id"]
    )
    assert event["tenant_id"] == order.merchant_id


@pytest.mark.parametrize("cancel_first", [True, False])
async def test_an_order_cancelled_before_transmission_is_withdrawn(
    customs: CustomsWorld, *, cancel_first: bool
) -> None:
    order = customs.an_order()
    facts = [customs.placed(order), customs.booked(order)]
    cancelled = customs.cancelled(order)

    for event in [cancelled, *facts] if cancel_first else [*facts, cancelled]:
        await customs.consume(event)
    await customs.send()

    row = await customs.declaration(order)
    assert (row["phase"], row["status"]) == ("withdrawn", "withdrawn")
    assert customs.document_of(row["cop_no"]) == []
    assert await customs.events_of(order) == []


async def test_an_order_cancelled_after_transmission_keeps_its_phase_below_the_request(
    customs: CustomsWorld,
) -> None:
    order = customs.an_order()
    await customs.declare(order)

    await customs.consume(customs.cancelled(order))

    row = await customs.declaration(order)
    assert (row["phase"], row["status"]) == ("transmitted", "cancel_requested")


@pytest.mark.parametrize("in_one_slice", [True, False])
async def test_the_last_departure_of_a_flight_is_kept(
    customs: CustomsWorld, *, in_one_slice: bool
) -> None:
    flight_id = new_id("flt")
    first = customs.flight_departed(flight_id, shipments=1)
    customs.clock.advance(minutes=1)
    second = customs.flight_departed(flight_id, shipments=3)
    arrived = [first, second, first]

    for slice_ in [arrived] if in_one_slice else [[event] for event in arrived]:
        await customs.consume(*slice_)

    (row,) = await customs.sql("SELECT shipments FROM customs.flights WHERE id = $1", flight_id)
    assert row["shipments"] == 3
