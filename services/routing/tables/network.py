"""Airports, routes, handling times and what else is loaded from files; the park's."""

from datetime import date
from typing import Final

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Double,
    ForeignKey,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from services.routing.tables.metadata import metadata
from shared.db import Key


def _origin() -> tuple[Column[str], Column[date]]:
    """Where a row is from, and the day it was true."""
    return Column("source", Text, nullable=False, server_default="unknown"), Column("as_of", Date)


airports: Final = Table(
    "airports",
    metadata,
    Column("iata", Key, primary_key=True),
    Column("icao", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("city", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("latitude_deg", Double, nullable=False),
    Column("longitude_deg", Double, nullable=False),
    Column("time_zone", Text, nullable=False),
    *_origin(),
    Column("basis", Text, nullable=False, server_default="reported"),
    CheckConstraint("basis IN ('reported', 'synthetic')", name="basis"),
)

carriers: Final = Table(
    "carriers",
    metadata,
    Column("carrier", Key, primary_key=True),
    Column("name", Text, nullable=False),
    Column("awb_prefix", Key, nullable=False),
    *_origin(),
    Column("basis", Text, nullable=False),
    Column("note", Text, nullable=False),
    CheckConstraint("awb_prefix ~ '^[0-9]{3}$'", name="awb_prefix"),
    CheckConstraint("basis IN ('reported', 'synthetic')", name="basis"),
)

waybill_stock: Final = Table(
    "waybill_stock",
    metadata,
    Column("awb_prefix", Key, primary_key=True),
    Column("first_serial", Integer, primary_key=True),
    Column("carrier", Key, ForeignKey(carriers.c.carrier), nullable=False),
    Column("last_serial", Integer, nullable=False),
    Column("next_serial", Integer, nullable=False),
    # One past the end means used up; a serial never comes back.
    CheckConstraint(
        "0 <= first_serial AND first_serial <= next_serial"
        " AND next_serial <= last_serial + 1 AND last_serial <= 9999999",
        name="range",
    ),
)

vehicles: Final = Table(
    "vehicles",
    metadata,
    Column("vehicle", Key, primary_key=True),
    Column("mode", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("payload_kg", Integer, nullable=False),
    Column("volume_dm3", Integer, nullable=False),
    Column("uld_positions", Integer, nullable=False),
    Column("door_width_cm", Integer),
    Column("door_height_cm", Integer),
    Column("piece_kg_max", Integer),
    Column("range_km", Integer, nullable=False),
    Column("range_max_km", Integer, nullable=False),
    *_origin(),
    Column("basis", Text, nullable=False),
    Column("note", Text, nullable=False),
    CheckConstraint("mode IN ('air', 'road')", name="mode"),
    CheckConstraint("kind IN ('freighter', 'passenger', 'truck')", name="kind"),
    CheckConstraint("basis IN ('reported', 'synthetic')", name="basis"),
    CheckConstraint(
        "payload_kg > 0 AND volume_dm3 > 0 AND uld_positions >= 0 AND piece_kg_max > 0"
        " AND door_width_cm > 0 AND door_height_cm > 0",
        name="size",
    ),
    CheckConstraint("0 < range_km AND range_km <= range_max_km", name="range"),
)

routes: Final = Table(
    "routes",
    metadata,
    Column("id", Key, primary_key=True),
    Column("carrier", Key, ForeignKey(carriers.c.carrier), nullable=False),
    Column("number", Integer, nullable=False, unique=True),
    Column("origin", Key, ForeignKey(airports.c.iata), nullable=False),
    Column("destination", Key, ForeignKey(airports.c.iata), nullable=False),
    Column("via", ARRAY(Text), nullable=False, server_default="{}"),
    Column("mode", Key, nullable=False),
    Column("scope", Text, nullable=False),
    Column("vehicle", Text, nullable=False),
    Column("weekly_frequency", Integer, nullable=False),
    Column("payload_kg", Integer, nullable=False),
    Column("distance_km", Integer, nullable=False),
    *_origin(),
    Column("basis", Text, nullable=False),
    Column("note", Text, nullable=False),
    UniqueConstraint("carrier", "origin", "destination", "mode"),
    CheckConstraint("mode IN ('air', 'road')", name="mode"),
    CheckConstraint("scope IN ('domestic', 'international', 'onward')", name="scope"),
    CheckConstraint("basis IN ('reported', 'synthetic')", name="basis"),
    CheckConstraint("weekly_frequency > 0 AND payload_kg > 0 AND distance_km > 0", name="size"),
)

handling_times: Final = Table(
    "handling_times",
    metadata,
    Column("airport", Key, primary_key=True),
    Column("step", Key, primary_key=True),
    Column("minutes", Integer, nullable=False),
    *_origin(),
    Column("basis", Text, nullable=False),
    Column("note", Text, nullable=False),
    CheckConstraint("minutes >= 0", name="minutes"),
)

station_times: Final = Table(
    "station_times",
    metadata,
    Column("step", Key, primary_key=True),
    Column("station", Key, primary_key=True),
    Column("carrier", Key, primary_key=True),
    Column("product", Key, primary_key=True),
    Column("vehicle", Key, primary_key=True),
    Column("handling_code", Key, primary_key=True),
    Column("minutes", Integer, nullable=False),
    *_origin(),
    Column("basis", Text, nullable=False),
    Column("note", Text, nullable=False),
    CheckConstraint("step IN ('acceptance', 'availability')", name="step"),
    CheckConstraint("minutes >= 0", name="minutes"),
    CheckConstraint("basis IN ('reported', 'synthetic')", name="basis"),
)

delivery_regions: Final = Table(
    "delivery_regions",
    metadata,
    Column("region", Key, primary_key=True),
    Column("country", Key, nullable=False, index=True),
    Column("postal_prefixes", ARRAY(Text), nullable=False),
    Column("name", Text, nullable=False),
    *_origin(),
    Column("basis", Text, nullable=False),
    CheckConstraint("basis IN ('reported', 'synthetic')", name="basis"),
)

gateways: Final = Table(
    "gateways",
    metadata,
    Column(
        "region", Key, ForeignKey(delivery_regions.c.region, ondelete="CASCADE"), primary_key=True
    ),
    Column("airport", Key, ForeignKey(airports.c.iata), primary_key=True),
    Column("gateway_no", Integer, nullable=False),
    Column("road_km", Integer, nullable=False),
    Column("clearance_h", Integer, nullable=False),
    Column("delivery_h", Integer, nullable=False),
    CheckConstraint("road_km >= 0 AND clearance_h >= 0 AND delivery_h >= 0", name="size"),
)

# The release before this one reads it; nobody else does. It can be dropped after this one.
delivery_allowances: Final = Table(
    "delivery_allowances",
    metadata,
    Column("country", Key, primary_key=True),
    Column("hours", Integer, nullable=False),
    Column("basis", Text, nullable=False),
    Column("note", Text, nullable=False),
)

country_places: Final = Table(
    "country_places",
    metadata,
    Column("country", Key, primary_key=True),
    Column("latitude_deg", Double, nullable=False),
    Column("longitude_deg", Double, nullable=False),
    Column("place", Text, nullable=False),
)

stores: Final = Table(
    "stores",
    metadata,
    Column("store", Key, primary_key=True),
    Column("country", Text, nullable=False),
    Column("is_open", Boolean, nullable=False),
)

embargoes: Final = Table(
    "embargoes",
    metadata,
    Column("country", Key, primary_key=True),
    Column("scope", Key, primary_key=True),
    Column("hs_prefix", Key, primary_key=True),  # empty: all goods
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
    *_origin(),
    Column("basis", Text, nullable=False),
    Column("reason_en", Text, nullable=False),
    Column("reason_zh", Text, nullable=False),
    CheckConstraint("scope IN ('all', 'origin', 'transit', 'destination')", name="scope"),
    CheckConstraint("hs_prefix ~ '^[0-9]*$'", name="hs_prefix"),
    CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="validity"),
)
