"""The breakers of the doors, which all workers share."""

from datetime import datetime, timedelta
from typing import Final

from services.customs.domain.doors.breaker import Breaker, Cause, DoorStatus
from shared.db import BOOLEAN, DOUBLE, INSTANT, INTEGER, TEXT, TEXTS, Reader, UnitOfWork, sql
from shared.kernel.identity import PARK_TENANT


def _door(  # noqa: PLR0917 - a row's columns
    name: str,
    status: str,
    is_held: bool,
    failures: int,
    answers: int,
    cause: str | None,
    opened_at: datetime | None,
    probe_at: datetime | None,
    probes: list[str],
    backoff_s: float,
    last_error: str | None,
) -> tuple[str, Breaker]:
    return name, Breaker(
        status=DoorStatus(status),
        is_held=is_held,
        failures=failures,
        answers=answers,
        cause=Cause(cause) if cause else None,
        opened_at=opened_at,
        probe_at=probe_at,
        probes=tuple(probes),
        backoff=timedelta(seconds=backoff_s),
        last_error=last_error,
    )


_COLUMNS: Final = (
    "name, status, is_held, failures, answers, cause, opened_at, probe_at, probes, backoff_s,"
    " last_error"
)

_READ: Final = sql(
    f"SELECT {_COLUMNS} FROM customs.doors WHERE name = :name",  # noqa: S608 - constants
    _door,
    name=TEXT,
)

_READ_ALL: Final = sql(
    f"SELECT {_COLUMNS} FROM customs.doors ORDER BY name",  # noqa: S608 - constants
    _door,
)

_LOCK: Final = sql(
    f"SELECT {_COLUMNS} FROM customs.doors WHERE name = :name FOR UPDATE",  # noqa: S608 - constants
    _door,
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
        status = :status, is_held = :is_held, failures = :failures, answers = :answers,
        cause = :cause, opened_at = :opened_at, probe_at = :probe_at, probes = :probes,
        backoff_s = :backoff_s, last_error = :last_error
    WHERE name = :name
    """,
    name=TEXT,
    status=TEXT,
    is_held=BOOLEAN,
    failures=INTEGER,
    answers=INTEGER,
    cause=TEXT,
    opened_at=INSTANT,
    probe_at=INSTANT,
    probes=TEXTS,
    backoff_s=DOUBLE,
    last_error=TEXT,
    real_now=INSTANT,
)


async def read_breaker(uow: Reader, name: str) -> Breaker:
    """As it is, without a lock. A door that nobody has used is closed."""
    found = await uow.fetch_first(_READ, name=name)
    return found[1] if found else Breaker()


async def read_breakers(uow: UnitOfWork) -> dict[str, Breaker]:
    """Of all doors, without locks, by name."""
    return dict(await uow.fetch_all(_READ_ALL))


async def add_door(uow: UnitOfWork, name: str, *, real_now: datetime) -> None:
    """Unless it is there."""
    await uow.execute(_ADD, name=name, real_now=real_now)


async def lock_breaker(uow: UnitOfWork, name: str) -> Breaker | None:
    found = await uow.fetch_first(_LOCK, name=name)
    return found[1] if found else None


async def save_breaker(uow: UnitOfWork, name: str, breaker: Breaker, *, real_now: datetime) -> None:
    await uow.execute(
        _SAVE,
        name=name,
        status=breaker.status,
        is_held=breaker.is_held,
        failures=min(breaker.failures, 2**31 - 1),
        answers=breaker.answers,
        cause=breaker.cause,
        opened_at=breaker.opened_at,
        probe_at=breaker.probe_at,
        probes=breaker.probes,
        backoff_s=breaker.backoff.total_seconds(),
        last_error=breaker.last_error,
        real_now=real_now,
    )
