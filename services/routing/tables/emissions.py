"""Emission factors, loaded from a file; the park's."""

from typing import Final

from sqlalchemy import CheckConstraint, Column, Date, Integer, Table, Text

from services.routing.tables.metadata import metadata
from shared.db import Key

emission_factors: Final = Table(
    "emission_factors",
    metadata,
    Column("mode", Key, primary_key=True),
    Column("vehicle_kind", Key, primary_key=True),
    Column("over_km", Integer, primary_key=True),
    Column("up_to_km", Integer),  # null: without end
    # Milligrams of CO2e per tonne-kilometre: tank-to-wheel, well-to-wheel.
    Column("ttw_mg_per_tkm", Integer, nullable=False),
    Column("wtw_mg_per_tkm", Integer, nullable=False),
    Column("data_category", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("source", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("method_version", Text, nullable=False),
    CheckConstraint("mode IN ('air', 'road')", name="mode"),
    CheckConstraint(
        "vehicle_kind IN ('freighter', 'passenger', 'truck', 'van')", name="vehicle_kind"
    ),
    CheckConstraint("0 <= over_km AND over_km < up_to_km", name="distances"),
    CheckConstraint("0 < ttw_mg_per_tkm AND ttw_mg_per_tkm <= wtw_mg_per_tkm", name="amounts"),
    CheckConstraint("data_category IN ('primary', 'default')", name="data_category"),
    CheckConstraint("basis IN ('reported', 'synthetic')", name="basis"),
)
