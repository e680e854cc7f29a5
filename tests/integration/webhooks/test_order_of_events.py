"""Rights, endpoints and events come from different sides: whoever is to be told of an event is
decided when it arrives, by what is known then, and once.
"""

import json
from collections.abc import Sequence
from itertools import permutations

from shared.contracts.envelope import Envelope
from shared.db import UnitOfWork
from shared.kernel.identity import PARK
from shared.kernel.ids import new_id
from tests.kit.transactions import in_vain
from tests.support.events.catalog.partners import a_partner_registered
from tests.support.events.envelopes import enveloped
from tests.support.worlds.webhooks import WebhooksWorld


async def told(uow: UnitOfWork, endpoint_id: str) -> list[str]:
    rows = await uow._connection.fetch(
        "SELECT event_id FROM webhooks.deliveries WHERE endpoint_id = $1", endpoint_id
    )
    return sorted(row["event_id"] for row in rows)


def rights(partner: str, merchants: list[str] | None, version: int) -> Envelope:
    payload = a_partner_registered(partner_id=partner, merchants=merchants)
    return enveloped(payload, version=version, tenant_id=partner)


def told_of(turns: Sequence[Envelope], *, seen: frozenset[str] | None) -> list[str]:
    """By the newest rights that came before each event; None: of all."""
    version, ids = 1, []
    for event in turns:
        if event.type != "catalog.partner.registered":
            ids += [event.id] if seen is None or event.tenant_id in seen else []
        elif event.aggregate_version > version:
            merchants = json.loads(event.data)["merchants"]
            seen = None if merchants is None else frozenset(merchants)
            version = event.aggregate_version
    return sorted(ids)


async def test_a_partner_is_told_by_the_rights_known_when_an_event_comes(
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
            ids = await told(uow, endpoint.id)
            assert ids == told_of(turns, seen=frozenset())
            # Heard again, when the rights are others: what was not told then is not told now.
            await world.take_in(uow, *turns)
            assert await told(uow, endpoint.id) == ids


async def test_rights_of_a_slice_count_for_all_of_it(world: WebhooksWorld) -> None:
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
            assert await told(uow, endpoint.id) == [events[3].id]


async def test_an_endpoint_is_told_of_what_comes_while_it_is_enabled(world: WebhooksWorld) -> None:
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
            assert await told(uow, endpoint.id) == sorted(expected)
