"""Products."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR, ExcludeConstraint

from services.catalog.tables.metadata import id_column, instant_column, metadata, tenant_column
from shared.db import Key

_LIVE: Final = text("deleted_at IS NULL")

# `product_type_version` is the one that the attributes were checked against. `gtin` is as the
# merchant wrote it. `details` is what may be known beyond what an order needs
# (domain.products.details). `row_digest`: of the row of a file from which version `row_version`
# came, so that the same row need not be read again.
products: Final = Table(
    "products",
    metadata,
    id_column(),
    tenant_column(),
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
    Column("product_type", Key),
    Column("product_type_version", Integer),
    Column("parent_sku", Key),
    Column("options", JSONB, nullable=False, server_default=text("'{}'")),
    # What an index under row-level security can find: jsonb is not compared without leaking.
    Column(
        "options_key",
        Key,
        Computed("CASE WHEN parent_sku IS NOT NULL THEN options::text END", persisted=True),
    ),
    Column("gtin", Key),
    Column("details", JSONB, nullable=False, server_default=text("'{}'")),
    Column("version", Integer, nullable=False),
    instant_column("created_at"),
    instant_column("updated_at"),
    instant_column("deleted_at", nullable=True),
    Column("row_digest", BigInteger),
    Column("row_version", Integer),
    CheckConstraint("net_weight_g > 0 AND gross_weight_g >= net_weight_g", name="weights"),
    CheckConstraint("length_mm > 0 AND width_mm > 0 AND height_mm > 0", name="size"),
    CheckConstraint("price_minor >= 0", name="price"),
    Index(
        "products_live_sku_uq",
        "tenant_id",
        "sku",
        unique=True,
        postgresql_where=_LIVE,
    ),
    Index("products_live_id_ix", "tenant_id", "id", postgresql_where=_LIVE),
    # Lists by time and by SKU, of one merchant (its SKUs are in the unique index) and of the park.
    Index("products_updated_ix", "tenant_id", "updated_at", "id", postgresql_where=_LIVE),
    Index("products_live_updated_ix", "updated_at", "id", "tenant_id", postgresql_where=_LIVE),
    Index("products_park_sku_ix", "sku", postgresql_where=_LIVE),
    # No two variants of a parent with the same options. The use cases ask before they write; this
    # is checked at the end of a transaction, so that variants can change places.
    ExcludeConstraint(
        ("tenant_id", "="),
        ("parent_sku", "="),
        ("options_key", "="),
        name="products_options_ex",
        using="btree",
        where=text("deleted_at IS NULL AND parent_sku IS NOT NULL"),
        deferrable=True,
        initially="DEFERRED",
    ),
)

# What a product is found by (domain.products.search_words). Without row-level security: under a
# policy its index would not be used (docs/adr/0022). Nothing is answered from here: readers see
# products, which are protected.
product_search: Final = Table(
    "product_search",
    metadata,
    Column("product_id", Key, primary_key=True),
    tenant_column(),
    Column("words", TSVECTOR, nullable=False),
    Column("folded", Text, nullable=False),
    Column("edition", SmallInteger, nullable=False),
    Index("product_search_words_ix", "words", postgresql_using="gin"),
    Index("product_search_tenant_ix", "tenant_id", "product_id"),
)
