"""Order numbers and codes sort as bytes, whatever the locale; version 2 of the kit."""

from alembic import op

from shared.db.ddl import sort_as_bytes, upgrade_kit

revision = "0003"
down_revision = "0002"

_COLUMNS = {
    "belts": ("code",),
    "merchants": ("uscc",),
    "orders": ("store", "order_number"),
    "stores": ("code", "marketplace_id"),
}


def upgrade() -> None:
    upgrade_kit(op, "catalog", from_=1, to=2)
    for table, columns in _COLUMNS.items():
        sort_as_bytes(op, "catalog", table, *columns)
