"""Metrics of catalog. They are counted after the commit, so that a rolled-back attempt is not."""

from datetime import datetime
from functools import partial
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from services.catalog.domain.orders.facts import Status
from shared.db import UnitOfWork

ORDERS: Final = Counter(
    "airlane_catalog_orders", "Orders that reached a status, new ones included.", ["status"]
)
_BY_STATUS: Final = {status: ORDERS.labels(status.value) for status in Status}
DECLARED: Final = Histogram(
    "airlane_catalog_order_declared_seconds",
    "Time from accepting an order to its declaration at customs, by the business clock.",
    buckets=(60, 300, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400),
)

IMPORTS: Final = Gauge(
    "airlane_catalog_imports", "Imports that have not ended, by state.", ["status"]
)
IMPORTS_OLDEST_AGE: Final = Gauge(
    "airlane_catalog_import_oldest_age_seconds",
    "Age of the oldest import that waits for a worker or is being worked on.",
)
IMPORTS_ENDED: Final = Gauge(
    "airlane_catalog_imports_ended_day", "Imports that ended in the last day, by state.", ["status"]
)
IMPORTS_BROKEN_OFF: Final = Counter(
    "airlane_catalog_imports_broken_off", "Processes of imports that ended before their import."
)
MEDIA_OLDEST_DUE: Final = Gauge(
    "airlane_catalog_media_oldest_due_seconds", "How long the oldest check of media is overdue."
)


def count_order(uow: UnitOfWork, status: Status, *, accepted_at: datetime, now: datetime) -> None:
    uow.after_commit.append(_BY_STATUS[status].inc)
    if status is Status.DECLARED:
        took_s = max((now - accepted_at).total_seconds(), 0.0)
        uow.after_commit.append(partial(DECLARED.observe, took_s))
