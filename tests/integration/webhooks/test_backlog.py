"""What waits and for how long, and how many endpoints are well: the numbers behind an alert."""

from services.webhooks.queries.deliveries import Backlog, measure_backlog
from services.webhooks.queries.endpoints import EndpointCounts, count_endpoints
from shared.kernel.identity import PARK
from tests.kit.transactions import in_vain
from tests.support.worlds.webhooks import WebhooksWorld


async def test_age_is_that_of_what_could_be_sent_and_everything_that_waits_is_counted(
    world: WebhooksWorld,
) -> None:
    due_s_ago = {"well": 90, "well, too": 30, "disabled": 500, "failing": 700, "delivered": 900}
    made = {name: await world.register() for name in due_s_ago}
    ids = {name: endpoint.id for name, endpoint in made.items()}
    await world.publish(*(world.event(tenant=endpoint.tenant) for endpoint in made.values()))

    async with in_vain(world.db, PARK) as uow:
        run = uow._connection.execute
        # Without what other tests left behind.
        ours = [*ids.values()]
        await run("UPDATE webhooks.endpoints SET status = 'deleted' WHERE id <> ALL ($1)", ours)
        deliveries = "UPDATE webhooks.deliveries SET"
        await run(f"{deliveries} status = 'delivered' WHERE endpoint_id <> ALL ($1)", ours)
        due = f"{deliveries} due_at = now() - $2::int * interval '1 s' WHERE endpoint_id = $1"
        for name, seconds in due_s_ago.items():
            await run(due, ids[name], seconds)
        await run(f"{deliveries} status = 'delivered' WHERE endpoint_id = $1", ids["delivered"])
        disabled = "UPDATE webhooks.endpoints SET status = 'disabled' WHERE id = $1"
        await run(disabled, ids["disabled"])
        failing = "UPDATE webhooks.endpoint_health SET failing_since = now() WHERE endpoint_id = $1"
        await run(failing, ids["failing"])

        backlog = await measure_backlog(uow)
        counts = await count_endpoints(uow)
        await run(f"{deliveries} due_at = now() + interval '1 h' WHERE status = 'pending'")
        later = await measure_backlog(uow)

    assert (backlog.pending, int(backlog.age_s)) == (4, 90)
    assert counts == EndpointCounts(healthy=3, disabled=1, failing=1)
    assert later == Backlog(pending=4, age_s=0)
