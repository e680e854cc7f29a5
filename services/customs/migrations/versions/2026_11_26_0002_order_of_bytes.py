"""Statuses and receipts' codes sort as bytes, whatever the locale; version 2 of the kit."""

from alembic import op

from shared.db.ddl import sort_as_bytes, upgrade_kit

revision = "0002"
down_revision = "0001"

_COLUMNS = {
    "declarations": ("status",),
    "receipts": ("message_type", "return_status"),
}


def upgrade() -> None:
    upgrade_kit(op, "customs", from_=1, to=2)
    for table, columns in _COLUMNS.items():
        sort_as_bytes(op, "customs", table, *columns)
