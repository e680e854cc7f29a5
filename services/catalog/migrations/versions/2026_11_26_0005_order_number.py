"""Orders are looked up by their number without the store."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # What an interrupted attempt left is not usable.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS catalog.orders_number_ix")
        op.execute(
            "CREATE INDEX CONCURRENTLY orders_number_ix ON catalog.orders (tenant_id, order_number)"
        )
