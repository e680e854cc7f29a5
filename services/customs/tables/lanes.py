"""Security lanes, the parcels of declarations, and what the scanners reported."""

from typing import Final

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Computed,
    DateTime,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

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
# The goods of a declaration on their way through the park: from the queue of a lane to the flight.
# state: waiting → screened | held → screened; left: returned by customs or cancelled; elsewhere:
# never in a queue. lease_until is real time: a scanner that dies gives its parcels back; so are
# arrival_noted_at and departure_noted_at. arrival_id, bill_id and departure_id: the documents that
# name the parcel; report_ids: all that ever did.
parcels: Final = Table(
    "parcels",
    metadata,
    id_column("declaration_id"),
    key_column("tenant_id", nullable=False),
    Column("lane", SmallInteger),
    Column("state", Text, nullable=False),
    instant_column("cut_off_at"),
    instant_column("queued_at"),
    instant_column("lease_until"),
    instant_column("screened_at"),
    Column("is_held", Boolean, nullable=False, server_default=text("false")),
    instant_column("arrived_at"),
    Column("arrival", JSONB),
    instant_column("arrival_noted_at"),
    key_column("arrival_id"),
    key_column("bill_id"),
    instant_column("departed_at"),
    Column("departure", JSONB),
    instant_column("departure_noted_at"),
    key_column("departure_id"),
    Column("report_ids", ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),
    instant_column("departure_reported_at"),
    # the clock that runs for the goods, as in `declarations`
    Column("clock", Text),
    instant_column("clock_at"),
    instant_column("warn_at"),
    instant_column("breach_at"),
    Column("alarm_level", SmallInteger, nullable=False, server_default=text("0")),
    Column(
        "alarm_at",
        DateTime(timezone=True),
        Computed("CASE alarm_level WHEN 0 THEN warn_at WHEN 1 THEN breach_at END", persisted=True),
    ),
    Index("parcels_alarm_ix", "alarm_at", postgresql_where=text("alarm_at IS NOT NULL")),
    Index(
        "parcels_queue_ix",
        "lane",
        "cut_off_at",
        "queued_at",
        postgresql_where=text("state = 'waiting'"),
    ),
    Index("parcels_at_lane_ix", "lane", postgresql_where=text("state IN ('waiting', 'held')")),
    Index(
        "parcels_arrived_ix",
        "arrival_noted_at",
        postgresql_where=text("arrived_at IS NOT NULL AND arrival_id IS NULL"),
    ),
    Index(
        "parcels_to_report_ix",
        "departure_noted_at",
        postgresql_where=text("departed_at IS NOT NULL AND departure_id IS NULL"),
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
