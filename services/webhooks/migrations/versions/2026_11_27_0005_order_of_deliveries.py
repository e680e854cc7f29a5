"""Deliveries are looked up by the order they tell of; those from before this do not say it."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute('ALTER TABLE webhooks.deliveries ADD COLUMN IF NOT EXISTS order_id text COLLATE "C"')
    with op.get_context().autocommit_block():
        # What an interrupted attempt left is not usable.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS webhooks.deliveries_order_ix")
        op.execute(
            "CREATE INDEX CONCURRENTLY deliveries_order_ix ON webhooks.deliveries (order_id)"
            " WHERE order_id IS NOT NULL"
        )
