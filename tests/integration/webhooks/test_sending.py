"""The sender: events become signed requests, and answers become state."""

import asyncio
import json

from tests.kit.receiver import Reply, WebhookReceiver
from tests.kit.waiting import until
from tests.support.worlds.webhooks import WebhooksWorld


async def test_an_event_is_delivered_signed_and_recorded(
    world: WebhooksWorld, receiver: WebhookReceiver
) -> None:
    endpoint = await world.register(receiver.url)
    receiver.trust(endpoint.secret)
    event = world.event(tenant=endpoint.tenant, data='{"title":"陶瓷杯 ☕"}')

    async with world.sending() as sender:
        await world.publish(event, wake=sender.wake)
        (hit,) = await receiver.wait_for(1)
        await world.until_all_have(endpoint.id, "delivered")

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
    (attempt,) = await world.attempts(endpoint.id)
    assert (attempt["number"], attempt["result"], attempt["status_code"]) == (1, "delivered", 200)
    assert attempt["answer_excerpt"] == "ok"


async def test_failures_follow_the_schedule_with_one_id_and_fresh_signatures(
    world: WebhooksWorld, receiver: WebhookReceiver
) -> None:
    endpoint = await world.register(receiver.url)
    receiver.trust(endpoint.secret)
    receiver.replies.extend([Reply(500, body=b"broken"), Reply(503)])

    async with world.sending() as sender:
        await world.publish(world.event(tenant=endpoint.tenant), wake=sender.wake)
        await receiver.wait_for(1)
        await world.until_all_have(endpoint.id, "delivered")

    assert len({hit.webhook_id for hit in receiver.hits}) == 1
    assert [hit.status for hit in receiver.hits] == [500, 503, 200]
    assert receiver.rejected == []
    attempts = await world.attempts(endpoint.id)
    assert [(a["number"], a["result"], a["status_code"]) for a in attempts] == [
        (1, "refused", 500),
        (2, "refused", 503),
        (3, "delivered", 200),
    ]
    assert attempts[0]["answer_excerpt"] == "broken"


async def test_after_the_last_attempt_it_has_failed(
    world: WebhooksWorld, receiver: WebhookReceiver
) -> None:
    endpoint = await world.register(receiver.url)
    receiver.trust(endpoint.secret)
    receiver.always = Reply(500)

    async with world.sending(schedule_s=(0.0, 0.02, 0.02)) as sender:
        await world.publish(world.event(tenant=endpoint.tenant), wake=sender.wake)
        await world.until_all_have(endpoint.id, "failed")

    assert len(receiver.hits) == 3


async def test_410_disables_the_endpoint_publishes_it_and_keeps_the_backlog(
    world: WebhooksWorld, receiver: WebhookReceiver
) -> None:
    endpoint = await world.register(receiver.url)
    receiver.trust(endpoint.secret)
    receiver.always = Reply(410)

    async with world.sending() as sender:
        await world.publish(world.event(tenant=endpoint.tenant), wake=sender.wake)
        await until(lambda: world.is_disabled(endpoint.id))
        await world.publish(world.event(tenant=endpoint.tenant), wake=sender.wake)
        await asyncio.sleep(0.5)

    assert len(receiver.hits) == 1
    (delivery,) = await world.deliveries(endpoint.id)
    assert delivery["status"] == "pending"
    events = await world.sql(
        "SELECT payload, aggregate_version FROM webhooks.outbox WHERE aggregate_id = $1"
        " ORDER BY aggregate_version",
        endpoint.id,
    )
    assert [e["aggregate_version"] for e in events] == [1, 2]
    published = json.loads(events[1]["payload"])
    assert (published["status"], published["reason"]) == ("disabled", "answered 410 Gone")
    (row,) = await world.sql("SELECT * FROM webhooks.endpoints WHERE id = $1", endpoint.id)
    assert (row["version"], row["events"]) == (2, 2)
    assert row["updated_at"] > row["created_at"], "the times of a row are real times"


