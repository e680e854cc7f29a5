"""Declarations: one row per order, its dossier. The order and the waybill are stored as they were
received (jsonb); what is searched, locked or counted has a column of its own. What is sent and
answered is in `documents`, the goods themselves in `parcels`.
"""

from typing import Final

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Computed,
    DateTime,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
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
    # whose move it is; `wait_by`: the cut-off that binds; a `due_at` of the year 9999: no deadline
    key_column("waits_for"),
    key_column("owner"),
    instant_column("wait_by"),
    Column(
        "due_at",
        DateTime(timezone=True),
        Computed(
            "CASE WHEN waits_for IS NOT NULL THEN"
            " least(coalesce(wait_by, '9999-12-31 00:00:00+00'),"
            " coalesce(breach_at, '9999-12-31 00:00:00+00')) END",
            persisted=True,
        ),
    ),
    # the clock that runs, and how many of its alarms were noted
    Column("clock", Text),
    instant_column("clock_at"),
    instant_column("warn_at"),
    instant_column("breach_at"),
    Column("alarm_level", SmallInteger, nullable=False, server_default=text("0")),
    Column(
        "alarm_at",
        DateTime(timezone=True),
        Computed("CASE alarm_level WHEN 0 THEN warn_at WHEN 1 THEN breach_at END", persisted=True),
    ),
    # 0: a row of an earlier release, what it waits for is to be worked out; -1: that failed
    Column("work_rules", SmallInteger, nullable=False, server_default=text("1")),
    # what customs decided first, released or returned, and when by its clock
    Column("is_first_pass", Boolean),
    instant_column("first_decided_at"),
    Column("traceparent", Text),
    instant_column("created_at", nullable=False),
    UniqueConstraint("order_id"),
    UniqueConstraint("cop_no"),
    Index(None, "created_at", "id"),
    Index(None, "tenant_id", "created_at", "id"),
    Index(
        "declarations_status_channel_ix",
        "status",
        "channel",
        "created_at",
        "id",
        postgresql_include=["tenant_id"],
    ),
    Index(
        "declarations_tenant_status_channel_ix",
        "tenant_id",
        "status",
        "channel",
        "created_at",
        "id",
    ),
    Index(
        "declarations_flight_ix",
        "flight_id",
        "created_at",
        "id",
        "tenant_id",
        postgresql_where=text("flight_id IS NOT NULL"),
    ),
    Index(
        "declarations_order_number_ix",
        "order_number",
        "created_at",
        "id",
        "tenant_id",
        postgresql_where=text("order_number IS NOT NULL"),
    ),
    Index(None, "house_waybill", postgresql_where=text("house_waybill IS NOT NULL")),
    Index("declarations_due_ix", "due_at", "id", postgresql_where=text("waits_for IS NOT NULL")),
    Index(
        "declarations_tenant_due_ix",
        "tenant_id",
        "due_at",
        "id",
        postgresql_where=text("waits_for IS NOT NULL"),
    ),
    Index(
        "declarations_owner_due_ix",
        "owner",
        "due_at",
        "id",
        postgresql_where=text("waits_for IS NOT NULL"),
    ),
    Index("declarations_alarm_ix", "alarm_at", postgresql_where=text("alarm_at IS NOT NULL")),
    Index("declarations_to_fill_ix", "id", postgresql_where=text("work_rules = 0")),
    Index(
        "declarations_first_decided_ix",
        "first_decided_at",
        "tenant_id",
        "is_first_pass",
        postgresql_where=text("first_decided_at IS NOT NULL"),
    ),
    Index(
        "declarations_to_match_ix",
        "id",
        postgresql_where=text(
            "phase = 'draft' AND order_document IS NOT NULL AND waybill IS NOT NULL"
        ),
    ),
    postgresql_with={"fillfactor": "80"},
)
# How long each clock may run, from when on. Reference data of the park.
clock_targets: Final = Table(
    "clock_targets",
    metadata,
    key_column("clock", nullable=False),
    instant_column("valid_from", nullable=False),
    Column("target_s", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    PrimaryKeyConstraint("clock", "valid_from"),
)
