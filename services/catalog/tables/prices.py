"""Prices of products in markets."""

from typing import Final

from sqlalchemy import Column, ForeignKey, Integer, Table, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB

from services.catalog.tables.metadata import id_column, instant_column, metadata, tenant_column
from services.catalog.tables.products import products
from shared.db import Key

# `prices` are all of a market (domain.prices.stored): they are read, changed and told as a whole.
market_prices: Final = Table(
    "market_prices",
    metadata,
    id_column(),
    tenant_column(),
    Column("product_id", Key, ForeignKey(products.c.id), nullable=False),
    Column("market", Key, nullable=False),
    Column("prices", JSONB, nullable=False),
    Column("version", Integer, nullable=False),
    instant_column("created_at"),
    instant_column("updated_at"),
    UniqueConstraint("tenant_id", "product_id", "market"),
)
