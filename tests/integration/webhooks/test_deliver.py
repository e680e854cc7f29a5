"""Events become signed requests; what comes back becomes state. Real PostgreSQL, real HTTP."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from services.webhooks.domain.message import DataIsNotJson
from shared.contracts.envelope import Envelope
from shared.kernel.identity import Role
from shared.kernel.ids import new_id
from tests.kit.receiver import Reply, WebhookReceiver
from tests.support.events.catalog.partners import a_partner_registered
from tests.support.events.envelopes import enveloped


async def test_an_event_is_delivered_signed_and_recorded(
    hooks: Any, make_endpoint: Any, publish: Any, sending: Any, receiver: WebhookReceiver
) -> None:
    endpoint = await make_endpoint(receiver.url)
    receiver.trust(endpoint.secret)
    event = hooks.event(tenant=endpoint.tenant, data='{"title":"陶瓷杯 ☕"}')
    async with sending() as sender:
        await publish(event, wake=sender.wake)
        (hit,) = await receiver.wait_for(1)
        await hooks.until(lambda: hooks.has_status(endpoint.id, "delivered"))
    assert receiver.rejected == []
    assert hit.webhook_id == event.id
    assert hit.headers["content-type"] == "application/json"
    assert hit.headers["user-agent"] == "Airlane-Webhooks/0.1"
    assert hit.headers["traceparent"].split("-")[1] == "0af7651916cd43dd8448eb211c80319c"
    assert "cookie" not in hit.headers
    assert json.loads(hit.body) == {
        "type": event.type,
        "timestamp": event.time.isoformat().replace("+00:00", "Z"),
        "data": {"title": "陶瓷杯 ☕"},
    }
    (attempt,) = await hooks.attempts(endpoint.id)
    assert (attempt["number"], attempt["result"], attempt["status_code"]) == (1, "delivered", 200)
    assert attempt["answer_excerpt"] == "ok"


async def test_the_same_slice_twice_makes_one_delivery(
    hooks: Any, make_endpoint: Any, publish: Any
) -> None:
    endpoint = await make_endpoint("http://127.0.0.1:9/", event_types=["customs.*", "*"])
    events = [hooks.event(tenant=endpoint.tenant) for _ in range(5)]
    await publish(*events)
    await publish(*events)
    assert len(await hooks.deliveries(endpoint.id)) == 5


async def test_a_partners_rights_follow_the_newest_event(
    hooks: Any, make_endpoint: Any, publish: Any
) -> None:
    mine, other = new_id("mer"), new_id("mer")
    endpoint = await make_endpoint("http://127.0.0.1:9/", role=Role.PARTNER, sees=())

    def rights(merchants: list[str], version: int) -> Envelope:
        payload = a_partner_registered(partner_id=endpoint.tenant, merchants=merchants)
        return enveloped(payload, version=version, tenant_id=endpoint.tenant)

    await publish(hooks.event(tenant=mine), rights([mine, other], 2))
    # In one slice, and from there on; rights themselves are told to nobody.
    assert len(await hooks.deliveries(endpoint.id)) == 1
    await publish(rights([other], 3), rights([mine], 1))
    await publish(hooks.event(tenant=mine))
    assert len(await hooks.deliveries(endpoint.id)) == 1
    await publish(hooks.event(tenant=other))
    assert len(await hooks.deliveries(endpoint.id)) == 2


async def test_who_is_told_of_what(hooks: Any, make_endpoint: Any, publish: Any) -> None:
    mine, other = new_id("mer"), new_id("mer")
    url = "http://127.0.0.1:9/"
    made = {
        "merchant": await make_endpoint(url, tenant=mine),
        "picky": await make_endpoint(url, tenant=mine, event_types=["routing.shipment.*"]),
        "partner of mine": await make_endpoint(url, role=Role.PARTNER, sees=(mine,)),
        "partner of none": await make_endpoint(url, role=Role.PARTNER, sees=()),
        "partner of all": await make_endpoint(url, role=Role.PARTNER, sees=None),
        "operator": await make_endpoint(url, role=Role.OPERATOR, tenant="park"),
    }
    await publish(
        hooks.event(tenant=mine),
        hooks.event(tenant=mine, event_type="routing.shipment.booked"),
        hooks.event(tenant=other),
        hooks.event(tenant="park", event_type="routing.flight.departed"),
    )
    counts = {name: len(await hooks.deliveries(e.id)) for name, e in made.items()}
    assert counts == {
        "merchant": 2,
        "picky": 1,
        "partner of mine": 2,
        "partner of none": 0,
        "partner of all": 4,
        "operator": 4,
    }


async def test_failures_follow_the_schedule_with_one_id_and_fresh_signatures(
    hooks: Any, make_endpoint: Any, publish: Any, sending: Any, receiver: WebhookReceiver
) -> None:
    endpoint = await make_endpoint(receiver.url)
    receiver.trust(endpoint.secret)
    receiver.replies.extend([Reply(500, body=b"broken"), Reply(503)])
    async with sending() as sender:
        await publish(hooks.event(tenant=endpoint.tenant), wake=sender.wake)
        await receiver.wait_for(1)
        await hooks.until(lambda: hooks.has_status(endpoint.id, "delivered"))
    assert len({hit.webhook_id for hit in receiver.hits}) == 1
    assert [hit.status for hit in receiver.hits] == [500, 503, 200]
    assert receiver.rejected == []
    attempts = await hooks.attempts(endpoint.id)
    assert [(a["number"], a["result"], a["status_code"]) for a in attempts] == [
        (1, "refused", 500),
        (2, "refused", 503),
        (3, "delivered", 200),
    ]
    assert attempts[0]["answer_excerpt"] == "broken"


async def test_after_the_last_attempt_it_has_failed(
    hooks: Any, make_endpoint: Any, publish: Any, sending: Any, receiver: WebhookReceiver
) -> None:
    endpoint = await make_endpoint(receiver.url)
    receiver.trust(endpoint.secret)
    receiver.always = Reply(500)
    async with sending(schedule_s=(0.0, 0.02, 0.02)) as sender:
        await publish(hooks.event(tenant=endpoint.tenant), wake=sender.wake)
        await hooks.until(lambda: hooks.has_status(endpoint.id, "failed"))
    assert len(receiver.hits) == 3


async def test_410_disables_the_endpoint_tells_the_world_and_keeps_the_backlog(
    hooks: Any, make_endpoint: Any, publish: Any, sending: Any, receiver: WebhookReceiver
) -> None:
    endpoint = await make_endpoint(receiver.url)
    receiver.trust(endpoint.secret)
    receiver.always = Reply(410)
    async with sending() as sender:
        await publish(hooks.event(tenant=endpoint.tenant), wake=sender.wake)
        await hooks.until(lambda: hooks.is_disabled(endpoint.id))
        await publish(hooks.event(tenant=endpoint.tenant), wake=sender.wake)
        await asyncio.sleep(0.5)
    assert len(receiver.hits) == 1
    (delivery,) = await hooks.deliveries(endpoint.id)
    assert delivery["status"] == "pending"
    events = await hooks.sql(
        "SELECT payload, aggregate_version FROM webhooks.outbox WHERE aggregate_id = $1"
        " ORDER BY aggregate_version",
        endpoint.id,
    )
    assert [e["aggregate_version"] for e in events] == [1, 2]
    told = json.loads(events[1]["payload"])
    assert (told["status"], told["reason"]) == ("disabled", "answered 410 Gone")


async def test_failing_for_days_disables_and_success_forgets(
    hooks: Any, make_endpoint: Any, publish: Any, sending: Any, receiver: WebhookReceiver
) -> None:
    dying, recovering = await make_endpoint(receiver.url), await make_endpoint(receiver.url)
    receiver.trust(dying.secret, recovering.secret)
    await hooks.sql(
        "UPDATE webhooks.endpoint_health SET failures_in_a_row = 3,"
        " failing_since = now() - interval '5 days 1 hour' WHERE endpoint_id = ANY ($1)",
        [dying.id, recovering.id],
    )
    async with sending() as sender:
        await publish(hooks.event(tenant=recovering.tenant), wake=sender.wake)
        await receiver.wait_for(1)
        await hooks.until(lambda: hooks.has_status(recovering.id, "delivered"))
        receiver.always = Reply(500)
        await publish(
            hooks.event(tenant=dying.tenant),
            hooks.event(tenant=recovering.tenant),
            wake=sender.wake,
        )
        await hooks.until(lambda: hooks.is_disabled(dying.id))
    assert not await hooks.is_disabled(recovering.id)


async def test_429_rests_the_endpoint_for_as_long_as_it_asks(
    hooks: Any, make_endpoint: Any, publish: Any, sending: Any, receiver: WebhookReceiver
) -> None:
    endpoint = await make_endpoint(receiver.url)
    receiver.trust(endpoint.secret)
    receiver.replies.append(Reply(429, headers={"Retry-After": "1"}))
    async with sending() as sender:
        await publish(hooks.event(tenant=endpoint.tenant), wake=sender.wake)
        await receiver.wait_for(1)
    first, second = receiver.hits
    assert (first.status, second.status) == (429, 200)
    assert second.at_s - first.at_s >= 1.0


async def test_a_redirect_is_a_failure_and_is_not_followed(
    hooks: Any, make_endpoint: Any, publish: Any, sending: Any, receiver: WebhookReceiver
) -> None:
    endpoint = await make_endpoint(receiver.url)
    receiver.trust(endpoint.secret)
    elsewhere = receiver.url.replace("/hooks", "/elsewhere")
    receiver.always = Reply(307, headers={"Location": elsewhere})
    async with sending(schedule_s=(0.0,)) as sender:
        await publish(hooks.event(tenant=endpoint.tenant), wake=sender.wake)
        await hooks.until(lambda: hooks.has_status(endpoint.id, "failed"))
    assert [hit.path for hit in receiver.hits] == ["/hooks"]
    (attempt,) = await hooks.attempts(endpoint.id)
    assert (attempt["result"], attempt["status_code"]) == ("refused", 307)


async def test_a_huge_answer_is_read_only_to_the_cap(
    hooks: Any, make_endpoint: Any, publish: Any, sending: Any, receiver: WebhookReceiver
) -> None:
    endpoint = await make_endpoint(receiver.url)
    receiver.trust(endpoint.secret)
    receiver.always = Reply(200, body=b"x\x00" * 5_000_000)
    async with sending() as sender:
        await publish(hooks.event(tenant=endpoint.tenant), wake=sender.wake)
        await hooks.until(lambda: hooks.has_status(endpoint.id, "delivered"))
    (attempt,) = await hooks.attempts(endpoint.id)
    assert len(attempt["answer_excerpt"]) == 1000
    assert "\x00" not in attempt["answer_excerpt"]


async def test_an_endpoint_that_never_answers_times_out(
    hooks: Any, make_endpoint: Any, publish: Any, sending: Any
) -> None:
    held: list[asyncio.StreamWriter] = []

    async def hold(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.append(writer)

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    endpoint = await make_endpoint(f"http://127.0.0.1:{port}/")
    async with sending(timeout_s=0.3, schedule_s=(0.0,)) as sender:
        await publish(hooks.event(tenant=endpoint.tenant), wake=sender.wake)
        await hooks.until(lambda: hooks.has_status(endpoint.id, "failed"))
    for writer in held:
        writer.close()
    server.close()
    (attempt,) = await hooks.attempts(endpoint.id)
    assert attempt["result"] == "timeout"
    assert 250 <= attempt["duration_ms"] <= 900


async def test_the_guard_stops_private_addresses_at_the_socket(
    hooks: Any, make_endpoint: Any, publish: Any, sending: Any, receiver: WebhookReceiver
) -> None:
    port = receiver.url.split(":")[2].split("/")[0]
    hosts = ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "[::1]"]
    made = [await make_endpoint(f"http://{host}:{port}/") for host in hosts]
    receiver.trust(*(endpoint.secret for endpoint in made))
    async with sending(allow_private=False, schedule_s=(0.0,)) as sender:
        await publish(*(hooks.event(tenant=e.tenant) for e in made), wake=sender.wake)
        for endpoint in made:
            await hooks.until(lambda e=endpoint: hooks.has_status(e.id, "failed"))
    assert receiver.hits == []
    for endpoint in made:
        (attempt,) = await hooks.attempts(endpoint.id)
        assert attempt["result"] == "forbidden_address", attempt["error"]


async def test_a_sender_that_dies_mid_request_is_taken_over_with_the_same_id(
    hooks: Any, make_endpoint: Any, publish: Any, sending: Any, receiver: WebhookReceiver
) -> None:
    endpoint = await make_endpoint(receiver.url)
    receiver.trust(endpoint.secret)
    receiver.always = Reply(delay_s=0.6)
    rules = {"timeout_s": 0.9, "lease_s": 1.8}
    async with sending(**rules) as dying:
        await publish(hooks.event(tenant=endpoint.tenant), wake=dying.wake)
        await asyncio.sleep(0.3)  # the request is under way; leaving cancels everything at once
    (claimed,) = await hooks.deliveries(endpoint.id)
    assert (claimed["status"], claimed["attempts"]) == ("pending", 1)
    async with sending(**rules):
        await hooks.until(lambda: hooks.has_status(endpoint.id, "delivered"))
    assert len({hit.webhook_id for hit in receiver.hits}) == 1
    (attempt,) = await hooks.attempts(endpoint.id)
    assert attempt["number"] == 2


async def test_a_stopped_sender_lets_requests_end_and_gives_the_rest_back(
    hooks: Any, make_endpoint: Any, publish: Any, sending: Any, receiver: WebhookReceiver
) -> None:
    quick, slow = await make_endpoint(receiver.url), await make_endpoint(receiver.url)
    receiver.trust(quick.secret, slow.secret)
    receiver.replies.extend([Reply(delay_s=0.2), Reply(delay_s=0.9)])
    async with sending(stoppable=True, grace_s=0.4) as (sender, stop, running):
        await publish(hooks.event(tenant=quick.tenant), wake=sender.wake)
        await asyncio.sleep(0.1)
        await publish(hooks.event(tenant=slow.tenant), wake=sender.wake)
        await asyncio.sleep(0.1)
        stop.set()
        async with asyncio.timeout(2):
            await running
    assert await hooks.has_status(quick.id, "delivered")
    (given_back,) = await hooks.deliveries(slow.id)
    assert (given_back["status"], given_back["claim_id"]) == ("pending", None)
    (is_due,) = await hooks.sql(
        "SELECT due_at <= now() AS due FROM webhooks.deliveries WHERE id = $1", given_back["id"]
    )
    assert is_due["due"]


async def test_the_last_answer_before_a_stop_is_recorded(
    hooks: Any, make_endpoint: Any, publish: Any, sending: Any, receiver: WebhookReceiver
) -> None:
    endpoint = await make_endpoint(receiver.url)
    receiver.trust(endpoint.secret)
    receiver.always = Reply(delay_s=0.2)
    async with sending(stoppable=True) as (sender, stop, running):
        await publish(hooks.event(tenant=endpoint.tenant), wake=sender.wake)
        await hooks.until(lambda: _is_claimed(hooks, endpoint.id))
        stop.set()
        await running
    assert await hooks.has_status(endpoint.id, "delivered")


async def _is_claimed(hooks: Any, endpoint_id: str) -> bool:
    (delivery,) = await hooks.deliveries(endpoint_id)
    return delivery["claim_id"] is not None


async def test_a_dead_endpoint_with_a_backlog_does_not_hold_up_the_others(
    hooks: Any, make_endpoint: Any, publish: Any, sending: Any, receiver: WebhookReceiver
) -> None:
    dead = await make_endpoint("http://127.0.0.1:9/")  # the port `discard`: nobody listens
    alive = await make_endpoint(receiver.url)
    receiver.trust(alive.secret)
    await publish(*(hooks.event(tenant=dead.tenant) for _ in range(3000)))
    async with sending(schedule_s=(0.0, 60.0)) as sender:
        await publish(*(hooks.event(tenant=alive.tenant) for _ in range(100)), wake=sender.wake)
        await receiver.wait_for(100)
    assert len(await hooks.attempts(dead.id)) < 50


async def test_two_senders_share_the_work_without_doubling_it(
    hooks: Any, make_endpoint: Any, publish: Any, sending: Any, receiver: WebhookReceiver
) -> None:
    endpoint = await make_endpoint(receiver.url)
    receiver.trust(endpoint.secret)
    async with sending() as first, sending() as second:

        def wake_both() -> None:
            first.wake()
            second.wake()

        await publish(*(hooks.event(tenant=endpoint.tenant) for _ in range(300)), wake=wake_both)
        await receiver.wait_for(300)
        await hooks.until(lambda: hooks.has_status(endpoint.id, "delivered"))
    assert len(receiver.hits) == 300
    assert len({hit.webhook_id for hit in receiver.hits}) == 300


async def test_an_event_that_is_not_json_is_refused_and_nothing_of_its_slice_is_kept(
    hooks: Any, make_endpoint: Any, publish: Callable[..., Any]
) -> None:
    endpoint = await make_endpoint("http://127.0.0.1:9/")
    good, bad = hooks.event(tenant=endpoint.tenant), hooks.event(tenant=endpoint.tenant, data="{")
    with pytest.raises(DataIsNotJson):
        await publish(good, bad)
    assert await hooks.deliveries(endpoint.id) == []
    await publish(good)
    assert len(await hooks.deliveries(endpoint.id)) == 1
