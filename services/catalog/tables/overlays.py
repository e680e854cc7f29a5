"""Products in markets: what differs there."""

from typing import Final

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB

from services.catalog.tables.metadata import id_column, instant_column, metadata, tenant_column
from services.catalog.tables.products import products
from shared.db import Key

# `patch` has only what is set (domain.overlays.stored). The index serves lists of products by
# market and state.
market_overlays: Final = Table(
    "market_overlays",
    metadata,
    id_column(),
    tenant_column(),
    Column("product_id", Key, ForeignKey(products.c.id), nullable=False),
    Column("market", Key, nullable=False),
    Column("state", Key, nullable=False),
    Column("patch", JSONB, nullable=False),
    Column("version", Integer, nullable=False),
    instant_column("created_at"),
    instant_column("updated_at"),
    CheckConstraint("state IN ('draft', 'active', 'withdrawn')", name="state"),
    UniqueConstraint("tenant_id", "product_id", "market"),
    Index("market_overlays_state_ix", "tenant_id", "market", "state", "product_id"),
)
