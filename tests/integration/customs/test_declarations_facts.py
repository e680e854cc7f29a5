"""Facts in any order, any number of times, make the same dossier."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from shared.contracts.envelope import MalformedEvent
from shared.kernel.ids import new_id


async def test_every_order_of_events_ends_the_same(customs: Any) -> None:
    seen = set()
    for order_of_events in permutations(range(4)):
        order = customs.an_order()
        events = [
            customs.placed(order),
            customs.booked(order, version=1, flight_id="flt_old"),
            customs.booked(order, version=2, flight_id="flt_new"),
            customs.departed(order, flight_id="flt_new"),
        ]
        for at in order_of_events:
            await customs.consume(events[at])
        row = await customs.declaration(order)
        seen.add((row["phase"], row["status"], row["flight_id"], row["departed_at"] is not None))
        assert row["waybill"]["flight_id"] == "flt_new"
        assert row["version"] == 0
    assert seen == {("queued", "queued", "flt_new", True)}


@pytest.mark.parametrize("in_one_slice", [True, False])
async def test_last_departure_counts_whatever_comes_late(customs: Any, in_one_slice: bool) -> None:
    for order_of_events in permutations(range(2)):
        order = customs.an_order()
        events = [customs.departed(order, flight_id="flt_old", version=5)]
        customs.clock.advance(hours=1)
        events.append(customs.departed(order, flight_id="flt_new", version=8))
        arrived = [events[at] for at in order_of_events] + [events[0]]
        for slice_ in [arrived] if in_one_slice else [[event] for event in arrived]:
            await customs.consume(*slice_)
        row = await customs.declaration(order)
        assert row["departure"]["flight_id"] == "flt_new"
        assert row["departed_at"] == events[1].time


async def test_event_that_speaks_of_another_tenant_than_its_own_is_refused(customs: Any) -> None:
    order = customs.an_order()
    event = replace(customs.placed(order), tenant_id="mer_other")
    with pytest.raises(MalformedEvent):
        await customs.consume(event)


async def test_one_slice_may_hold_everything_twice(customs: Any) -> None:
    orders = [customs.an_order() for _ in range(3)]
    events = [e for o in orders for e in (customs.booked(o), customs.placed(o), customs.booked(o))]
    await customs.consume(*events, *events)
    for order in orders:
        assert (await customs.declaration(order))["phase"] == "queued"


async def test_an_older_document_never_replaces_a_newer_one(customs: Any) -> None:
    order = customs.an_order()
    await customs.consume(customs.booked(order, version=3, flight_id="flt_new"))
    await customs.consume(customs.booked(order, version=2, flight_id="flt_old"))
    await customs.consume(customs.unroutable(order, version=1))
    row = await customs.declaration(order)
    assert (row["flight_id"], row["shipment_version"]) == ("flt_new", 3)
    assert row["unroutable"] is None


async def test_other_events_of_the_topics_pass_by(customs: Any) -> None:
    order = customs.an_order()
    event = customs.placed(order)
    stranger = type(event)(**{**event.__dict__, "type": "catalog.order.status_changed"})
    await customs.consume(stranger)
    assert (
        await customs.sql("SELECT 1 FROM customs.declarations WHERE order_id = $1", order.order_id)
        == []
    )


async def test_faults_block_once_and_a_new_waybill_unblocks(customs: Any) -> None:
    order = customs.an_order()
    await customs.consume(customs.placed(order), customs.booked(order, gross_weight_g=1))
    row = await customs.declaration(order)
    assert row["phase"] == "blocked"
    assert [f["code"] for f in row["findings"]] == ["customs.match.waybill_weight"]
    assert row["rulebook"].startswith("9610/")
    # The same fault again is no news, another one is.
    await customs.consume(customs.booked(order, version=2, gross_weight_g=1))
    assert await customs.events(row["id"]) == [("blocked", 1)]
    await customs.consume(customs.booked(order, version=3, gross_weight_g=2))
    assert await customs.events(row["id"]) == [("blocked", 1), ("blocked", 2)]
    await customs.consume(customs.booked(order, version=4))
    row = await customs.declaration(order)
    assert (row["phase"], row["findings"]) == ("queued", [])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"unit_price_minor": 0}, "customs.match.value_zero"),
        ({"currency": "XPF"}, "customs.match.currency_without_code"),
        ({"country": "AQ"}, "customs.match.country_without_code"),
        ({"country": "CN"}, "customs.match.destination_is_china"),
    ],
)
async def test_what_customs_would_refuse_is_never_sent(
    customs: Any, changes: dict[str, Any], code: str
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
async def test_cancelled_before_transmission_is_withdrawn(
    customs: Any, *, cancel_first: bool
) -> None:
    order = customs.an_order()
    facts = [customs.placed(order), customs.booked(order)]
    events = (
        [customs.cancelled(order), *facts] if cancel_first else [*facts, customs.cancelled(order)]
    )
    for event in events:
        await customs.consume(event)
    await customs.send()
    row = await customs.declaration(order)
    assert (row["phase"], row["status"]) == ("withdrawn", "withdrawn")
    assert customs.document_of(row["cop_no"]) == []
    assert await customs.events(row["id"]) == []


async def test_cancelled_after_transmission_is_requested_and_keeps_its_phase(customs: Any) -> None:
    order = customs.an_order()
    await customs.declare(order)
    await customs.consume(customs.cancelled(order))
    row = await customs.declaration(order)
    assert (row["phase"], row["status"]) == ("transmitted", "cancel_requested")


async def test_the_newest_report_of_a_flight_is_kept(customs: Any) -> None:
    flight_id = new_id("flt")
    first = customs.flight_departed(flight_id, shipments=1)
    customs.clock.advance(minutes=1)
    second = customs.flight_departed(flight_id, shipments=3)
    for event in (first, second, first):
        await customs.consume(event)
    (row,) = await customs.sql("SELECT shipments FROM customs.flights WHERE id = $1", flight_id)
    assert row["shipments"] == 3
