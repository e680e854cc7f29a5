"""Promises are graded once they are due, and again once what was overdue is delivered."""

from collections.abc import Sequence
from datetime import datetime

from services.routing.domain.promises.grading import Graded, graded
from services.routing.domain.promises.promise import Grade
from services.routing.events.promises import promise_graded
from services.routing.repository import promises
from services.routing.repository.promises import PromiseToGrade
from services.routing.use_cases.metrics import FLOWN_AS_PLANNED, PROMISES_GRADED, count
from shared.db import Reader, UnitOfWork


async def list_due(reader: Reader, *, now: datetime, promises_max: int) -> list[str]:
    """Ids of promises to grade."""
    return await promises.list_due(reader, now=now, rows_max=promises_max)


async def grade(uow: UnitOfWork, *, promise_ids: Sequence[str], now: datetime) -> int:
    """Grades those of them that are still to be graded, and says so; returns how many. The unit of
    work is the park's.
    """
    found = [
        (item, graded(item.promise, history, now=now))
        for item, history in await promises.get_to_grade(uow, promise_ids)
    ]
    changed = [(item, result) for item, result in found if result.grade is not Grade.OPEN]
    if changed:
        await promises.set_grades(uow, [(item.id, result) for item, result in changed], now=now)
    for item, result in changed:
        _announce(uow, item, result, now=now)
        _count(uow, result)
    return len(changed)


def _announce(uow: UnitOfWork, item: PromiseToGrade, result: Graded, *, now: datetime) -> None:
    uow.outbox.add(
        promise_graded(
            promise_id=item.id,
            shipment_id=item.shipment_id,
            order_id=item.order_id,
            merchant_id=item.merchant_id,
            store=item.store,
            country=item.country,
            carriers=tuple(item.carriers),
            promised_at=item.promise.promised_at,
            delivered_at=item.delivered_at,
            graded=result,
            at=now,
        ),
        subject=item.id,
        version=item.version + 1,
        at=now,
        tenant_id=item.merchant_id,
    )


def _count(uow: UnitOfWork, result: Graded) -> None:
    """A promise is counted once, when nothing changes its grade any more."""
    if not result.is_final:
        return
    count(uow, PROMISES_GRADED.labels(result.grade, result.fault or "none"))
    if result.grade is not Grade.VOID:
        flown = {True: "yes", False: "no", None: "unknown"}[result.flown_as_planned]
        count(uow, FLOWN_AS_PLANNED.labels(flown))
