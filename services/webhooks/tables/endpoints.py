"""Endpoints, their secrets and their health."""

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
)

from services.webhooks.tables.metadata import metadata
from shared.db import INSTANT, Key

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
    Column("created_at", INSTANT, nullable=False),
    Column("updated_at", INSTANT, nullable=False),
    CheckConstraint("status IN ('enabled', 'disabled', 'deleted')", name="status_known"),
    Index("endpoints_tenant_ix", "tenant_id", "id"),
)

# The present and the former secret, encrypted. `expires_at` of the present one is NULL.
endpoint_secrets = Table(
    "endpoint_secrets",
    metadata,
    Column("id", Key, primary_key=True),
    Column("endpoint_id", Key, ForeignKey(endpoints.c.id), nullable=False),
    Column("tenant_id", Key, nullable=False),
    Column("key_id", Key, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("expires_at", INSTANT),
    Index("endpoint_secrets_endpoint_ix", "endpoint_id"),
)

# Apart from `endpoints`, and written only when it changes: a healthy endpoint's row never is.
endpoint_health = Table(
    "endpoint_health",
    metadata,
    Column("endpoint_id", Key, ForeignKey(endpoints.c.id), primary_key=True),
    Column("tenant_id", Key, nullable=False),
    Column("failing_since", INSTANT),
    Column("failures_in_a_row", Integer, nullable=False),
    Column("paused_until", INSTANT),
)
