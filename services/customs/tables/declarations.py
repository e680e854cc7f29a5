"""Declarations: one row per order, its dossier. The order and the waybill are stored as they were
received (jsonb); what is searched, locked or counted has a column of its own. What is sent and
answered is in `documents`, the goods themselves in `parcels`.
"""

from typing import Final

from sqlalchemy import (
    ARRAY,
    Column,
    Computed,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.customs.tables.metadata import id_column, instant_column, key_column, metadata
from shared.db import Key

# Facts may come in any order, so everything but the keys may be absent at first. `list_id` is the
# list that counts, the last of those that replaced each other, and `cop_no` its number.
declarations: Final = Table(
    "declarations",
    metadata,
    id_column(),
    key_column("tenant_id", nullable=False),
    key_column("order_id", nullable=False),
    key_column("list_id"),
    key_column("cop_no", nullable=False),
    # what it is made from
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
    Column("cancel_request", JSONB),
    # what it is looked for by
    Column("order_number", Key, Computed("order_document ->> 'order_number'", persisted=True)),
    Column("house_waybill", Key, Computed("waybill ->> 'house_waybill'", persisted=True)),
    # what became of it; `status` is what others see
    Column("phase", Text, nullable=False),
    Column("status", Key, nullable=False),
    instant_column("phase_at", nullable=False),
    Column("channel", Key),
    Column("findings", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Column("repairs", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Column("rulebook", Text),
    instant_column("validated_at"),
    Column("facts", ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),
    Column("version", Integer, nullable=False, server_default=text("0")),
    Column("traceparent", Text),
    instant_column("created_at", nullable=False),
    UniqueConstraint("order_id"),
    UniqueConstraint("cop_no"),
    Index(None, "tenant_id", "id"),
    Index(None, "status", "id"),
    Index(None, "flight_id", "id"),
    Index(None, "created_at", "id"),
    Index(None, "tenant_id", "created_at", "id"),
    Index(None, "channel", "id", postgresql_where=text("channel IS NOT NULL")),
    Index(None, "order_number", postgresql_where=text("order_number IS NOT NULL")),
    Index(None, "house_waybill", postgresql_where=text("house_waybill IS NOT NULL")),
    Index(
        "declarations_to_match_ix",
        "id",
        postgresql_where=text(
            "phase = 'draft' AND order_document IS NOT NULL AND waybill IS NOT NULL"
        ),
    ),
    postgresql_with={"fillfactor": "80"},
)
