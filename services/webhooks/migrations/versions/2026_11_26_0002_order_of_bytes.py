"""Ids sort as bytes, whatever the locale; version 2 of the kit."""

from alembic import op

from shared.db.ddl import sort_as_bytes, upgrade_kit

revision = "0002"
down_revision = "0001"

_COLUMNS = {
    "attempts": ("tenant_id",),
    "deliveries": ("endpoint_id", "tenant_id", "claim_id"),
    "endpoint_health": ("endpoint_id", "tenant_id"),
    "endpoint_secrets": ("id", "endpoint_id", "tenant_id", "key_id"),
    "endpoints": ("id", "tenant_id"),
    "messages": ("tenant_id",),
}


def upgrade() -> None:
    upgrade_kit(op, "webhooks", from_=1, to=2)
    for table, columns in _COLUMNS.items():
        sort_as_bytes(op, "webhooks", table, *columns)
