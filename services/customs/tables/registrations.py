"""Registrations of enterprises at customs: one row a version, and no row is ever changed."""

from typing import Final

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

from services.customs.tables.metadata import instant_column, key_column, metadata

registrations: Final = Table(
    "registrations",
    metadata,
    key_column("id", nullable=False),
    Column("version", Integer, nullable=False),
    key_column("tenant_id", nullable=False),
    Column("name", Text, nullable=False),
    Column("name_en", Text),
    key_column("customs_code"),
    key_column("uscc"),
    Column("roles", ARRAY(Text), nullable=False),
    Column("districts", ARRAY(Text)),
    Column("certificate_no", Text),
    key_column("dxp_id"),
    Column("ems_no", Text),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("source", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    instant_column("recorded_at", nullable=False),
    PrimaryKeyConstraint("id", "version"),
    CheckConstraint("valid_to > valid_from", name="validity"),
    # A tenant registers an enterprise once; later versions of it keep the code.
    Index(
        "registrations_uscc_uq",
        "tenant_id",
        "uscc",
        unique=True,
        postgresql_where=text("version = 1"),
    ),
    Index(
        "registrations_customs_code_uq",
        "tenant_id",
        "customs_code",
        unique=True,
        postgresql_where=text("version = 1"),
    ),
)
