"""Orders, their timeline, and what they wait for."""

from typing import Final

from sqlalchemy import BigInteger, Column, Identity, Index, Integer, Table, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB

from services.catalog.tables.metadata import id_column, instant_column, metadata, tenant_column
from shared.db import Key

# `lines` is a snapshot of the products as ordered and never changes; `facts` is what is known
# about the way (domain.orders.facts). `stock_state`: waiting, reserved, released or consumed.
orders: Final = Table(
    "orders",
    metadata,
    id_column(),
    tenant_column(),
    Column("store", Key, nullable=False),
    Column("order_number", Key, nullable=False),
    instant_column("ordered_at"),
    Column("country", Text, nullable=False),
    Column("postal_code", Text),
    Column("currency", Text, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("belt", Text, nullable=False),
    Column("lines", JSONB, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("stock_state", Text, nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("version", Integer, nullable=False),
    instant_column("accepted_at"),
    UniqueConstraint("tenant_id", "store", "order_number"),
    Index("orders_tenant_id_ix", "tenant_id", "id"),
    Index("orders_number_ix", "tenant_id", "order_number"),
    postgresql_with={"fillfactor": 70},
)

order_timeline: Final = Table(
    "order_timeline",
    metadata,
    Column("order_id", Key, primary_key=True),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    tenant_column(),
    instant_column("at"),
    Column("service", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("detail_zh", Text),  # NULL: written by version 0.1, in English only
    Column("original", Text),
)

# What orders wait for; gone as soon as they are placed or cancelled.
back_order_lines: Final = Table(
    "back_order_lines",
    metadata,
    Column("order_id", Key, primary_key=True),
    Column("product_id", Key, primary_key=True),
    tenant_column(),
    Column("quantity", BigInteger, nullable=False),
    Index("back_order_lines_product_id_ix", "product_id", "order_id"),
)
