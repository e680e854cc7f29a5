"""Queues an event under the trace of the order's last event, so that one trace id leads from the
merchant's request through receipts and jobs to the partner's webhook.
"""

from datetime import datetime

from asyncpg import Record

from shared.contracts.envelope import EventPayload
from shared.db import UnitOfWork
from shared.telemetry import trace


def tell(
    uow: UnitOfWork, row: Record, payload: EventPayload, *, version: int, now: datetime
) -> None:
    """`row` is the locked declaration; `version` the event's number in it."""
    token = trace.enter(trace.continued(row["traceparent"]))
    try:
        uow.outbox.add(
            payload, subject=row["id"], version=version, at=now, tenant_id=row["tenant_id"]
        )
    finally:
        trace.leave(token)
