"""Imports, what was found in their files, and the mapping of columns that a merchant uses."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Identity, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from services.catalog.tables.metadata import id_column, instant_column, metadata, tenant_column
from shared.db import Key


def _count(name: str) -> "Column[int]":
    return Column(name, BigInteger, nullable=False, server_default=text("0"))


# `file`: its name in the spool folder. `lease_until` is real time: when another process may take
# over. `line`: the last one that is done.
imports: Final = Table(
    "imports",
    metadata,
    id_column(),
    tenant_column(),
    Column("kind", Key, nullable=False),
    Column("policy", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("empty", Text, nullable=False),
    Column("is_dry_run", Boolean, nullable=False),
    Column("parents", Text, nullable=False, server_default=text("'create'")),
    Column("file", Text, nullable=False),
    Column("filename", Text),
    Column("media_type", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("sha256", Key, nullable=False),
    Column("state", Key, nullable=False),
    Column("stage", Text, nullable=False),
    Column("shape", JSONB, nullable=False, server_default=text("'{}'")),
    Column("columns", JSONB, nullable=False, server_default=text("'{}'")),
    Column("rows_total", BigInteger),
    _count("line"),
    _count("rows_read"),
    _count("rows_new"),
    _count("rows_changed"),
    _count("rows_unchanged"),
    _count("rows_failed"),
    _count("warnings"),
    _count("worked_ms"),
    Column("attempt", Integer, nullable=False, server_default=text("0")),
    Column("stuck", Integer, nullable=False, server_default=text("0")),
    Column("failure", JSONB),
    Column("same_file_as", Key),
    instant_column("created_at"),
    instant_column("started_at", nullable=True),
    instant_column("finished_at", nullable=True),
    instant_column("lease_until", nullable=True),
    instant_column("file_deleted_at", nullable=True),
    Index("imports_tenant_id_ix", "tenant_id", "id"),
    Index(
        "imports_open_ix",
        "id",
        postgresql_where=text("state IN ('queued', 'running', 'cancelling')"),
    ),
    Index("imports_sha256_ix", "tenant_id", "sha256"),
    Index("imports_file_ix", "created_at", postgresql_where=text("file_deleted_at IS NULL")),
)

import_findings: Final = Table(
    "import_findings",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    tenant_column(),
    Column("import_id", Key, nullable=False),
    Column("line", BigInteger, nullable=False),
    Column("column_name", Key, nullable=False),
    Column("field", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("code", Key, nullable=False),
    Column("severity", Key, nullable=False),
    Column("detail", JSONB, nullable=False),
    Column("fix", JSONB, nullable=False),
    Index("import_findings_line_ix", "import_id", "line", "id"),
)

# What somebody chose for columns of a file of this shape (a digest of its header), and the values
# that they gave for fields that no column has.
import_mappings: Final = Table(
    "import_mappings",
    metadata,
    Column("tenant_id", Key, primary_key=True),
    Column("kind", Key, primary_key=True),
    Column("shape_hash", Key, primary_key=True),
    Column("targets", JSONB, nullable=False),
    instant_column("updated_at"),
    Column("constants", JSONB, nullable=False, server_default=text("'{}'")),
)

# Products on their way into their table: filled by COPY and emptied in the same transaction.
# UNLOGGED, and without row-level security, with which PostgreSQL refuses COPY. jsonb is text here,
# because COPY as the driver speaks it has no jsonb.
import_rows: Final = Table(
    "import_rows",
    metadata,
    Column("import_id", Key, nullable=False),
    Column("product_id", Key, nullable=False),
    Column("event_id", Key, nullable=False),
    Column("base_version", Integer, nullable=False),
    Column("digest", BigInteger),
    Column("sku", Key, nullable=False),
    Column("title", Text, nullable=False),
    Column("hs_code", Text, nullable=False),
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
    Column("product_type", Text),
    Column("parent_sku", Text),
    Column("options", Text, nullable=False),
    Column("gtin", Text),
    Column("details", Text, nullable=False),
    Column("product_type_version", Integer),
    Index("import_rows_import_id_ix", "import_id"),
    prefixes=["UNLOGGED"],
    postgresql_with={
        "autovacuum_vacuum_scale_factor": "0",
        "autovacuum_vacuum_threshold": "20000",
    },
)
