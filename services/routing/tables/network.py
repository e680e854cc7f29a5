"""Airports, routes, handling times and what else is loaded from files; the park's."""

from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from services.routing.tables.metadata import metadata
from shared.db import Key

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
)

carriers: Final = Table(
    "carriers",
    metadata,
    Column("carrier", Key, primary_key=True),
    Column("name", Text, nullable=False),
    Column("awb_prefix", Key, nullable=False, unique=True),
    Column("basis", Text, nullable=False),
    Column("note", Text, nullable=False),
    CheckConstraint("awb_prefix ~ '^[0-9]{3}$'", name="awb_prefix"),
    CheckConstraint("basis IN ('reported', 'synthetic')", name="basis"),
)

waybill_stock: Final = Table(
    "waybill_stock",
    metadata,
    Column("awb_prefix", Key, ForeignKey(carriers.c.awb_prefix), primary_key=True),
    Column("first_serial", Integer, primary_key=True),
    Column("last_serial", Integer, nullable=False),
    Column("next_serial", Integer, nullable=False),
    # One past the end means used up; a serial never comes back.
    CheckConstraint(
        "0 <= first_serial AND first_serial <= next_serial"
        " AND next_serial <= last_serial + 1 AND last_serial <= 9999999",
        name="range",
    ),
)

routes: Final = Table(
    "routes",
    metadata,
    Column("id", Key, primary_key=True),
    Column("carrier", Text, ForeignKey(carriers.c.carrier), nullable=False),
    Column("number", Integer, nullable=False, unique=True),
    Column("origin", Key, ForeignKey(airports.c.iata), nullable=False),
    Column("destination", Key, ForeignKey(airports.c.iata), nullable=False),
    Column("mode", Key, nullable=False),
    Column("scope", Text, nullable=False),
    Column("vehicle", Text, nullable=False),
    Column("weekly_frequency", Integer, nullable=False),
    Column("payload_kg", Integer, nullable=False),
    Column("distance_km", Integer, nullable=False),
    Column("basis", Text, nullable=False),
    Column("note", Text, nullable=False),
    UniqueConstraint("origin", "destination", "mode"),
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
    Column("basis", Text, nullable=False),
    Column("note", Text, nullable=False),
    CheckConstraint("minutes >= 0", name="minutes"),
)

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
