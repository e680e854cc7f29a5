"""Declarations: one row per order. Documents are stored as they were received (jsonb); what is
searched, locked or counted has a column of its own.
"""

from typing import Final

from sqlalchemy import (
    ARRAY,
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
from sqlalchemy.dialects.postgresql import JSONB

from services.customs.tables.metadata import id_column, instant_column, key_column, metadata
from shared.db import Key

# One row per order: its dossier and its declaration. Facts may come in any order, so everything
# but the keys may be absent at first.
declarations: Final = Table(
    "declarations",
    metadata,
    id_column(),
    key_column("tenant_id", nullable=False),
    key_column("order_id", nullable=False),
    key_column("cop_no", nullable=False),
    # documents
    Column("order_document", JSONB),
    Column("order_version", Integer, nullable=False, server_default=text("0")),
    instant_column("order_received_at"),
    key_column("shipment_id"),
    Column("waybill", JSONB),
    Column("unroutable", JSONB),
    Column("shipment_version", Integer, nullable=False, server_default=text("0")),
    instant_column("waybill_received_at"),
    key_column("flight_id"),
    Column("flight_number", Text),
    instant_column("cut_off_at"),
    instant_column("cancelled_at"),
    Column("cancel_reason", Text),
    # the declaration; `status` is what others see: the phase, or cancel_requested over it
    Column("phase", Text, nullable=False),
    Column("status", Key, nullable=False),
    instant_column("phase_at", nullable=False),
    Column("channel", Text),
    Column("findings", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Column("rulebook", Text),
    instant_column("validated_at"),
    Column("pre_no", Text),
    Column("invt_no", Text),
    Column("unknown_receipts", Integer, nullable=False, server_default=text("0")),
    Column("facts", ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),
    Column("version", Integer, nullable=False, server_default=text("0")),
    # transmission; resend_at is real time, the rest business time
    key_column("message_guid"),
    instant_column("app_time"),
    Column("attempts", SmallInteger, nullable=False, server_default=text("0")),
    instant_column("settled_at"),
    instant_column("resend_at"),
    instant_column("submitted_at"),
    # the parcel
    Column("lane", SmallInteger),
    instant_column("screened_at"),
    Column("is_held", Boolean, nullable=False, server_default=text("false")),
    # departure; departure_noted_at is real time
    instant_column("departed_at"),
    Column("departure", JSONB),
    instant_column("departure_noted_at"),
    key_column("departure_id"),
    instant_column("departure_reported_at"),
    Column("traceparent", Text),
    instant_column("created_at", nullable=False),
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
