"""Departure reports (CEB509), and the flights they are about."""

from typing import Final

from sqlalchemy import (
    Column,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from services.customs.tables.metadata import id_column, instant_column, key_column, metadata

# One per CEB509 document: the shipments of one flight that had left when it was made.
departures: Final = Table(
    "departures",
    metadata,
    id_column(),
    key_column("tenant_id", nullable=False),
    key_column("cop_no", nullable=False),
    key_column("flight_id", nullable=False),
    Column("shipments", Integer, nullable=False),
    key_column("message_guid", nullable=False),
    Column("phase", Text, nullable=False),
    instant_column("created_at", nullable=False),
    UniqueConstraint("cop_no"),
)
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
