"""The park's list by time is walked in its index alone, which has the tenant as policies need."""

from alembic import op

revision = "0032"
down_revision = "0031"

_WHAT = "ON catalog.products (updated_at, id, tenant_id) WHERE deleted_at IS NULL"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # What an interrupted attempt left is not usable.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS catalog.products_live_updated_ix")
        op.execute(f"CREATE INDEX CONCURRENTLY products_live_updated_ix {_WHAT}")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS catalog.products_park_updated_ix")
