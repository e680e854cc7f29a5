"""The tables of facts: one row per merchant, order and flight. All times are business time.

Nothing is counted in advance: figures are queries, so they cannot drift from the facts. Columns
that change have no index, so that the ten updates of an order's life stay on its page.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, SmallInteger, Table, Text

from services.analytics.tables.metadata import metadata
from shared.db import INSTANT, Key


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
    Column("registered_at", INSTANT, nullable=False),
    Column("version", Integer, nullable=False),
)

# NULL is what is not known yet: the events about an order arrive in any order.
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
    Column("ordered_at", INSTANT),
    Column("placed_at", INSTANT),
    Column("backordered_at", INSTANT),
    Column("cancelled_at", INSTANT),
    Column("booked_at", INSTANT),
    Column("unroutable_at", INSTANT),
    Column("submitted_at", INSTANT),
    Column("blocked_at", INSTANT),
    Column("accepted_at", INSTANT),
    Column("inspection_at", INSTANT),
    Column("returned_at", INSTANT),
    Column("screened_at", INSTANT),
    Column("released_at", INSTANT),
    Column("closed_at", INSTANT),
    Column("departed_at", INSTANT),
    Column("delivered_at", INSTANT),
    Column("departed_weight_g", BigInteger),
    Column("state", Text),
    Column("version", Integer, nullable=False),
    Column("promised_at", INSTANT),
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
    Column("departed_at", INSTANT, nullable=False),
    Column("shipments", Integer, nullable=False),
    Column("gross_weight_g", BigInteger, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
)

# How far the stream has been counted: the highest `newest_at`. One row would be locked by every
# transaction of every partition, so there are several.
progress = Table(
    "progress",
    metadata,
    Column("slot", SmallInteger, primary_key=True, autoincrement=False),
    Column("newest_at", INSTANT, nullable=False),
)
