"""The tables of webhooks. Times here are real time, but for `occurred_at` (when a fact happened).

Deliveries and attempts carry the tenant of the endpoint's owner, messages that of the event.
"""

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
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

from shared.db import NAMING, Key

metadata = MetaData(schema="webhooks", naming_convention=NAMING)

_INSTANT = DateTime(timezone=True)

endpoints = Table(
    "endpoints",
    metadata,
    Column("id", Key, primary_key=True),
    Column("tenant_id", Key, nullable=False),
    # No longer read; goes with the next release.
    Column("sees", ARRAY(Text)),
    Column("url", Text, nullable=False),
    Column("event_types", ARRAY(Text), nullable=False),
    Column("description", Text),
    Column("status", Text, nullable=False),
    Column("status_reason", Text),
    # `version` counts every change; `events` counts what was published about it.
    Column("version", Integer, nullable=False),
    Column("events", Integer, nullable=False),
    Column("created_at", _INSTANT, nullable=False),
    Column("updated_at", _INSTANT, nullable=False),
    CheckConstraint("status IN ('enabled', 'disabled', 'deleted')", name="status_known"),
    Index("endpoints_tenant_ix", "tenant_id", "id"),
)

# Whose events a partner may be told of, as catalog says; NULL: everybody's.
partner_rights = Table(
    "partner_rights",
    metadata,
    Column("tenant_id", Key, primary_key=True),
    Column("merchants", ARRAY(Text)),
    Column("version", Integer, nullable=False),
)

# One row per live or former secret, encrypted. NULL `expires_at`: the present one.
endpoint_secrets = Table(
    "endpoint_secrets",
    metadata,
    Column("id", Key, primary_key=True),
    Column("endpoint_id", Key, ForeignKey(endpoints.c.id), nullable=False),
    Column("tenant_id", Key, nullable=False),
    Column("key_id", Key, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", _INSTANT, nullable=False),
    Column("expires_at", _INSTANT),
    Index("endpoint_secrets_endpoint_ix", "endpoint_id"),
)

# Changed only when it changes: a healthy endpoint's row is never written.
endpoint_health = Table(
    "endpoint_health",
    metadata,
    Column("endpoint_id", Key, ForeignKey(endpoints.c.id), primary_key=True),
    Column("tenant_id", Key, nullable=False),
    Column("failing_since", _INSTANT),
    Column("failures_in_a_row", Integer, nullable=False),
    Column("paused_until", _INSTANT),
)

# One row per event, with the very bytes that are sent: every retry and replay is byte-equal.
messages = Table(
    "messages",
    metadata,
    Column("event_id", Key, primary_key=True),
    Column("tenant_id", Key, nullable=False),
    Column("type", Text, nullable=False),
    Column("occurred_at", _INSTANT, nullable=False),
    Column("received_at", _INSTANT, nullable=False),
    Column("traceparent", Text),
    Column("body", LargeBinary, nullable=False),
)

# No foreign keys: each would lock the endpoint's row and probe once per inserted row. Endpoints are
# never deleted, and the one statement that adds deliveries adds their messages.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Key, primary_key=True),
    Column("endpoint_id", Key, nullable=False),
    Column("event_id", Key, nullable=False),
    Column("tenant_id", Key, nullable=False),
    Column("event_type", Text, nullable=False),
    # The order that the event is about, if it is about one.
    Column("order_id", Key),
    Column("status", Text, nullable=False),
    # While it waits: when it may be sent. While it is being sent: when its lease ends.
    Column("due_at", _INSTANT, nullable=False),
    Column("claim_id", Key),
    # `attempts` numbers the requests made; `failures` is the place in the retry schedule.
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("failures", SmallInteger, nullable=False, server_default=text("0")),
    Column("received_at", _INSTANT, nullable=False),
    Column("finished_at", _INSTANT),
    UniqueConstraint("endpoint_id", "event_id", name="deliveries_endpoint_event_uq"),
    CheckConstraint("status IN ('pending', 'delivered', 'failed')", name="status_known"),
    Index(
        "deliveries_due_ix",
        "endpoint_id",
        "due_at",
        postgresql_where=text("status = 'pending'"),
    ),
    Index("deliveries_tenant_ix", "tenant_id", "id"),
    Index("deliveries_order_ix", "order_id", postgresql_where=text("order_id IS NOT NULL")),
    # Every delivery is updated at least twice: vacuum early, while the dead rows are few.
    postgresql_with={
        "fillfactor": 80,
        "autovacuum_vacuum_scale_factor": 0.02,
        "autovacuum_vacuum_threshold": 2000,
    },
)

attempts = Table(
    "attempts",
    metadata,
    Column("delivery_id", Key, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("tenant_id", Key, nullable=False),
    Column("started_at", _INSTANT, nullable=False),
    Column("duration_ms", Integer, nullable=False),
    Column("result", Text, nullable=False),
    Column("status_code", SmallInteger),
    Column("error", Text),
    Column("answer_excerpt", Text),
)
