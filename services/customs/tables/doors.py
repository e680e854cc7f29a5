"""The ways to the port, and whether they are usable: shared by all workers."""

from typing import Final

from sqlalchemy import ARRAY, Boolean, Column, Float, Integer, Table, Text, text

from services.customs.tables.metadata import id_column, instant_column, key_column, metadata

# status: closed (all may pass) → open (none) → half_open (one probe is on its way). `is_held`: a
# person opened it, and only a person closes it. `answers`: the last 20 as bits, 1 where the port
# said "later". `probes`: guids of the messages that tried the way since it opened. All instants are
# real time.
doors: Final = Table(
    "doors",
    metadata,
    id_column("name"),
    key_column("tenant_id", nullable=False),
    Column("status", Text, nullable=False),
    Column("is_held", Boolean, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("answers", Integer, nullable=False, server_default=text("0")),
    Column("cause", Text),
    instant_column("opened_at"),
    instant_column("probe_at"),
    Column("probes", ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),
    Column("backoff_s", Float(53), nullable=False),
    Column("last_error", Text),
    instant_column("changed_at", nullable=False),
)
