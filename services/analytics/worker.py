"""Puts the worker of analytics together. Every topic is consumed, in whole slices; which types
carry facts says the table in `use_cases.interpreting`.
"""

from services.analytics.consumers import on_batch
from services.analytics.settings import Settings
from shared.db import Database
from shared.kafka import Worker
from shared.kernel.clock import clock_from_env
from shared.settings import load


def create_worker(settings: Settings | None = None) -> Worker:
    settings = settings or load(Settings)
    return Worker(
        service="analytics",
        settings=settings,
        db=Database.of(settings, schema="analytics"),
        clock=clock_from_env(),
        batch=on_batch,
        slice_max=500,
    )
