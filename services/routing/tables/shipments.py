"""Shipments, the legs they hold room on, and what is known of them before they are here.

Invariant kept by every write: capacity - remaining of a flight = sum over the legs that name it.
"""

from typing import Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Sequence,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.routing.tables.flights import flights
from services.routing.tables.metadata import metadata
from shared.db import INSTANT, Key

shipments: Final = Table(
    "shipments",
    metadata,
    Column("id", Key, primary_key=True),
    Column("tenant_id", Key, nullable=False),
    Column("order_id", Key, nullable=False, unique=True),
    Column("house_waybill", Key, unique=True),
    Column("state", Text, nullable=False),  # everywhere else: status
    Column("destination_country", Text, nullable=False),
    Column("store", Text),
    Column("gross_weight_g", BigInteger, nullable=False),
    Column("volume_cm3", BigInteger, nullable=False),
    Column("pieces", BigInteger, nullable=False),
    # Null: not known, of shipments of earlier releases. No entry: there are none.
    Column("delivery_region", Key),
    Column("hs_codes", ARRAY(Text)),
    Column("dangerous_goods", JSONB),
    # On the ground at `location` and `leg_no` is the next leg, or aboard it and no location.
    Column("leg_no", Integer, nullable=False),
    Column("location", Text),
    Column("ready_at", INSTANT),
    # Each with the version of the declaration that said so: older ones may come late.
    Column("released_at", INSTANT),
    Column("released_version", Integer, nullable=False, server_default="0"),
    Column("screened_at", INSTANT),
    Column("screened_version", Integer, nullable=False, server_default="0"),
    Column("declaration_cancelled_at", INSTANT),
    Column("declaration_cancelled_version", Integer, nullable=False, server_default="0"),
    Column("cancel_requested_at", INSTANT),
    Column("cancel_requested_version", Integer, nullable=False, server_default="0"),
    Column("stopped_at", INSTANT),
    Column("stopped_by", Text),
    Column("stopped_version", Integer, nullable=False, server_default="0"),
    # When to look for another itinerary; null: nothing to look for.
    Column("rebook_at", INSTANT),
    Column("bookings", Integer, nullable=False),
    Column("cut_off_at", INSTANT),
    Column("promised_at", INSTANT),
    Column("first_promised_at", INSTANT),
    Column("master_waybill", Key),
    Column("refusal_code", Text),
    Column("refusal_reason", Text),
    Column("refusal_remedy", Text),
    Column("refusal_reason_zh", Text),
    Column("refusal_remedy_zh", Text),
    Column("placed_at", INSTANT, nullable=False),
    Column("booked_at", INSTANT),
    Column("departed_at", INSTANT),
    Column("delivered_at", INSTANT),
    Column("cancelled_at", INSTANT),
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
    Index("shipments_unroutable_id_ix", "id", postgresql_where=text("state = 'unroutable'")),
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
    Column("at", INSTANT),  # null: what is not so, as a screening that was not passed
    Column("version", Integer, nullable=False, server_default="0"),
    Column("noted_at", INSTANT, nullable=False, server_default=text("now()")),
    # `cancelled`: the order; `declaration_cancelled`: its export list, by customs, which
    # `cancel_requested` asks it for; `blocked`, `returned` and `withdrawn`: the list has stopped.
    CheckConstraint(
        "kind IN ('blocked', 'cancelled', 'cancel_requested', 'declaration_cancelled', 'released',"
        " 'returned', 'screened', 'withdrawn')",
        name="kind",
    ),
    Index("early_facts_noted_at_ix", "noted_at"),
)

# How far the walk over the shipments without an itinerary has come, and what there was to be had
# when it began. One row.
second_look: Final = Table(
    "second_look",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("timetable_version", Text, nullable=False),
    Column("change_no", BigInteger, nullable=False),
    Column("room_no", BigInteger, nullable=False),
    Column("after_id", Key, nullable=False),
    Column("is_done", Boolean, nullable=False),
    CheckConstraint("id = 1", name="one"),
)

room_given_back: Final = Sequence("room_given_back", metadata=metadata, schema="routing", start=1)

house_waybill_number: Final = Sequence(
    "house_waybill_number", metadata=metadata, schema="routing", start=1
)