async def test_failing_for_days_disables_and_success_forgets(
    world: WebhooksWorld, receiver: WebhookReceiver
) -> None:
    dying, recovering = await world.register(receiver.url), await world.register(receiver.url)
    receiver.trust(dying.secret, recovering.secret)
    await world.sql(
        "UPDATE webhooks.endpoint_health SET failures_in_a_row = 3,"
        " failing_since = now() - interval '5 days 1 hour' WHERE endpoint_id = ANY ($1)",
        [dying.id, recovering.id],
    )

    async with world.sending() as sender:
        await world.publish(world.event(tenant=recovering.tenant), wake=sender.wake)
        await receiver.wait_for(1)
        await world.until_all_have(recovering.id, "delivered")
        receiver.always = Reply(500)
        await world.publish(
            world.event(tenant=dying.tenant),
            world.event(tenant=recovering.tenant),
            wake=sender.wake,
        )
        await until(lambda: world.is_disabled(dying.id))

    assert not await world.is_disabled(recovering.id)


async def test_429_rests_the_endpoint_for_as_long_as_it_asks(
    world: WebhooksWorld, receiver: WebhookReceiver
) -> None:
    endpoint = await world.register(receiver.url)
    receiver.trust(endpoint.secret)
    receiver.replies.append(Reply(429, headers={"Retry-After": "1"}))

    async with world.sending() as sender:
        await world.publish(world.event(tenant=endpoint.tenant), wake=sender.wake)
        await receiver.wait_for(1)

    first, second = receiver.hits
    assert (first.status, second.status) == (429, 200)
    assert second.at_s - first.at_s >= 1.0


async def test_a_redirect_is_a_failure_and_is_not_followed(
    world: WebhooksWorld, receiver: WebhookReceiver
) -> None:
    endpoint = await world.register(receiver.url)
    receiver.trust(endpoint.secret)
    elsewhere = receiver.url.replace("/hooks", "/elsewhere")
    receiver.always = Reply(307, headers={"Location": elsewhere})

    async with world.sending(schedule_s=(0.0,)) as sender:
        await world.publish(world.event(tenant=endpoint.tenant), wake=sender.wake)
        await world.until_all_have(endpoint.id, "failed")

    assert [hit.path for hit in receiver.hits] == ["/hooks"]
    (attempt,) = await world.attempts(endpoint.id)
    assert (attempt["result"], attempt["status_code"]) == ("refused", 307)


async def test_a_huge_answer_is_read_only_to_the_cap(
    world: WebhooksWorld, receiver: WebhookReceiver
) -> None:
    endpoint = await world.register(receiver.url)
    receiver.trust(endpoint.secret)
    receiver.always = Reply(200, body=b"x\x00" * 5_000_000)

    async with world.sending() as sender:
        await world.publish(world.event(tenant=endpoint.tenant), wake=sender.wake)
        await world.until_all_have(endpoint.id, "delivered")

    (attempt,) = await world.attempts(endpoint.id)
    assert len(attempt["answer_excerpt"]) == 1000
    assert "\x00" not in attempt["answer_excerpt"]


async def test_an_endpoint_that_never_answers_times_out(world: WebhooksWorld) -> None:
    held: list[asyncio.StreamWriter] = []

    async def hold(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.append(writer)

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    endpoint = await world.register(f"http://127.0.0.1:{port}/")
    async with world.sending(timeout_s=0.3, schedule_s=(0.0,)) as sender:
        await world.publish(world.event(tenant=endpoint.tenant), wake=sender.wake)
        await world.until_all_have(endpoint.id, "failed")
    for writer in held:
        writer.close()

    server.close()

    (attempt,) = await world.attempts(endpoint.id)
    assert attempt["result"] == "timeout"
    assert 250 <= attempt["duration_ms"] <= 900


async def test_the_guard_stops_private_addresses_at_the_socket(
    world: WebhooksWorld, receiver: WebhookReceiver
) -> None:
    port = receiver.url.split(":")[2].split("/")[0]
    hosts = ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "[::1]"]
    made = [await world.register(f"http://{host}:{port}/") for host in hosts]
    receiver.trust(*(endpoint.secret for endpoint in made))

    async with world.sending(allow_private=False, schedule_s=(0.0,)) as sender:
        await world.publish(*(world.event(tenant=e.tenant) for e in made), wake=sender.wake)
        for endpoint in made:
            await world.until_all_have(endpoint.id, "failed")

    assert receiver.hits == []
    for endpoint in made:
        (attempt,) = await world.attempts(endpoint.id)
        assert attempt["result"] == "forbidden_address", attempt["error"]


