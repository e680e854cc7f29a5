"""Statements can write to the outbox by themselves: version 3 of the kit."""

from alembic import op

from shared.db.ddl import upgrade_kit

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    upgrade_kit(op, "webhooks", from_=2, to=3)
