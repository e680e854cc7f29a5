"""Merchants and partner platforms, each its own tenant."""

from typing import Final

from sqlalchemy import ARRAY, Boolean, CheckConstraint, Column, ForeignKey, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.catalog.tables.metadata import id_column, instant_column, metadata, tenant_column
from services.catalog.tables.reference import belts
from shared.db import Key

merchants: Final = Table(
    "merchants",
    metadata,
    id_column(),
    tenant_column(),
    Column("name", JSONB, nullable=False),
    Column("uscc", Key, nullable=False, unique=True),
    Column("belt", Text, ForeignKey(belts.c.code), nullable=False),
    Column("office", JSONB),
    Column("synthetic", Boolean, nullable=False),
    instant_column("registered_at"),
    CheckConstraint("tenant_id = id", name="own_tenant"),
)

partners: Final = Table(
    "partners",
    metadata,
    id_column(),
    tenant_column(),
    Column("name", Text, nullable=False),
    Column("sees", ARRAY(Text)),  # NULL: every merchant
    instant_column("created_at"),
    CheckConstraint("tenant_id = id", name="own_tenant"),
)
