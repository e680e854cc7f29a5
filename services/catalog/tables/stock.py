"""Stock counters, and the ledger of every change of them."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    text,
)

from services.catalog.tables.metadata import instant_column, metadata, tenant_column
from shared.db import Key

# The counters. A count may find less on hand than is reserved. `restocks` counts the times when
# more became available while orders were waiting, `retried` how far the worker followed: the
# difference is its work list. `availability` is `in` or `out` (of stock): an index serves it, and
# most changes of the counters do not touch that index.
stock: Final = Table(
    "stock",
    metadata,
    Column("product_id", Key, primary_key=True),
    tenant_column(),
    Column("on_hand", BigInteger, nullable=False),
    Column("reserved", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("restocks", Integer, nullable=False, server_default=text("0")),
    Column("retried", Integer, nullable=False, server_default=text("0")),
    instant_column("updated_at"),
    Column(
        "availability",
        Key,
        Computed("CASE WHEN on_hand > reserved THEN 'in' ELSE 'out' END", persisted=True),
        nullable=False,
    ),
    CheckConstraint("reserved >= 0 AND on_hand >= 0", name="counters"),
    Index("stock_availability_ix", "availability", "tenant_id", "product_id"),
    Index("stock_restocked_ix", "tenant_id", postgresql_where=text("restocks > retried")),
    postgresql_with={"fillfactor": 50},
)

# Append-only: the sum of a product's rows is its counters.
stock_ledger: Final = Table(
    "stock_ledger",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    tenant_column(),
    Column("product_id", Key, nullable=False),
    Column("reason", Text, nullable=False),
    Column("on_hand_delta", BigInteger, nullable=False),
    Column("reserved_delta", BigInteger, nullable=False),
    Column("order_id", Key),
    Column("reference", Key),  # of an adjustment: the merchant's own document
    instant_column("at"),
    Index("stock_ledger_product_id_ix", "product_id", "id"),
    Index("stock_ledger_at_ix", "product_id", "at"),
    Index("stock_ledger_order_ix", "order_id", postgresql_where=text("order_id IS NOT NULL")),
    Index(
        "stock_ledger_reference_uq",
        "tenant_id",
        "product_id",
        "reference",
        unique=True,
        postgresql_where=text("reference IS NOT NULL"),
    ),
)
