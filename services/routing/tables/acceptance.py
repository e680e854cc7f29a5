"""Rules of acceptance, loaded from files; the park's."""

from typing import Final

from sqlalchemy import CheckConstraint, Column, Date, Integer, Table, Text

from services.routing.tables.metadata import metadata
from shared.db import Key

# Empty text: any, or nothing of the kind; `*` is any, too. Days without a bound are null, and so
# are limits that a rule does not set.
acceptance_rules: Final = Table(
    "acceptance_rules",
    metadata,
    Column("id", Key, primary_key=True),
    Column("carrier", Text, nullable=False),
    Column("vehicle_kind", Text, nullable=False),
    Column("un_number", Text, nullable=False),
    Column("packing_instruction", Text, nullable=False),
    Column("section", Text, nullable=False),
    Column("handling_code", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("net_g_max", Integer),
    Column("state_of_charge_pct_max", Integer),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("source", Text, nullable=False),
    Column("as_of", Date),
    Column("basis", Text, nullable=False),
    CheckConstraint(
        "vehicle_kind IN ('*', 'passenger', 'freighter', 'truck')", name="vehicle_kind"
    ),
    CheckConstraint("verdict IN ('allowed', 'forbidden', 'withdrawn')", name="verdict"),
    CheckConstraint("net_g_max > 0", name="net_g_max"),
    CheckConstraint("state_of_charge_pct_max BETWEEN 1 AND 100", name="state_of_charge"),
    CheckConstraint("valid_from <= valid_to", name="days"),
    CheckConstraint("basis IN ('reported', 'synthetic')", name="basis"),
)

acceptance_documents: Final = Table(
    "acceptance_documents",
    metadata,
    Column("id", Key, primary_key=True),
    Column("document", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("name_zh", Text, nullable=False),
    Column("vehicle_kind", Text, nullable=False),
    Column("origin_country", Text, nullable=False),
    Column("destination_country", Text, nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("source", Text, nullable=False),
    Column("as_of", Date),
    Column("basis", Text, nullable=False),
    CheckConstraint(
        "vehicle_kind IN ('*', 'passenger', 'freighter', 'truck')", name="vehicle_kind"
    ),
    CheckConstraint("valid_from <= valid_to", name="days"),
    CheckConstraint("basis IN ('reported', 'synthetic')", name="basis"),
)
