"""Which endpoints receive an event. Rights, endpoints and events arrive independently:
it is decided when the event arrives, by what is known then, and once.
"""

import json
from collections.abc import Sequence
from itertools import permutations

import pytest
from prometheus_client import REGISTRY

from services.webhooks.domain.messages import DataIsNotJson
from shared.contracts.envelope import Envelope
from shared.db import UnitOfWork
from shared.kernel.identity import PARK
from shared.kernel.ids import new_id
from tests.kit.transactions import in_vain
from tests.support.events.catalog.partners import a_partner_registered
from tests.support.events.envelopes import enveloped
from tests.support.worlds.webhooks import WebhooksWorld


async def receipts_of(uow: UnitOfWork, endpoint_id: str) -> list[str]:
    rows = await uow._connection.fetch(
        "SELECT event_id FROM webhooks.deliveries WHERE endpoint_id = $1", endpoint_id
    )
    return sorted(row["event_id"] for row in rows)


def rights(partner: str, merchants: list[str] | None, version: int) -> Envelope:
    payload = a_partner_registered(partner_id=partner, merchants=merchants)
    return enveloped(payload, version=version, tenant_id=partner)


def expected_of(turns: Sequence[Envelope], *, seen: frozenset[str] | None) -> list[str]:
    """By the newest rights that arrived before each event; None: all."""
    version, ids = 1, []
    for event in turns:
        if event.type != "catalog.partner.registered":
            ids += [event.id] if seen is None or event.tenant_id in seen else []
        elif event.aggregate_version > version:
            merchants = json.loads(event.data)["merchants"]
            seen = None if merchants is None else frozenset(merchants)
            version = event.aggregate_version
    return sorted(ids)


async def test_a_partner_receives_by_the_rights_known_when_an_event_arrives(
    world: WebhooksWorld,
) -> None:
    mine, other = new_id("mer"), new_id("mer")
    endpoint = await world.register_for_partner()
    events = [
        rights(endpoint.tenant, [other, mine], 2),
        rights(endpoint.tenant, [other], 3),
        rights(endpoint.tenant, None, 4),
        world.event(tenant=mine),
        world.event(tenant=other),
    ]
    for turns in permutations(events):
        async with in_vain(world.db, PARK) as uow:
            for event in turns:
                await world.take_in(uow, event)
            ids = await receipts_of(uow, endpoint.id)
            assert ids == expected_of(turns, seen=frozenset())
            # Repeated under other rights: what was not received then is not received now.
            await world.take_in(uow, *turns)
            assert await receipts_of(uow, endpoint.id) == ids


async def test_the_newest_rights_of_a_slice_count_for_all_its_events(world: WebhooksWorld) -> None:
    mine, other = new_id("mer"), new_id("mer")
    endpoint = await world.register_for_partner()
    events = [
        rights(endpoint.tenant, [mine], 2),
        rights(endpoint.tenant, [other], 3),
        world.event(tenant=mine),
        world.event(tenant=other),
    ]
    for turns in permutations(events):
        async with in_vain(world.db, PARK) as uow:
            await world.take_in(uow, *turns, *turns)
            assert await receipts_of(uow, endpoint.id) == [events[3].id]


async def test_an_endpoint_receives_what_arrives_while_it_is_enabled(world: WebhooksWorld) -> None:
    endpoint = await world.register()
    first, second = world.event(tenant=endpoint.tenant), world.event(tenant=endpoint.tenant)
    happenings: list[Envelope | str] = [first, second, "disabled", "enabled"]
    for turns in permutations(happenings):
        async with in_vain(world.db, PARK) as uow:
            is_enabled, expected = True, []
            for turn in turns:
                if isinstance(turn, str):
                    is_enabled = turn == "enabled"
                    await uow._connection.execute(
                        "UPDATE webhooks.endpoints SET status = $1 WHERE id = $2", turn, endpoint.id
                    )
                else:
                    expected += [turn.id] if is_enabled else []
                    await world.take_in(uow, turn)
            await world.take_in(uow, first, second)
            assert await receipts_of(uow, endpoint.id) == sorted(expected)


