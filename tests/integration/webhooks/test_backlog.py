"""What waits and for how long, and how many endpoints are well: the numbers behind an alert."""

from typing import Any

from services.webhooks import queries
from shared.db import Database
from shared.kernel.identity import PARK
from tests.kit.transactions import in_vain


async def test_age_is_that_of_what_could_be_sent_and_everything_that_waits_is_counted(
    db: Database, make_endpoint: Any, publish: Any, hooks: Any
) -> None:
    due_s_ago = {"well": 90, "well, too": 30, "disabled": 500, "failing": 700, "told": 900}
    made = {name: await make_endpoint("http://127.0.0.1:9/") for name in due_s_ago}
    ids = {name: endpoint.id for name, endpoint in made.items()}
    await publish(*(hooks.event(tenant=endpoint.tenant) for endpoint in made.values()))
    async with in_vain(db, PARK) as uow:
        run = uow._connection.execute
        # What other tests left is out of the way here.
        ours = [*ids.values()]
        await run("UPDATE webhooks.endpoints SET status = 'deleted' WHERE id <> ALL ($1)", ours)
        deliveries = "UPDATE webhooks.deliveries SET"
        await run(f"{deliveries} status = 'delivered' WHERE endpoint_id <> ALL ($1)", ours)
        due = f"{deliveries} due_at = now() - $2::int * interval '1 s' WHERE endpoint_id = $1"
        for name, seconds in due_s_ago.items():
            await run(due, ids[name], seconds)
        await run(f"{deliveries} status = 'delivered' WHERE endpoint_id = $1", ids["told"])
        disabled = "UPDATE webhooks.endpoints SET status = 'disabled' WHERE id = $1"
        await run(disabled, ids["disabled"])
        failing = "UPDATE webhooks.endpoint_health SET failing_since = now() WHERE endpoint_id = $1"
        await run(failing, ids["failing"])

        backlog = await queries.measure_backlog(uow)
        assert (backlog.pending, int(backlog.age_s)) == (4, 90)
        assert backlog.states == {"healthy": 3, "disabled": 1, "failing": 1}

        await run(f"{deliveries} due_at = now() + interval '1 h' WHERE status = 'pending'")
        later = await queries.measure_backlog(uow)
        assert (later.pending, later.age_s) == (4, 0)
