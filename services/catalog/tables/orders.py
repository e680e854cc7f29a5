"""Orders, their timeline, and what they wait for."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
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
    Column("country", Key, nullable=False),
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
    # Only columns that never change: an index on another one would make each change of an order
    # write all of them anew. What changes and is searched for is in `order_search`.
    Index("orders_country_ix", "country", "id"),
    Index("orders_store_ix", "store", "id"),
    Index("orders_ordered_at_ix", "ordered_at", "id", "tenant_id"),
    Index("orders_accepted_at_ix", "accepted_at", "id", "tenant_id"),
    postgresql_with={"fillfactor": 70},
)

# What is searched for and follows from the facts. Written with the order and with its changes.
order_search: Final = Table(
    "order_search",
    metadata,
    Column("order_id", Key, primary_key=True),
    tenant_column(),
    Column("status", Key, nullable=False),
    Column("finding", Key),  # the code of what holds it up
    Column("house_waybill", Key),
    instant_column("promised_at", nullable=True),
    Index("order_search_status_ix", "status", "order_id", "tenant_id"),
    Index(
        "order_search_finding_ix",
        "finding",
        "order_id",
        postgresql_where=text("finding IS NOT NULL"),
    ),
    Index(
        "order_search_house_waybill_ix",
        "house_waybill",
        postgresql_where=text("house_waybill IS NOT NULL"),
    ),
    Index(
        "order_search_promised_at_ix",
        "promised_at",
        "order_id",
        "tenant_id",
        postgresql_where=text("promised_at IS NOT NULL"),
    ),
    postgresql_with={"fillfactor": 80},
)

# The orders that have a line of a SKU, whatever has become of the product since.
order_skus: Final = Table(
    "order_skus",
    metadata,
    Column("sku", Key, primary_key=True),
    Column("order_id", Key, primary_key=True),
    Column("tenant_id", Key, primary_key=True),
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
