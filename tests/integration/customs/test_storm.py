"""The storm of `python -m deploy.bench customs-storm`, in small, with worse weather."""

from deploy.bench.storm.port import Weather
from deploy.bench.storm.storm import storm
from shared.db import Database
from tests.kit.databases import Postgres

WEATHER = Weather(failing=0.15, repeated=0.4, unreadable=0.03)


async def test_after_a_storm_with_an_outage_every_state_is_the_oracles(postgres: Postgres) -> None:
    async with postgres.fresh_database("customs") as name:
        db = Database(postgres.app_dsn("customs", name), schema="customs", size=6)
        await db.open()
        try:
            outcome = await storm(db, lists=110, seed=7, with_outage=True, weather=WEATHER)
        finally:
            await db.close()

    assert outcome.differing == []
    # There was a storm.
    assert outcome.refusals > 0
    assert outcome.uploads > 330
    assert {"moved", "history", "illegal", "unknown", "no document"} <= outcome.marks.keys()
    assert {"released", "closed", "returned"} <= outcome.lists.keys()
