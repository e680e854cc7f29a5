"""Parents of variants."""

from typing import Final

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.catalog.tables.metadata import id_column, instant_column, metadata, tenant_column
from shared.db import Key

parents: Final = Table(
    "parents",
    metadata,
    id_column(),
    tenant_column(),
    Column("sku", Key, nullable=False),
    Column("title", JSONB, nullable=False),
    Column("axes", ARRAY(Text), nullable=False),
    Column("product_type", Key),
    Column("product_type_version", Integer),
    Column("synthetic", Boolean, nullable=False),
    Column("details", JSONB, nullable=False),
    Column("version", Integer, nullable=False),
    instant_column("created_at"),
    instant_column("updated_at"),
    instant_column("deleted_at", nullable=True),
    Index(
        "parents_live_sku_uq",
        "tenant_id",
        "sku",
        unique=True,
        postgresql_where=text("deleted_at IS NULL"),
    ),
    Index("parents_tenant_id_ix", "tenant_id", "id"),
    Index(
        "parents_product_type_ix",
        "product_type",
        "tenant_id",
        postgresql_where=text("deleted_at IS NULL"),
    ),
    Index(
        "parents_updated_ix",
        "tenant_id",
        "updated_at",
        postgresql_where=text("deleted_at IS NULL"),
    ),
    Index("parents_park_updated_ix", "updated_at", postgresql_where=text("deleted_at IS NULL")),
)
