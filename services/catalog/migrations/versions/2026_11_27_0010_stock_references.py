"""A stock adjustment has the reference of the merchant's document: a repetition is recognised."""

from alembic import op

revision = "0010"
down_revision = "0009"

_NAME = "stock_ledger_reference_uq"


def upgrade() -> None:
    # IF NOT EXISTS: an attempt that was interrupted below has added it.
    op.execute(
        'ALTER TABLE catalog.stock_ledger ADD COLUMN IF NOT EXISTS reference text COLLATE "C"'
    )
    with op.get_context().autocommit_block():
        # What an interrupted attempt left is not usable.
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS catalog.{_NAME}")
        op.execute(
            f"CREATE UNIQUE INDEX CONCURRENTLY {_NAME} ON catalog.stock_ledger"
            " (tenant_id, product_id, reference) WHERE reference IS NOT NULL"
        )
