"""The schema `customs`. Documents live in the declaration's row as they were received (jsonb); what
is searched, locked or counted has a column. Rows of the park itself carry the tenant `park`.
"""

from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.db import NAMING, Key

metadata: Final = MetaData(schema="customs", naming_convention=NAMING)


def _id(name: str = "id") -> "Column[str]":
    return Column(name, Key, primary_key=True)


def _ref(name: str, *, nullable: bool = True) -> "Column[str]":
    return Column(name, Key, nullable=nullable)


def _at(name: str, *, nullable: bool = True) -> "Column[Any]":
    return Column(name, DateTime(timezone=True), nullable=nullable)


# One row per order: its dossier and its declaration. Facts may come in any order, so everything
# but the keys may be absent at first.
declarations: Final = Table(
    "declarations",
    metadata,
    _id(),
    _ref("tenant_id", nullable=False),
    _ref("order_id", nullable=False),
    _ref("cop_no", nullable=False),
    # documents
    Column("order_document", JSONB),
    Column("order_version", Integer, nullable=False, server_default=text("0")),
    _at("order_received_at"),
    _ref("shipment_id"),
    Column("waybill", JSONB),
    Column("unroutable", JSONB),
    Column("shipment_version", Integer, nullable=False, server_default=text("0")),
    _at("waybill_received_at"),
    _ref("flight_id"),
    Column("flight_number", Text),
    _at("cut_off_at"),
    _at("cancelled_at"),
    Column("cancel_reason", Text),
    # the declaration; `status` is what others see: the phase, or cancel_requested over it
    Column("phase", Text, nullable=False),
    Column("status", Key, nullable=False),
    _at("phase_at", nullable=False),
    Column("channel", Text),
    Column("findings", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Column("rulebook", Text),
    _at("validated_at"),
    Column("pre_no", Text),
    Column("invt_no", Text),
    Column("unknown_receipts", Integer, nullable=False, server_default=text("0")),
    Column("facts", ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),
    Column("version", Integer, nullable=False, server_default=text("0")),
    # transmission; resend_at is real time, the rest business time
    _ref("message_guid"),
    _at("app_time"),
    Column("attempts", SmallInteger, nullable=False, server_default=text("0")),
    _at("settled_at"),
    _at("resend_at"),
    _at("submitted_at"),
    # the parcel
    Column("lane", SmallInteger),
    _at("screened_at"),
    Column("is_held", Boolean, nullable=False, server_default=text("false")),
    # departure; departure_noted_at is real time
    _at("departed_at"),
    Column("departure", JSONB),
    _at("departure_noted_at"),
    _ref("departure_id"),
    _at("departure_reported_at"),
    Column("traceparent", Text),
    _at("created_at", nullable=False),
    UniqueConstraint("order_id"),
    UniqueConstraint("cop_no"),
    Index(None, "tenant_id", "id"),
    Index(None, "status", "id"),
    Index(None, "flight_id", "id"),
    Index("declarations_house_waybill_ix", text("(waybill ->> 'house_waybill')")),
    Index(
        "declarations_to_compose_ix",
        "id",
        postgresql_where=text("phase = 'queued' AND message_guid IS NULL"),
    ),
    Index(
        "declarations_to_report_ix",
        "departure_noted_at",
        postgresql_where=text("departed_at IS NOT NULL AND departure_id IS NULL"),
    ),
    postgresql_with={"fillfactor": "80"},
)

# Append-only: what customs said, each receipt once.
receipts: Final = Table(
    "receipts",
    metadata,
    _id(),
    _ref("tenant_id", nullable=False),
    _ref("declaration_id"),
    Column("message_type", Key, nullable=False),
    _ref("business_key", nullable=False),
    Column("return_status", Key, nullable=False),
    _at("return_time", nullable=False),
    Column("return_info", Text, nullable=False),
    _ref("info_hash", nullable=False),
    Column("info_code", Text),
    Column("info_text", Text, nullable=False),
    Column("guid", Text),
    Column("pre_no", Text),
    Column("invt_no", Text),
    Column("is_known", Boolean, nullable=False),
    _ref("inbound_digest", nullable=False),
    _at("received_at", nullable=False),
    UniqueConstraint(
        "business_key",
        "message_type",
        "return_status",
        "return_time",
        "info_hash",
        name="receipts_identity_uq",
    ),
    Index(None, "declaration_id", postgresql_where=text("declaration_id IS NOT NULL")),
)

# Raw messages as they came, so that they can be read again after a parser was corrected.
inbound_messages: Final = Table(
    "inbound_messages",
    metadata,
    _id("digest"),
    _ref("tenant_id", nullable=False),
    Column("content_type", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    _at("received_at", nullable=False),
)

# status: composed (in the same transaction as the documents' state) → written (in the folder).
outgoing_messages: Final = Table(
    "outgoing_messages",
    metadata,
    _id("guid"),
    _ref("tenant_id", nullable=False),
    Column("message_type", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("documents", Integer, nullable=False),
    Column("declaration_ids", ARRAY(Text), nullable=False),
    Column("body", Text, nullable=False),
    Column("note", Text, nullable=False),
    _at("composed_at", nullable=False),
    _at("written_at"),
    Index(
        "outgoing_messages_to_write_ix",
        "guid",
        postgresql_where=text("status = 'composed'"),
    ),
)

# One per CEB509 document: the shipments of one flight that had left when it was made.
departures: Final = Table(
    "departures",
    metadata,
    _id(),
    _ref("tenant_id", nullable=False),
    _ref("cop_no", nullable=False),
    _ref("flight_id", nullable=False),
    Column("shipments", Integer, nullable=False),
    _ref("message_guid", nullable=False),
    Column("phase", Text, nullable=False),
    _at("created_at", nullable=False),
    UniqueConstraint("cop_no"),
)

flights: Final = Table(
    "flights",
    metadata,
    _id(),
    _ref("tenant_id", nullable=False),
    Column("flight_number", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("master_waybill", Text),
    Column("shipments", Integer, nullable=False),
    _at("departed_at", nullable=False),
)

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
    _id("declaration_id"),
    _ref("tenant_id", nullable=False),
    Column("lane", SmallInteger, nullable=False),
    Column("state", Text, nullable=False),
    _at("cut_off_at"),
    _at("queued_at", nullable=False),
    _at("lease_until"),
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
    _id(),
    _ref("tenant_id", nullable=False),
    _ref("declaration_id", nullable=False),
    Column("lane", SmallInteger, nullable=False),
    Column("passed", Boolean, nullable=False),
    _at("screened_at", nullable=False),
    _at("received_at", nullable=False),
    UniqueConstraint("declaration_id", "screened_at", "lane", "passed"),
    Index(None, "screened_at"),
)
