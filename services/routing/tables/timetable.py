"""Schedules, the patterns of days and legs that flights are made from, and the files that they come
from; the park's.
"""

from typing import Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.routing.tables.metadata import metadata
from services.routing.tables.network import airports, carriers, routes
from shared.db import INSTANT, Key

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

# Files that were sent, and how far each has come. `content` is kept until it has ended.
timetable_imports: Final = Table(
    "timetable_imports",
    metadata,
    Column("id", Key, primary_key=True),
    Column("mode", Text, nullable=False),
    Column("state", Text, nullable=False),  # everywhere else: status
    Column("sha256", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("content", LargeBinary),
    Column("rows", Integer),
    Column("rows_failed", Integer),
    Column("done_through", Key, nullable=False, server_default=""),
    Column("schedules_new", Integer, nullable=False, server_default="0"),
    Column("schedules_unchanged", Integer, nullable=False, server_default="0"),
    Column("flights_new", Integer, nullable=False, server_default="0"),
    Column("flights_changed", Integer, nullable=False, server_default="0"),
    Column("flights_cancelled", Integer, nullable=False, server_default="0"),
    Column("faults", Integer, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("failure", JSONB),
    Column("created_at", INSTANT, nullable=False),
    Column("started_at", INSTANT),
    Column("finished_at", INSTANT),
    CheckConstraint("mode IN ('merge', 'replace')", name="mode"),
    CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name="state"),
    Index(
        "timetable_imports_open_ix", "id", postgresql_where=text("state IN ('queued', 'running')")
    ),
)

# What was found in a file; `params` fill the texts of the code.
timetable_faults: Final = Table(
    "timetable_faults",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("import_id", Key, ForeignKey(timetable_imports.c.id), nullable=False),
    Column("line", Integer, nullable=False),
    Column("column_name", Text, nullable=False),
    Column("flight_number", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("params", Text, nullable=False),
    Index("timetable_faults_import_id_line_ix", "import_id", "line", "id"),
)
