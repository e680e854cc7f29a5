"""A list of products passes over none that were deleted."""

from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # What an interrupted attempt left is not usable.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS catalog.products_live_id_ix")
        op.execute(
            "CREATE INDEX CONCURRENTLY products_live_id_ix ON catalog.products (tenant_id, id)"
            " WHERE deleted_at IS NULL"
        )
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS catalog.products_tenant_id_ix")
