"""Products are in stock or out of it, and lists of both have an index.

Adding the column writes `stock` anew: nobody reads or writes it for about four seconds a million
products. The indexes are made without locking anybody out. Those of `products` come with 0023,
which would have to make them once more.
"""

from alembic import op

from shared.db.ddl import tell_planner_of_policy

revision = "0022"
down_revision = "0021"

_INDEXES = {
    "product_search_tenant_ix": "product_search (tenant_id, product_id)",
    "stock_availability_ix": "stock (availability, tenant_id, product_id)",
}


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE catalog.stock ADD COLUMN IF NOT EXISTS availability text COLLATE "C" NOT NULL
            GENERATED ALWAYS AS (CASE WHEN on_hand > reserved THEN 'in' ELSE 'out' END) STORED
        """
    )
    for table in ("products", "stock", "market_overlays"):
        tell_planner_of_policy(op, "catalog", table)
    with op.get_context().autocommit_block():
        for name, what in _INDEXES.items():
            # What an interrupted attempt left is not usable.
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS catalog.{name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON catalog.{what}")
