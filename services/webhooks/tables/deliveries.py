"""Deliveries, one per endpoint and event, and the log of their attempts."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from services.webhooks.tables.metadata import metadata
from shared.db import INSTANT, Key

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
    # NULL where the event is not about an order.
    Column("order_id", Key),
    Column("status", Text, nullable=False),
    # While it waits: when it may be sent. While it is being sent: when its lease ends.
    Column("due_at", INSTANT, nullable=False),
    Column("claim_id", Key),
    # `attempts` numbers the requests made; `failures` is the place in the retry schedule.
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("failures", SmallInteger, nullable=False, server_default=text("0")),
    Column("received_at", INSTANT, nullable=False),
    Column("finished_at", INSTANT),
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
    Column("started_at", INSTANT, nullable=False),
    Column("duration_ms", Integer, nullable=False),
    Column("result", Text, nullable=False),
    Column("status_code", SmallInteger),
    Column("error", Text),
    Column("answer_excerpt", Text),
)
