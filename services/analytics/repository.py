"""Write side of the facts: upserts of whole slices, with the same merge rules as `domain.facts`.

Rows go in sorted by id, so that two slices about the same orders cannot lock each other out.
"""

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import ARRAY, DateTime, SmallInteger, Table, bindparam, text

from services.analytics.domain.facts import (
    EARLIEST,
    STATED,
    VERSIONED,
    FlightFact,
    MerchantFact,
    OrderFact,
)
from services.analytics.tables import flight_fact, merchant_fact, order_fact
from shared.db import Statement, UnitOfWork

Facts = Iterable[MerchantFact] | Iterable[OrderFact] | Iterable[FlightFact]


def _upsert(table: Table, key: str, changes: dict[str, str], *, where: str = "") -> Statement:
    names = [column.name for column in table.columns]
    clause = text(
        f"INSERT INTO {table.fullname} AS o ({', '.join(names)})"  # noqa: S608 - our own names
        f" SELECT * FROM unnest({', '.join(f':{name}' for name in names)})"
        f" ON CONFLICT ({key}) DO UPDATE SET "
        + ", ".join(f"{name} = {value}" for name, value in changes.items())
        + where
    )
    return Statement(
        clause.bindparams(
            *(bindparam(column.name, type_=ARRAY(column.type)) for column in table.columns)
        )
    )


def _stated_whole(table: Table, key: str) -> Statement:
    """The newer version replaces the older one."""
    changes = {c.name: f"excluded.{c.name}" for c in table.columns if c.name != key}
    return _upsert(table, key, changes, where=" WHERE excluded.version > o.version")


# LEAST and GREATEST pass over NULL, which is what "not known yet" needs.
_ORDER_CHANGES: Final = (
    {name: f"least(o.{name}, excluded.{name})" for name in EARLIEST}
    | {name: f"greatest(o.{name}, excluded.{name})" for name in STATED}
    | {
        name: f"CASE WHEN excluded.{version} > o.{version} THEN excluded.{name} ELSE o.{name} END"
        for name, version in VERSIONED.items()
    }
    | {version: f"greatest(o.{version}, excluded.{version})" for version in VERSIONED.values()}
)

_MERCHANTS: Final = _stated_whole(merchant_fact, "merchant_id")
_FLIGHTS: Final = _stated_whole(flight_fact, "flight_id")
_ORDERS: Final = _upsert(order_fact, "order_id", _ORDER_CHANGES)
_PROGRESS: Final = Statement(
    text("""
    INSERT INTO analytics.progress AS p (slot, newest_at) VALUES (:slot, :newest_at)
    ON CONFLICT (slot) DO UPDATE SET newest_at = greatest(p.newest_at, excluded.newest_at)
    WHERE excluded.newest_at > p.newest_at
    """).bindparams(
        bindparam("slot", type_=SmallInteger),
        bindparam("newest_at", type_=DateTime(timezone=True)),
    )
)


async def upsert_merchants(uow: UnitOfWork, facts: Iterable[MerchantFact]) -> None:
    await uow.execute(_MERCHANTS, **_columns(MerchantFact, "merchant_id", facts))


async def upsert_orders(uow: UnitOfWork, facts: Iterable[OrderFact]) -> None:
    await uow.execute(_ORDERS, **_columns(OrderFact, "order_id", facts))


async def upsert_flights(uow: UnitOfWork, facts: Iterable[FlightFact]) -> None:
    await uow.execute(_FLIGHTS, **_columns(FlightFact, "flight_id", facts))


async def note_progress(uow: UnitOfWork, *, slot: int, newest_at: datetime) -> None:
    await uow.execute(_PROGRESS, slot=slot, newest_at=newest_at)


def _columns(kind: type[Any], key: str, facts: Facts) -> dict[str, list[Any]]:
    rows = sorted(facts, key=attrgetter(key))
    return {f.name: [getattr(row, f.name) for row in rows] for f in fields(kind)}
