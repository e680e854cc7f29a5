"""The timetable and its dated flights; the park's."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Sequence,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from services.routing.tables.metadata import metadata
from services.routing.tables.network import routes
from services.routing.tables.timetable import schedules
from shared.db import INSTANT, Key

# One row: which network this is (changes when its files do), the local days for which departures
# exist, and what the files looked like when loaded.
timetable: Final = Table(
    "timetable",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", Text, nullable=False),
    Column("first_on", Date),
    Column("last_on", Date),
    Column("reference_digest", Text),
    CheckConstraint("id = 1", name="one"),
)

flights: Final = Table(
    "flights",
    metadata,
    Column("id", Key, primary_key=True),
    # Null: not a route of the park's network, but of an imported timetable.
    Column("route_id", Key, ForeignKey(routes.c.id)),
    # Its trip is the run of its schedule on that local day of the first leg's origin; null: made
    # before there were schedules.
    Column("schedule_id", Key, ForeignKey(schedules.c.id)),
    Column("operated_on", Date),
    Column("leg_no", Integer, nullable=False, server_default="1"),
    Column("carrier", Text, nullable=False),
    Column("flight_number", Key, nullable=False),
    Column("departs_on", Date, nullable=False),
    Column("mode", Text, nullable=False),
    Column("vehicle", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("destination", Text, nullable=False),
    Column("departs_at", INSTANT, nullable=False),
    Column("arrives_at", INSTANT, nullable=False),
    Column("cut_off_at", INSTANT),
    Column("capacity_g", BigInteger, nullable=False),
    Column("capacity_cm3", BigInteger, nullable=False),
    Column("remaining_g", BigInteger, nullable=False),
    Column("remaining_cm3", BigInteger, nullable=False),
    Column("booked_shipments", Integer, nullable=False, server_default="0"),
    Column("state", Text, nullable=False),  # everywhere else: status
    Column("closed_at", INSTANT),
    Column("master_waybill", Key, unique=True),
    Column("manifest_shipments", Integer, nullable=False, server_default="0"),
    Column("manifest_weight_g", BigInteger, nullable=False, server_default="0"),
    # What was reported, whatever the order it came in; `state` is what it led to.
    Column("departed_at", INSTANT),
    Column("arrived_at", INSTANT),
    Column("delivered_at", INSTANT),
    Column("cancelled_at", INSTANT),
    Column("cancel_reason", Text),
    Column("synthetic", Boolean, nullable=False),
    Column("version", Integer, nullable=False, server_default="0"),
    # Set by a trigger whenever something changes that a search reads of it, but for the room.
    Column("change_no", BigInteger, nullable=False, server_default=text("0")),
    UniqueConstraint("flight_number", "operated_on", "leg_no"),
    CheckConstraint("0 <= remaining_g AND remaining_g <= capacity_g", name="weight"),
    CheckConstraint("0 <= remaining_cm3 AND remaining_cm3 <= capacity_cm3", name="volume"),
    CheckConstraint("arrives_at > departs_at", name="times"),
    CheckConstraint(
        "state IN ('scheduled', 'closed', 'departed', 'arrived', 'cancelled')", name="state"
    ),
    Index("flights_change_no_ix", "change_no"),
    Index("flights_schedule_id_operated_on_ix", "schedule_id", "operated_on"),
    Index("flights_departs_at_id_ix", "departs_at", "id"),
    Index(
        "flights_open_cut_off_at_ix",
        "cut_off_at",
        postgresql_where=text("state = 'scheduled' AND cut_off_at IS NOT NULL"),
    ),
    # Remaining capacity changes with every booking: room on the page keeps such updates local.
    postgresql_with={"fillfactor": "70"},
)

# Numbers the changes of flights. Whoever changes one has taken the turn, so that numbers become
# visible in their order.
flight_change: Final = Sequence("flight_change", metadata=metadata, schema="routing", start=1)
