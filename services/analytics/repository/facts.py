"""Writes facts: one upsert for the facts of a kind in a slice, by the merge rules of
`domain.facts`.

Rows are sorted by id, so that two slices about the same orders cannot deadlock.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from operator import attrgetter
from typing import Final

from services.analytics.domain.facts import (
    EARLIEST,
    STATED,
    VERSIONED,
    FlightFact,
    MerchantFact,
    OrderFact,
)
from services.analytics.tables.facts import flight_fact, merchant_fact, order_fact
from shared.db import INSTANT, SMALLINT, SqlType, Statement, UnitOfWork, array_of, sql

_Facts = Iterable[MerchantFact] | Iterable[OrderFact] | Iterable[FlightFact]


def _upsert(
    table: str,
    columns: Mapping[str, SqlType],
    *,
    key: str,
    changes: Mapping[str, str],
    where: str = "",
) -> Statement[None]:
    return sql(
        f"INSERT INTO {table} AS o ({', '.join(columns)})"  # noqa: S608 - names of our own tables
        f" SELECT * FROM unnest({', '.join(f':{name}' for name in columns)})"
        f" ON CONFLICT ({key}) DO UPDATE SET "
        + ", ".join(f"{name} = {value}" for name, value in changes.items())
        + where,
        **{name: array_of(kind) for name, kind in columns.items()},
    )


def _replace_older(table: str, columns: Mapping[str, SqlType], *, key: str) -> Statement[None]:
    """For facts that an event states as a whole."""
    changes = {name: f"excluded.{name}" for name in columns if name != key}
    return _upsert(
        table, columns, key=key, changes=changes, where=" WHERE excluded.version > o.version"
    )


# LEAST and GREATEST ignore NULL, which stands for "not known yet".
_ORDER_CHANGES: Final = (
    {name: f"least(o.{name}, excluded.{name})" for name in EARLIEST}
    | {name: f"greatest(o.{name}, excluded.{name})" for name in STATED}
    | {
        name: f"CASE WHEN excluded.{version} > o.{version} THEN excluded.{name} ELSE o.{name} END"
        for name, version in VERSIONED.items()
    }
    | {version: f"greatest(o.{version}, excluded.{version})" for version in VERSIONED.values()}
)

_UPSERT_MERCHANTS: Final = _replace_older(
    "analytics.merchant_fact", {c.name: c.type for c in merchant_fact.columns}, key="merchant_id"
)
_UPSERT_FLIGHTS: Final = _replace_older(
    "analytics.flight_fact", {c.name: c.type for c in flight_fact.columns}, key="flight_id"
)
_UPSERT_ORDERS: Final = _upsert(
    "analytics.order_fact",
    {c.name: c.type for c in order_fact.columns},
    key="order_id",
    changes=_ORDER_CHANGES,
)
_SAVE_PROGRESS: Final = sql(
    """
    INSERT INTO analytics.progress AS p (slot, newest_at) VALUES (:slot, :newest_at)
    ON CONFLICT (slot) DO UPDATE SET newest_at = greatest(p.newest_at, excluded.newest_at)
    WHERE excluded.newest_at > p.newest_at
    """,
    slot=SMALLINT,
    newest_at=INSTANT,
)


async def upsert_merchants(uow: UnitOfWork, facts: Iterable[MerchantFact]) -> None:
    await uow.execute(_UPSERT_MERCHANTS, **_arrays(MerchantFact, "merchant_id", facts))


async def upsert_orders(uow: UnitOfWork, facts: Iterable[OrderFact]) -> None:
    await uow.execute(_UPSERT_ORDERS, **_arrays(OrderFact, "order_id", facts))


async def upsert_flights(uow: UnitOfWork, facts: Iterable[FlightFact]) -> None:
    await uow.execute(_UPSERT_FLIGHTS, **_arrays(FlightFact, "flight_id", facts))


async def save_progress(uow: UnitOfWork, *, slot: int, newest_at: datetime) -> None:
    await uow.execute(_SAVE_PROGRESS, slot=slot, newest_at=newest_at)


def _arrays(
    kind: type[MerchantFact | OrderFact | FlightFact], key: str, facts: _Facts
) -> dict[str, list[object]]:
    rows = sorted(facts, key=attrgetter(key))
    return {f.name: [getattr(row, f.name) for row in rows] for f in fields(kind)}