async def test_a_repeated_slice_and_overlapping_patterns_make_one_delivery_each(
    world: WebhooksWorld,
) -> None:
    endpoint = await world.register(event_types=["customs.*", "*"])
    events = [world.event(tenant=endpoint.tenant) for _ in range(5)]

    await world.publish(*events)
    await world.publish(*events)

    assert len(await world.deliveries(endpoint.id)) == 5


async def test_a_partners_rights_follow_the_newest_event(world: WebhooksWorld) -> None:
    mine, other = new_id("mer"), new_id("mer")
    endpoint = await world.register_for_partner()

    def rights(merchants: list[str], version: int) -> Envelope:
        payload = a_partner_registered(partner_id=endpoint.tenant, merchants=merchants)
        return enveloped(payload, version=version, tenant_id=endpoint.tenant)

    await world.publish(world.event(tenant=mine), rights([mine, other], 2))
    # In one slice, and from there on. Rights themselves are delivered to nobody.
    assert len(await world.deliveries(endpoint.id)) == 1
    await world.publish(rights([other], 3), rights([mine], 1))
    await world.publish(world.event(tenant=mine))
    assert len(await world.deliveries(endpoint.id)) == 1

    await world.publish(world.event(tenant=other))

    assert len(await world.deliveries(endpoint.id)) == 2


async def test_merchants_receive_their_own_events_partners_by_rights_and_the_park_all(
    world: WebhooksWorld,
) -> None:
    mine, other = new_id("mer"), new_id("mer")
    made = {
        "merchant": await world.register(tenant=mine),
        "picky": await world.register(tenant=mine, event_types=["routing.shipment.*"]),
        "partner of mine": await world.register_for_partner(sees=(mine,)),
        "partner of none": await world.register_for_partner(),
        "partner of all": await world.register_for_partner(sees=None),
        "operator": await world.register_for_park(),
    }

    await world.publish(
        world.event(tenant=mine),
        world.event(tenant=mine, event_type="routing.shipment.booked"),
        world.event(tenant=other),
        world.event(tenant="park", event_type="routing.flight.departed"),
    )

    counts = {name: len(await world.deliveries(e.id)) for name, e in made.items()}
    assert counts == {
        "merchant": 2,
        "picky": 1,
        "partner of mine": 2,
        "partner of none": 0,
        "partner of all": 4,
        "operator": 4,
    }


async def test_an_event_that_is_not_json_is_refused_and_nothing_of_its_slice_is_kept(
    world: WebhooksWorld,
) -> None:
    endpoint = await world.register()
    good, bad = world.event(tenant=endpoint.tenant), world.event(tenant=endpoint.tenant, data="{")
    with pytest.raises(DataIsNotJson):
        await world.publish(good, bad)
    assert await world.deliveries(endpoint.id) == []

    await world.publish(good)

    assert len(await world.deliveries(endpoint.id)) == 1


async def test_a_slice_that_is_rolled_back_counts_no_deliveries(world: WebhooksWorld) -> None:
    endpoint = await world.register("http://receiver/")
    before = counted_deliveries()

    async with in_vain(world.db, PARK) as uow:
        await world.take_in(uow, world.event(tenant=endpoint.tenant))
    in_between = counted_deliveries()
    event = world.event(tenant=endpoint.tenant)
    await world.publish(event)

    # The park's endpoints of other tests receive it, too.
    made = await world.sql("SELECT 1 FROM webhooks.deliveries WHERE event_id = $1", event.id)
    assert (in_between - before, counted_deliveries() - before) == (0, len(made))
    assert made


def counted_deliveries() -> float:
    return REGISTRY.get_sample_value("airlane_webhook_fan_out_deliveries_total") or 0.0
