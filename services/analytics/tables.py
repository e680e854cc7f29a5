"""The tables of analytics: facts, one row per merchant, order and flight; all times are business
time. Nothing here is counted ahead: KPIs are queries, so they cannot drift from the facts.

Columns that change carry no index, so that the ten updates of an order's life stay in its page.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
)

from shared.db import NAMING, Key

metadata = MetaData(schema="analytics", naming_convention=NAMING)

_INSTANT = DateTime(timezone=True)


def _id(name: str) -> Column[str]:
    return Column(name, Key, primary_key=True)


merchant_fact = Table(
    "merchant_fact",
    metadata,
    _id("merchant_id"),
    Column("tenant_id", Key, nullable=False),
    Column("belt", Text, nullable=False),
    Column("has_office", Boolean, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    Column("registered_at", _INSTANT, nullable=False),
    Column("version", Integer, nullable=False),
)

# What is not yet known is NULL: the events about an order arrive in any order.
order_fact = Table(
    "order_fact",
    metadata,
    _id("order_id"),
    Column("tenant_id", Key, nullable=False),
    Column("belt", Key),
    Column("market", Key),
    Column("store", Key),
    Column("currency", Key),
    Column("total_minor", BigInteger),
    Column("gross_weight_g", BigInteger),
    Column("net_weight_g", BigInteger),
    Column("ordered_at", _INSTANT),
    Column("placed_at", _INSTANT),
    Column("backordered_at", _INSTANT),
    Column("cancelled_at", _INSTANT),
    Column("booked_at", _INSTANT),
    Column("unroutable_at", _INSTANT),
    Column("submitted_at", _INSTANT),
    Column("blocked_at", _INSTANT),
    Column("accepted_at", _INSTANT),
    Column("inspection_at", _INSTANT),
    Column("returned_at", _INSTANT),
    Column("screened_at", _INSTANT),
    Column("released_at", _INSTANT),
    Column("closed_at", _INSTANT),
    Column("departed_at", _INSTANT),
    Column("delivered_at", _INSTANT),
    Column("departed_weight_g", BigInteger),
    Column("state", Text),
    Column("version", Integer, nullable=False),
    Column("promised_at", _INSTANT),
    Column("booking", Integer, nullable=False),
    Index("order_fact_tenant_ix", "tenant_id"),
    postgresql_with={"fillfactor": 60},
)

flight_fact = Table(
    "flight_fact",
    metadata,
    _id("flight_id"),
    Column("tenant_id", Key, nullable=False),
    Column("flight_number", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("destination", Text, nullable=False),
    Column("departed_at", _INSTANT, nullable=False),
    Column("shipments", Integer, nullable=False),
    Column("gross_weight_g", BigInteger, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
)

# The newest event counted. Several rows, of which the highest counts: one row alone would be
# locked by every transaction of every partition.
progress = Table(
    "progress",
    metadata,
    Column("slot", SmallInteger, primary_key=True, autoincrement=False),
    Column("newest_at", _INSTANT, nullable=False),
)
