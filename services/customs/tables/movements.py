"""Flights that have left, as far as reports about goods need them. The parcels are in `lanes`."""

from typing import Final

from sqlalchemy import (
    Column,
    Integer,
    Table,
    Text,
)

from services.customs.tables.metadata import id_column, instant_column, key_column, metadata

flights: Final = Table(
    "flights",
    metadata,
    id_column(),
    key_column("tenant_id", nullable=False),
    Column("flight_number", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("master_waybill", Text),
    Column("shipments", Integer, nullable=False),
    instant_column("departed_at", nullable=False),
)
