"""The breakers of the doors, which all workers share."""

from datetime import datetime, timedelta
from typing import Final

from services.customs.domain.doors.breaker import Breaker, DoorStatus
from shared.db import BOOLEAN, DOUBLE, INSTANT, INTEGER, TEXT, UnitOfWork, sql
from shared.kernel.identity import PARK_TENANT


def _breaker(  # noqa: PLR0917 - a row's columns
    status: str,
    is_held: bool,
    failures: int,
    opened_at: datetime | None,
    probe_at: datetime | None,
    backoff_s: float,
    last_error: str | None,
) -> Breaker:
    return Breaker(
        status=DoorStatus(status),
        is_held=is_held,
        failures=failures,
        opened_at=opened_at,
        probe_at=probe_at,
        backoff=timedelta(seconds=backoff_s),
        last_error=last_error,
    )


_COLUMNS: Final = "status, is_held, failures, opened_at, probe_at, backoff_s, last_error"

_READ: Final = sql(
    f"SELECT {_COLUMNS} FROM customs.doors WHERE name = :name",  # noqa: S608 - constants
    _breaker,
    name=TEXT,
)

_LOCK: Final = sql(
    f"SELECT {_COLUMNS} FROM customs.doors WHERE name = :name FOR UPDATE",  # noqa: S608 - constants
    _breaker,
    name=TEXT,
)

_ADD: Final = sql(
    f"""
    INSERT INTO customs.doors (
        name, tenant_id, status, is_held, failures, backoff_s, changed_at)
    VALUES (:name, '{PARK_TENANT}', 'closed', false, 0, 0, :real_now) ON CONFLICT DO NOTHING
    """,  # noqa: S608 - constants
    name=TEXT,
    real_now=INSTANT,
)

_SAVE: Final = sql(
    """
    UPDATE customs.doors SET
        changed_at = CASE WHEN status = :status AND is_held = :is_held THEN changed_at
            ELSE :real_now END,
        status = :status, is_held = :is_held, failures = :failures, opened_at = :opened_at,
        probe_at = :probe_at, backoff_s = :backoff_s, last_error = :last_error
    WHERE name = :name
    """,
    name=TEXT,
    status=TEXT,
    is_held=BOOLEAN,
    failures=INTEGER,
    opened_at=INSTANT,
    probe_at=INSTANT,
    backoff_s=DOUBLE,
    last_error=TEXT,
    real_now=INSTANT,
)


async def read_breaker(uow: UnitOfWork, name: str) -> Breaker:
    """As it is, without a lock. A door that nobody has used is closed."""
    return await uow.fetch_first(_READ, name=name) or Breaker()


async def add_door(uow: UnitOfWork, name: str, *, real_now: datetime) -> None:
    """Unless it is there."""
    await uow.execute(_ADD, name=name, real_now=real_now)


async def lock_breaker(uow: UnitOfWork, name: str) -> Breaker | None:
    return await uow.fetch_first(_LOCK, name=name)


async def save_breaker(uow: UnitOfWork, name: str, breaker: Breaker, *, real_now: datetime) -> None:
    await uow.execute(
        _SAVE,
        name=name,
        status=breaker.status,
        is_held=breaker.is_held,
        failures=min(breaker.failures, 2**31 - 1),
        opened_at=breaker.opened_at,
        probe_at=breaker.probe_at,
        backoff_s=breaker.backoff.total_seconds(),
        last_error=breaker.last_error,
        real_now=real_now,
    )