async def test_a_sender_that_dies_mid_request_is_taken_over_with_the_same_id(
    world: WebhooksWorld, receiver: WebhookReceiver
) -> None:
    endpoint = await world.register(receiver.url)
    receiver.trust(endpoint.secret)
    receiver.always = Reply(delay_s=0.6)
    async with world.sending(timeout_s=0.9, lease_s=1.8) as dying:
        await world.publish(world.event(tenant=endpoint.tenant), wake=dying.wake)
        await asyncio.sleep(0.3)  # the request is under way; leaving cancels everything at once
    (claimed,) = await world.deliveries(endpoint.id)
    assert (claimed["status"], claimed["attempts"]) == ("pending", 1)

    async with world.sending(timeout_s=0.9, lease_s=1.8):
        await world.until_all_have(endpoint.id, "delivered")

    assert len({hit.webhook_id for hit in receiver.hits}) == 1
    (attempt,) = await world.attempts(endpoint.id)
    assert attempt["number"] == 2


async def test_a_stopped_sender_lets_requests_end_and_gives_the_rest_back(
    world: WebhooksWorld, receiver: WebhookReceiver
) -> None:
    quick, slow = await world.register(receiver.url), await world.register(receiver.url)
    receiver.trust(quick.secret, slow.secret)
    receiver.replies.extend([Reply(delay_s=0.2), Reply(delay_s=0.9)])

    async with world.sending(grace_s=0.4) as sender:
        await world.publish(world.event(tenant=quick.tenant), wake=sender.wake)
        await asyncio.sleep(0.1)
        await world.publish(world.event(tenant=slow.tenant), wake=sender.wake)
        await asyncio.sleep(0.1)
        await sender.stop(within_s=2)

    assert await world.has_status(quick.id, "delivered")
    (given_back,) = await world.deliveries(slow.id)
    assert (given_back["status"], given_back["claim_id"]) == ("pending", None)
    (is_due,) = await world.sql(
        "SELECT due_at <= now() AS due FROM webhooks.deliveries WHERE id = $1", given_back["id"]
    )
    assert is_due["due"]


async def test_the_last_answer_before_a_stop_is_recorded(
    world: WebhooksWorld, receiver: WebhookReceiver
) -> None:
    endpoint = await world.register(receiver.url)
    receiver.trust(endpoint.secret)
    receiver.always = Reply(delay_s=0.2)

    async with world.sending() as sender:
        await world.publish(world.event(tenant=endpoint.tenant), wake=sender.wake)
        await until(lambda: _is_claimed(world, endpoint.id))
        await sender.stop()

    assert await world.has_status(endpoint.id, "delivered")


async def _is_claimed(world: WebhooksWorld, endpoint_id: str) -> bool:
    (delivery,) = await world.deliveries(endpoint_id)
    return delivery["claim_id"] is not None


async def test_a_dead_endpoint_with_a_backlog_does_not_hold_up_the_others(
    world: WebhooksWorld, receiver: WebhookReceiver
) -> None:
    dead = await world.register()  # the port `discard`: nobody listens
    alive = await world.register(receiver.url)
    receiver.trust(alive.secret)
    await world.publish(*(world.event(tenant=dead.tenant) for _ in range(3000)))

    async with world.sending(schedule_s=(0.0, 60.0)) as sender:
        await world.publish(
            *(world.event(tenant=alive.tenant) for _ in range(100)), wake=sender.wake
        )
        await receiver.wait_for(100)

    assert len(await world.attempts(dead.id)) < 50


async def test_two_senders_share_the_work_without_doubling_it(
    world: WebhooksWorld, receiver: WebhookReceiver
) -> None:
    endpoint = await world.register(receiver.url)
    receiver.trust(endpoint.secret)

    async with world.sending() as first, world.sending() as second:

        def wake_both() -> None:
            first.wake()
            second.wake()

        await world.publish(
            *(world.event(tenant=endpoint.tenant) for _ in range(300)), wake=wake_both
        )
        await receiver.wait_for(300)
        await world.until_all_have(endpoint.id, "delivered")

    assert len(receiver.hits) == 300
    assert len({hit.webhook_id for hit in receiver.hits}) == 300
