"""Schedules: the pattern of days and legs that flights are made from; the park's."""

from typing import Final

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
)

from services.routing.tables.metadata import metadata
from services.routing.tables.network import airports, carriers, routes
from shared.db import Key

schedules: Final = Table(
    "schedules",
    metadata,
    Column("id", Key, primary_key=True),
    Column("carrier", Text, ForeignKey(carriers.c.carrier), nullable=False),
    Column("flight_number", Key, nullable=False),
    Column("route_id", Key, ForeignKey(routes.c.id)),
    # Local days at the origin of the first leg; no end: until further notice.
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("weekdays", SmallInteger, nullable=False),  # bit 0 is Monday
    Column("cancelled_on", ARRAY(Date), nullable=False, server_default="{}"),
    Column("added_on", ARRAY(Date), nullable=False, server_default="{}"),
    Column("basis", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("as_of", Date),
    Column("import_id", Key),
    CheckConstraint("weekdays BETWEEN 0 AND 127", name="weekdays"),
    CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="validity"),
    CheckConstraint("basis IN ('reported', 'synthetic')", name="basis"),
    Index("schedules_flight_number_valid_from_ix", "flight_number", "valid_from"),
)

schedule_legs: Final = Table(
    "schedule_legs",
    metadata,
    Column("schedule_id", Key, ForeignKey(schedules.c.id, ondelete="CASCADE"), primary_key=True),
    Column("leg_no", Integer, primary_key=True),
    Column("origin", Key, ForeignKey(airports.c.iata), nullable=False),
    Column("destination", Key, ForeignKey(airports.c.iata), nullable=False),
    Column("mode", Text, nullable=False),
    Column("vehicle", Text, nullable=False),
    # Local minute of the day at the origin; days after the operating day.
    Column("departs_min", Integer, nullable=False),
    Column("departs_day", Integer, nullable=False),
    # Either how long it takes, or when it arrives by the clocks of the destination.
    Column("duration_min", Integer),
    Column("arrives_min", Integer),
    Column("arrives_day", Integer),
    Column("payload_kg", Integer, nullable=False),
    Column("volume_dm3", Integer, nullable=False),
    Column("distance_km", Integer),
    CheckConstraint("mode IN ('air', 'road')", name="mode"),
    CheckConstraint(
        "(duration_min IS NULL) = (arrives_min IS NOT NULL)"
        " AND (arrives_min IS NULL) = (arrives_day IS NULL)",
        name="arrival",
    ),
    CheckConstraint("payload_kg > 0 AND volume_dm3 > 0", name="size"),
)
