"""Messages, and the rights that decide which partner receives them."""

from sqlalchemy import (
    ARRAY,
    Column,
    Integer,
    LargeBinary,
    Table,
    Text,
)

from services.webhooks.tables.metadata import metadata
from shared.db import INSTANT, Key

# Whose events a partner may receive, as catalog says; NULL: every merchant's.
partner_rights = Table(
    "partner_rights",
    metadata,
    Column("tenant_id", Key, primary_key=True),
    Column("merchants", ARRAY(Text)),
    Column("version", Integer, nullable=False),
)

# One row per event, with the bytes that are sent: every retry and replay is byte-equal.
messages = Table(
    "messages",
    metadata,
    Column("event_id", Key, primary_key=True),
    Column("tenant_id", Key, nullable=False),
    Column("type", Text, nullable=False),
    Column("occurred_at", INSTANT, nullable=False),
    Column("received_at", INSTANT, nullable=False),
    Column("traceparent", Text),
    Column("body", LargeBinary, nullable=False),
)
