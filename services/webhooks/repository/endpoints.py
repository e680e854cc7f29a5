"""Write side of endpoints, their secrets and their health."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from asyncpg import Record
from sqlalchemy import ARRAY, DateTime, Integer, Text, and_, bindparam, func, or_, select, text

from services.webhooks.domain.endpoint import EndpointStatus
from services.webhooks.domain.retry import Health
from services.webhooks.domain.signature import Sealed
from services.webhooks.tables import endpoint_health, endpoint_secrets, endpoints
from shared.db import Reader, Statement, UnitOfWork
from shared.kernel.identity import PARK
from shared.kernel.ids import new_id

_TENANT: Final = bindparam("tenant", type_=Text)
_IDS: Final = bindparam("ids", type_=ARRAY(Text))

_INSERT_ENDPOINT: Final = Statement(
    endpoints.insert().values(
        {
            column.name: bindparam(column.name)
            for column in endpoints.columns
            if column.name not in {"version", "events", "status_reason", "updated_at"}
        }
        | {"version": 1, "events": 1, "updated_at": bindparam("created_at")}
    )
)
_INSERT_HEALTH: Final = Statement(
    endpoint_health.insert().values(
        endpoint_id=bindparam("id"), tenant_id=bindparam("tenant_id"), failures_in_a_row=0
    )
)
# Creations of one tenant queue here, so that each counts what the others made.
_LOCK_COUNT: Final = Statement(
    text(
        "SELECT pg_advisory_xact_lock(hashtextextended('webhooks.endpoints/' || :tenant, 0))"
    ).bindparams(_TENANT)
)
_COUNT: Final = Statement(
    select(func.count())
    .select_from(endpoints)
    .where(endpoints.c.tenant_id == _TENANT, endpoints.c.status != EndpointStatus.DELETED)
)
_LOCK_ENDPOINT: Final = Statement(
    select(endpoints)
    .where(
        endpoints.c.id == bindparam("id"),
        or_(_TENANT == PARK, endpoints.c.tenant_id == _TENANT),
        endpoints.c.status != EndpointStatus.DELETED,
    )
    .with_for_update()
)
_UPDATE_ENDPOINT: Final = Statement(
    endpoints.update()
    .where(endpoints.c.id == bindparam("endpoint_id"))
    .values(
        url=bindparam("url"),
        event_types=bindparam("event_types"),
        description=bindparam("description"),
        status=bindparam("status"),
        status_reason=bindparam("status_reason"),
        version=bindparam("version"),
        events=bindparam("events"),
        updated_at=bindparam("updated_at"),
    )
)
_INSERT_SECRET: Final = Statement(
    endpoint_secrets.insert().values(
        id=bindparam("id"),
        endpoint_id=bindparam("endpoint_id"),
        tenant_id=bindparam("tenant_id"),
        key_id=bindparam("key_id"),
        sealed=bindparam("sealed"),
        created_at=bindparam("created_at"),
    )
)
# Two secrets live at most, the present one and the one before: one former goes, the next gets its
# end.
_RETIRE_SECRET: Final = Statement(
    endpoint_secrets.update()
    .where(
        endpoint_secrets.c.endpoint_id == bindparam("of_endpoint"),
        endpoint_secrets.c.expires_at.is_(None),
    )
    .values(expires_at=bindparam("retired_at"))
)
_DROP_FORMER_SECRET: Final = Statement(
    endpoint_secrets.delete().where(
        endpoint_secrets.c.endpoint_id == bindparam("of_endpoint"),
        endpoint_secrets.c.expires_at.is_not(None),
    )
)
_LIVE_SECRETS: Final = Statement(
    select(
        endpoint_secrets.c.endpoint_id,
        endpoint_secrets.c.key_id,
        endpoint_secrets.c.sealed,
        endpoint_secrets.c.expires_at,
    )
    .where(
        endpoint_secrets.c.endpoint_id == func.any(_IDS),
        or_(
            endpoint_secrets.c.expires_at.is_(None),
            endpoint_secrets.c.expires_at > bindparam("now"),
        ),
    )
    .order_by(endpoint_secrets.c.id.desc())
)
_LOCK_HEALTH: Final = Statement(
    select(endpoint_health)
    .where(endpoint_health.c.endpoint_id == func.any(_IDS))
    .order_by(endpoint_health.c.endpoint_id)
    .with_for_update()
)
_SAVE_HEALTH: Final = Statement(
    text("""
    UPDATE webhooks.endpoint_health h
    SET failing_since = n.failing_since,
        failures_in_a_row = n.failures_in_a_row,
        paused_until = n.paused_until
    FROM unnest(:ids, :failing_since, :failures_in_a_row, :paused_until)
        AS n(id, failing_since, failures_in_a_row, paused_until)
    WHERE h.endpoint_id = n.id
    """).bindparams(
        bindparam("ids", type_=ARRAY(Text)),
        bindparam("failing_since", type_=ARRAY(DateTime(timezone=True))),
        bindparam("failures_in_a_row", type_=ARRAY(Integer)),
        bindparam("paused_until", type_=ARRAY(DateTime(timezone=True))),
    )
)
_DISABLE: Final = Statement(
    endpoints.update()
    .where(
        and_(
            endpoints.c.id == bindparam("endpoint_id"),
            endpoints.c.status == EndpointStatus.ENABLED,
        )
    )
    .values(
        status=EndpointStatus.DISABLED,
        status_reason=bindparam("reason"),
        version=endpoints.c.version + 1,
        events=endpoints.c.events + 1,
        updated_at=bindparam("now"),
    )
    .returning(endpoints.c.tenant_id, endpoints.c.events)
)


async def insert_endpoint(
    uow: UnitOfWork,
    *,
    endpoint_id: str,
    tenant_id: str,
    url: str,
    event_types: Sequence[str],
    description: str | None,
    at: datetime,
) -> None:
    await uow.execute(
        _INSERT_ENDPOINT,
        id=endpoint_id,
        tenant_id=tenant_id,
        # Read only by workers of the release before, while both run: never more than its own.
        sees=[tenant_id],
        url=url,
        event_types=list(event_types),
        description=description,
        status=EndpointStatus.ENABLED,
        created_at=at,
    )
    await uow.execute(_INSERT_HEALTH, id=endpoint_id, tenant_id=tenant_id)


async def count_endpoints(uow: UnitOfWork, *, tenant_id: str) -> int:
    """Stays right until the transaction ends: nobody else adds one for this tenant meanwhile."""
    await uow.fetch_first(_LOCK_COUNT, tenant=tenant_id)
    return int(await uow.fetch_value(_COUNT, tenant=tenant_id) or 0)


async def lock_endpoint(uow: UnitOfWork, *, endpoint_id: str, tenant: str) -> Record | None:
    return await uow.fetch_first(_LOCK_ENDPOINT, id=endpoint_id, tenant=tenant)


async def update_endpoint(uow: UnitOfWork, *, endpoint_id: str, **values: object) -> None:
    await uow.execute(_UPDATE_ENDPOINT, endpoint_id=endpoint_id, **values)


async def add_secret(
    uow: UnitOfWork, *, endpoint_id: str, tenant_id: str, sealed: Sealed, at: datetime
) -> None:
    await uow.execute(
        _INSERT_SECRET,
        id=new_id("sec"),
        endpoint_id=endpoint_id,
        tenant_id=tenant_id,
        key_id=sealed.key_id,
        sealed=sealed.sealed,
        created_at=at,
    )


async def retire_secret(uow: UnitOfWork, *, endpoint_id: str, retired_at: datetime) -> None:
    """The present secret signs until `retired_at`; the one before it does not sign any more."""
    await uow.execute(_DROP_FORMER_SECRET, of_endpoint=endpoint_id)
    await uow.execute(_RETIRE_SECRET, of_endpoint=endpoint_id, retired_at=retired_at)


@dataclass(frozen=True)
class SealedSecret:
    endpoint_id: str
    secret: Sealed
    expires_at: datetime | None


async def live_secrets(
    reader: Reader, *, endpoint_ids: Sequence[str], now: datetime
) -> list[SealedSecret]:
    """Newest first."""
    rows = await reader.fetch_all(_LIVE_SECRETS, ids=list(endpoint_ids), now=now)
    return [
        SealedSecret(row["endpoint_id"], Sealed(row["key_id"], row["sealed"]), row["expires_at"])
        for row in rows
    ]


async def lock_health(uow: UnitOfWork, *, endpoint_ids: Sequence[str]) -> dict[str, Health]:
    rows = await uow.fetch_all(_LOCK_HEALTH, ids=list(endpoint_ids))
    return {
        row["endpoint_id"]: Health(
            failing_since=row["failing_since"],
            failures_in_a_row=row["failures_in_a_row"],
            paused_until=row["paused_until"],
        )
        for row in rows
    }


async def save_health(uow: UnitOfWork, healths: dict[str, Health]) -> None:
    await uow.execute(
        _SAVE_HEALTH,
        ids=list(healths),
        failing_since=[h.failing_since for h in healths.values()],
        failures_in_a_row=[h.failures_in_a_row for h in healths.values()],
        paused_until=[h.paused_until for h in healths.values()],
    )


async def disable_endpoint(
    uow: UnitOfWork, *, endpoint_id: str, reason: str, now: datetime
) -> tuple[str, int] | None:
    """(tenant, number of the event to publish), or None if it was not enabled any more."""
    row = await uow.fetch_first(_DISABLE, endpoint_id=endpoint_id, reason=reason, now=now)
    return None if row is None else (row["tenant_id"], row["events"])
