"""The worker hears everything that routing and customs publish on the topics it reads."""

from services.catalog.settings import Settings
from services.catalog.worker import SUBSCRIPTIONS, create_worker
from shared.contracts.registry import EVENTS
from shared.contracts.topics import CONSUMED_BY


def test_no_event_of_its_topics_is_overheard() -> None:
    published = {p for p in EVENTS.values() if p.topic in CONSUMED_BY["catalog"]}
    assert set(SUBSCRIPTIONS) == published


def test_the_worker_can_be_put_together() -> None:
    worker = create_worker(Settings(database_url="postgresql://nowhere/none"))
    assert {job.name for job in worker.jobs} >= {"place-back-orders"}
