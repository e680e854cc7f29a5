"""Routing's tables. Reference data and flights belong to the park; shipments, their legs and their
statuses belong to a merchant and carry row-level security.

Invariant kept by every write: capacity - remaining of a flight = sum over the legs that name it.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Sequence,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from shared.db import NAMING, Key

metadata: Final = MetaData(schema="routing", naming_convention=NAMING)
_INSTANT: Final = DateTime(timezone=True)

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

# One row: which schedule this is (changes with every change of flights, never with capacity), the
# local days for which departures exist, and what the reference files looked like when loaded.
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
    Column("route_id", Key, ForeignKey(routes.c.id), nullable=False),
    Column("carrier", Text, nullable=False),
    Column("flight_number", Key, nullable=False),
    Column("departs_on", Date, nullable=False),
    Column("mode", Text, nullable=False),
    Column("vehicle", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("destination", Text, nullable=False),
    Column("departs_at", _INSTANT, nullable=False),
    Column("arrives_at", _INSTANT, nullable=False),
    Column("cut_off_at", _INSTANT),
    Column("capacity_g", BigInteger, nullable=False),
    Column("capacity_cm3", BigInteger, nullable=False),
    Column("remaining_g", BigInteger, nullable=False),
    Column("remaining_cm3", BigInteger, nullable=False),
    Column("booked_shipments", Integer, nullable=False, server_default="0"),
    Column("state", Text, nullable=False),  # everywhere else: status
    Column("closed_at", _INSTANT),
    Column("master_waybill", Key, unique=True),
    Column("manifest_shipments", Integer, nullable=False, server_default="0"),
    Column("manifest_weight_g", BigInteger, nullable=False, server_default="0"),
    # What was reported, whatever the order it came in; `state` is what it led to.
    Column("departed_at", _INSTANT),
    Column("arrived_at", _INSTANT),
    Column("delivered_at", _INSTANT),
    Column("cancelled_at", _INSTANT),
    Column("cancel_reason", Text),
    Column("synthetic", Boolean, nullable=False),
    Column("version", Integer, nullable=False, server_default="0"),
    UniqueConstraint("flight_number", "departs_on"),
    CheckConstraint("0 <= remaining_g AND remaining_g <= capacity_g", name="weight"),
    CheckConstraint("0 <= remaining_cm3 AND remaining_cm3 <= capacity_cm3", name="volume"),
    CheckConstraint("arrives_at > departs_at", name="times"),
    CheckConstraint(
        "state IN ('scheduled', 'closed', 'departed', 'arrived', 'cancelled')", name="state"
    ),
    Index("flights_departs_at_id_ix", "departs_at", "id"),
    Index(
        "flights_open_cut_off_at_ix",
        "cut_off_at",
        postgresql_where=text("state = 'scheduled' AND cut_off_at IS NOT NULL"),
    ),
    # Remaining capacity changes with every booking: room on the page keeps such updates local.
    postgresql_with={"fillfactor": "70"},
)

shipments: Final = Table(
    "shipments",
    metadata,
    Column("id", Key, primary_key=True),
    Column("tenant_id", Key, nullable=False),
    Column("order_id", Key, nullable=False, unique=True),
    Column("house_waybill", Key, unique=True),
    Column("state", Text, nullable=False),  # everywhere else: status
    Column("destination_country", Text, nullable=False),
    Column("gross_weight_g", BigInteger, nullable=False),
    Column("volume_cm3", BigInteger, nullable=False),
    Column("pieces", BigInteger, nullable=False),
    # On the ground at `location` and `leg_no` is the next leg, or aboard it and no location.
    Column("leg_no", Integer, nullable=False),
    Column("location", Text),
    Column("ready_at", _INSTANT),
    # Each with the version of the declaration that said so: older ones may come late.
    Column("released_at", _INSTANT),
    Column("released_version", Integer, nullable=False, server_default="0"),
    Column("screened_at", _INSTANT),
    Column("screened_version", Integer, nullable=False, server_default="0"),
    # When to look for another itinerary; null: nothing to look for.
    Column("rebook_at", _INSTANT),
    Column("bookings", Integer, nullable=False),
    Column("cut_off_at", _INSTANT),
    Column("promised_at", _INSTANT),
    Column("first_promised_at", _INSTANT),
    Column("master_waybill", Key),
    Column("refusal_code", Text),
    Column("refusal_reason", Text),
    Column("refusal_remedy", Text),
    Column("refusal_reason_zh", Text),
    Column("refusal_remedy_zh", Text),
    Column("placed_at", _INSTANT, nullable=False),
    Column("booked_at", _INSTANT),
    Column("departed_at", _INSTANT),
    Column("delivered_at", _INSTANT),
    Column("cancelled_at", _INSTANT),
    Column("version", Integer, nullable=False),
    CheckConstraint("gross_weight_g >= 0 AND volume_cm3 >= 0 AND pieces > 0", name="size"),
    CheckConstraint(
        "state IN ('unroutable', 'booked', 'waiting', 'manifested', 'departed', 'arrived',"
        " 'delivered', 'cancelled')",
        name="state",
    ),
    CheckConstraint("state <> 'booked' OR house_waybill IS NOT NULL", name="house_waybill"),
    Index("shipments_tenant_id_id_ix", "tenant_id", "id"),
    Index("shipments_rebook_at_ix", "rebook_at", postgresql_where=text("rebook_at IS NOT NULL")),
    Index("shipments_master_waybill_ix", "master_waybill"),
    postgresql_with={"fillfactor": "70"},
)

# Every leg of a row is capacity held on that flight; giving capacity back deletes the row.
shipment_legs: Final = Table(
    "shipment_legs",
    metadata,
    Column("shipment_id", Key, ForeignKey(shipments.c.id), primary_key=True),
    Column("leg_no", Integer, primary_key=True),
    Column("tenant_id", Key, nullable=False),
    Column("flight_id", Key, ForeignKey(flights.c.id), nullable=False),
    Index("shipment_legs_flight_id_ix", "flight_id"),
)

# Facts about an order whose shipment is not here yet: topics have no order among each other.
early_facts: Final = Table(
    "early_facts",
    metadata,
    Column("order_id", Key, primary_key=True),
    Column("kind", Key, primary_key=True),
    Column("tenant_id", Key, nullable=False),
    Column("at", _INSTANT),  # null: what is not so, as a screening that was not passed
    Column("version", Integer, nullable=False, server_default="0"),
    CheckConstraint("kind IN ('cancelled', 'released', 'screened')", name="kind"),
)

# As reported, append-only. The park's: an update of a flight concerns many merchants.
status_updates: Final = Table(
    "status_updates",
    metadata,
    Column("id", Key, primary_key=True),
    Column("code", Key, nullable=False),
    Column("airport", Key, nullable=False),
    Column("occurred_at", _INSTANT, nullable=False),
    Column("flight_id", Key),
    Column("house_waybill", Key),
    Column("master_waybill", Key),
    Column("reported_by", Text, nullable=False),
    Column("recorded_at", _INSTANT, nullable=False),
    UniqueConstraint(
        "code",
        "airport",
        "occurred_at",
        "flight_id",
        "house_waybill",
        "master_waybill",
        name="status_updates_fact_uq",
        postgresql_nulls_not_distinct=True,
    ),
)

# What an update meant for one shipment, append-only.
shipment_statuses: Final = Table(
    "shipment_statuses",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("shipment_id", Key, ForeignKey(shipments.c.id), nullable=False),
    Column("tenant_id", Key, nullable=False),
    Column("code", Key, nullable=False),
    Column("airport", Key, nullable=False),
    Column("flight_id", Key),
    Column("occurred_at", _INSTANT, nullable=False),
    UniqueConstraint(
        "shipment_id",
        "code",
        "airport",
        "flight_id",
        "occurred_at",
        name="shipment_statuses_fact_uq",
        postgresql_nulls_not_distinct=True,
    ),
)

house_waybill_number: Final = Sequence(
    "house_waybill_number", metadata=metadata, schema="routing", start=1
)

TENANT_TABLES: Final = ("shipments", "shipment_legs", "shipment_statuses", "early_facts")
