"""What prices are made of; the park's."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.routing.tables.metadata import metadata
from shared.db import INSTANT, Key

# One row: changes with every change of rates, so that every process knows when to read them again;
# and what the files looked like when they were loaded.
rate_book: Final = Table(
    "rate_book",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", Text, nullable=False),
    Column("files_digest", Text),
    CheckConstraint("id = 1", name="one"),
)

# A version never changes but for `is_current`: quotes name the one that they were made of.
rate_contracts: Final = Table(
    "rate_contracts",
    metadata,
    Column("id", Key, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("reference", Text, nullable=False),
    Column("carrier", Key, nullable=False),
    Column("product", Key, nullable=False),
    Column("origin", Key, nullable=False),
    Column("destination", Key, nullable=False),
    Column("mode", Key, nullable=False),
    Column("vehicle", Text, nullable=False),
    Column("from_km", Integer, nullable=False),
    Column("below_km", Integer),
    Column("currency", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("tariff", JSONB, nullable=False),
    Column("source", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("basis", Text, nullable=False),
    # False once an operator has changed it: from then on the files leave it alone.
    Column("is_from_files", Boolean, nullable=False),
    Column("is_current", Boolean, nullable=False),
    CheckConstraint("mode IN ('air', 'road')", name="mode"),
    CheckConstraint("basis IN ('reported', 'synthetic')", name="basis"),
    CheckConstraint("valid_from <= valid_to", name="validity"),
    CheckConstraint("0 <= from_km AND from_km < below_km", name="band"),
    Index("rate_contracts_current_uq", "id", unique=True, postgresql_where=text("is_current")),
)

exchange_rates: Final = Table(
    "exchange_rates",
    metadata,
    Column("currency", Key, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("cny_per_unit_e8", BigInteger, nullable=False),
    Column("source", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("basis", Text, nullable=False),
    CheckConstraint("cny_per_unit_e8 > 0", name="above_zero"),
    CheckConstraint("basis IN ('reported', 'synthetic')", name="basis"),
)

last_mile_tariffs: Final = Table(
    "last_mile_tariffs",
    metadata,
    Column("country", Key, primary_key=True),
    Column("postal_prefix", Key, primary_key=True),
    Column("gateway", Key, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
    Column("currency", Text, nullable=False),
    Column("base_minor", BigInteger, nullable=False),
    Column("rate_micros_per_kg", BigInteger, nullable=False),
    Column("cubic_cm_per_kg", Integer, nullable=False),
    Column("rounding_g", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("basis", Text, nullable=False),
    CheckConstraint("valid_from <= valid_to", name="validity"),
    CheckConstraint("basis IN ('reported', 'synthetic')", name="basis"),
)

# `merchant_id` is `all` for all that have no margin of their own. A merchant never sees these rows.
margins: Final = Table(
    "margins",
    metadata,
    Column("merchant_id", Key, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("cost_permille", Integer, nullable=False),
    Column("flat_minor", BigInteger, nullable=False),
    Column("source", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("basis", Text, nullable=False),
    CheckConstraint("cost_permille >= 0 AND flat_minor >= 0", name="amounts"),
    CheckConstraint("basis IN ('reported', 'synthetic')", name="basis"),
)

# A quote is a merchant's. `document` has every line of it, cost and price apart.
quotes: Final = Table(
    "quotes",
    metadata,
    Column("id", Key, primary_key=True),
    Column("tenant_id", Key, nullable=False),
    Column("quoted_at", INSTANT, nullable=False),
    Column("valid_until", INSTANT, nullable=False),
    Column("rates_version", Text, nullable=False),
    # In minor units of the park's currency.
    Column("cost_minor", BigInteger, nullable=False),
    Column("margin_minor", BigInteger, nullable=False),
    Column("price_minor", BigInteger, nullable=False),
    Column("document", JSONB, nullable=False),
    CheckConstraint("price_minor = cost_minor + margin_minor", name="price"),
    CheckConstraint("quoted_at <= valid_until", name="validity"),
)
