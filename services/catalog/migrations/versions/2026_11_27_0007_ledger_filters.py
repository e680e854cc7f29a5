"""Changes of stock are looked up by their time and by their order."""

from alembic import op

revision = "0007"
down_revision = "0006"

_INDEXES = {
    "stock_ledger_at_ix": "(product_id, at)",
    "stock_ledger_order_ix": "(order_id) WHERE order_id IS NOT NULL",
}


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for name, what in _INDEXES.items():
            # What an interrupted attempt left is not usable.
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS catalog.{name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON catalog.stock_ledger {what}")
