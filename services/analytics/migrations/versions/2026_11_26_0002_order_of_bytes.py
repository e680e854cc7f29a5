"""Tenants sort as bytes, whatever the locale; version 2 of the kit."""

from alembic import op

from shared.db.ddl import sort_as_bytes, upgrade_kit

revision = "0002"
down_revision = "0001"

_COLUMNS = {
    "flight_fact": ("tenant_id",),
    "merchant_fact": ("tenant_id",),
    "order_fact": ("tenant_id",),
}


def upgrade() -> None:
    upgrade_kit(op, "analytics", from_=1, to=2)
    for table, columns in _COLUMNS.items():
        sort_as_bytes(op, "analytics", table, *columns)
