"""Catalog's tables. Reference tables belong to the park and carry no tenant; all others do, and
row-level security is forced on them (see the first migration).
"""

from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.db import NAMING, Key

metadata: Final = MetaData(schema="catalog", naming_convention=NAMING)


def _id(name: str = "id") -> "Column[str]":
    # Ids are compared as bytes: their order is the order of time.
    return Column(name, Key, primary_key=True)


def _tenant() -> "Column[str]":
    return Column("tenant_id", Key, nullable=False)


def _at(name: str, *, nullable: bool = False) -> "Column[Any]":
    return Column(name, DateTime(timezone=True), nullable=nullable)


# Reference data of the park: dated, with its source.

belts: Final = Table(
    "belts",
    metadata,
    Column("code", Key, primary_key=True),
    Column("name", JSONB, nullable=False),
    Column("region", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("as_of", Date, nullable=False),
)

stores: Final = Table(
    "stores",
    metadata,
    Column("code", Key, primary_key=True),
    Column("country", Text, nullable=False),
    Column("marketplace_id", Key, nullable=False),
    Column("region", Text, nullable=False),
    Column("domain", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("languages", Text, nullable=False),
    Column("is_open_to_chinese_sellers", Boolean, nullable=False),
    Column("source", Text, nullable=False),
    Column("as_of", Date, nullable=False),
)

hs_codes: Final = Table(
    "hs_codes",
    metadata,
    Column("code", Key, primary_key=True),
    Column("level", Integer, nullable=False),
    Column("description", Text, nullable=False),
    Column("edition", Text, nullable=False),
)

# Who takes part.

merchants: Final = Table(
    "merchants",
    metadata,
    _id(),
    _tenant(),
    Column("name", JSONB, nullable=False),
    Column("uscc", Key, nullable=False, unique=True),
    Column("belt", Text, ForeignKey(belts.c.code), nullable=False),
    Column("office", JSONB),
    Column("synthetic", Boolean, nullable=False),
    _at("registered_at"),
    CheckConstraint("tenant_id = id", name="own_tenant"),
)

partners: Final = Table(
    "partners",
    metadata,
    _id(),
    _tenant(),
    Column("name", Text, nullable=False),
    Column("sees", ARRAY(Text)),  # NULL: every merchant
    _at("created_at"),
    CheckConstraint("tenant_id = id", name="own_tenant"),
)

credentials: Final = Table(
    "credentials",
    metadata,
    _id("client_id"),
    _tenant(),
    Column("role", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("previous_secret_hash", LargeBinary),
    _at("previous_expires_at", nullable=True),
    _at("created_at"),
    Index("credentials_tenant_id_ix", "tenant_id", "client_id"),
)

# What is sold.

products: Final = Table(
    "products",
    metadata,
    _id(),
    _tenant(),
    Column("sku", Key, nullable=False),
    Column("title", JSONB, nullable=False),
    Column("hs_code", Key, nullable=False),
    Column("origin_country", Text, nullable=False),
    Column("net_weight_g", Integer, nullable=False),
    Column("gross_weight_g", Integer, nullable=False),
    Column("length_mm", Integer, nullable=False),
    Column("width_mm", Integer, nullable=False),
    Column("height_mm", Integer, nullable=False),
    Column("price_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("battery", Boolean, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    _at("created_at"),
    _at("updated_at"),
    _at("deleted_at", nullable=True),
    CheckConstraint("net_weight_g > 0 AND gross_weight_g >= net_weight_g", name="weights"),
    CheckConstraint("length_mm > 0 AND width_mm > 0 AND height_mm > 0", name="size"),
    CheckConstraint("price_minor >= 0", name="price"),
    Index(
        "products_live_sku_uq",
        "tenant_id",
        "sku",
        unique=True,
        postgresql_where=text("deleted_at IS NULL"),
    ),
    Index("products_tenant_id_ix", "tenant_id", "id"),
)

# The counters. `restocks` counts the times when more became available while orders were waiting,
# `retried` how far the worker followed: the difference is its work list.
stock: Final = Table(
    "stock",
    metadata,
    Column("product_id", Key, ForeignKey(products.c.id), primary_key=True),
    _tenant(),
    Column("on_hand", BigInteger, nullable=False),
    Column("reserved", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("restocks", Integer, nullable=False, server_default=text("0")),
    Column("retried", Integer, nullable=False, server_default=text("0")),
    _at("updated_at"),
    CheckConstraint("reserved >= 0 AND on_hand >= reserved", name="counters"),
    Index("stock_restocked_ix", "tenant_id", postgresql_where=text("restocks > retried")),
    postgresql_with={"fillfactor": 50},
)

# Append-only: the sum of a product's rows is its counters.
stock_ledger: Final = Table(
    "stock_ledger",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _tenant(),
    Column("product_id", Key, nullable=False),
    Column("reason", Text, nullable=False),
    Column("on_hand_delta", BigInteger, nullable=False),
    Column("reserved_delta", BigInteger, nullable=False),
    Column("order_id", Key),
    _at("at"),
    Index("stock_ledger_product_id_ix", "product_id", "id"),
    Index("stock_ledger_at_ix", "product_id", "at"),
    Index("stock_ledger_order_ix", "order_id", postgresql_where=text("order_id IS NOT NULL")),
)

# `lines` is a snapshot of the products as ordered and never changes; `facts` is what is known
# about the way (domain.order_facts). `stock_state`: waiting, reserved, released or consumed.
orders: Final = Table(
    "orders",
    metadata,
    _id(),
    _tenant(),
    Column("store", Key, nullable=False),
    Column("order_number", Key, nullable=False),
    _at("ordered_at"),
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
    _at("accepted_at"),
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
    _tenant(),
    _at("at"),
    Column("service", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("detail_zh", Text),  # NULL: told in English only, before this was kept
    Column("original", Text),
)

# What orders wait for; gone as soon as they are placed or cancelled.
back_order_lines: Final = Table(
    "back_order_lines",
    metadata,
    Column("order_id", Key, primary_key=True),
    Column("product_id", Key, primary_key=True),
    _tenant(),
    Column("quantity", BigInteger, nullable=False),
    Index("back_order_lines_product_id_ix", "product_id", "order_id"),
)
