"""Every filter of the list of products has an index, and products are in stock or out of it."""

from alembic import op

from shared.db.ddl import tell_planner_of_policy

revision = "0022"
down_revision = "0021"

_INDEXES = {
    "product_search_tenant_ix": "product_search (tenant_id, product_id)",
    "products_updated_ix": "products (tenant_id, updated_at, id) WHERE deleted_at IS NULL",
    "products_park_updated_ix": "products (updated_at, id) WHERE deleted_at IS NULL",
    "products_park_sku_ix": "products (sku) WHERE deleted_at IS NULL",
    "stock_availability_ix": "stock (availability, tenant_id, product_id)",
}


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE catalog.stock ADD COLUMN availability text COLLATE "C" NOT NULL
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
