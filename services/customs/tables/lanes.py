"""Security lanes, their queues, and what the scanners reported."""

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from services.customs.tables.metadata import id_column, instant_column, key_column, metadata

# Reference data of the park.
lanes: Final = Table(
    "lanes",
    metadata,
    Column("lane", SmallInteger, primary_key=True, autoincrement=False),
    Column("capacity_per_hour", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("synthetic", Boolean, nullable=False),
)
# state: waiting → screened | held → screened; left: returned by customs or cancelled.
# lease_until is real time: a scanner that dies gives its parcels back.
lane_parcels: Final = Table(
    "lane_parcels",
    metadata,
    id_column("declaration_id"),
    key_column("tenant_id", nullable=False),
    Column("lane", SmallInteger, nullable=False),
    Column("state", Text, nullable=False),
    instant_column("cut_off_at"),
    instant_column("queued_at", nullable=False),
    instant_column("lease_until"),
    Index(
        "lane_parcels_queue_ix",
        "lane",
        "cut_off_at",
        "queued_at",
        postgresql_where=text("state = 'waiting'"),
    ),
    postgresql_with={"fillfactor": "80"},
)
screenings: Final = Table(
    "screenings",
    metadata,
    id_column(),
    key_column("tenant_id", nullable=False),
    key_column("declaration_id", nullable=False),
    Column("lane", SmallInteger, nullable=False),
    Column("passed", Boolean, nullable=False),
    instant_column("screened_at", nullable=False),
    instant_column("received_at", nullable=False),
    UniqueConstraint("declaration_id", "screened_at", "lane", "passed"),
    Index(None, "screened_at"),
)
