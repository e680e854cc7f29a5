"""Orders are found by what follows from their facts, by SKU, country and time.

The new tables are filled from the orders, which takes about a minute a million of them and
locks nobody out. A replica of the release before goes on to write orders without them meanwhile:
the worker mends that (the job mend-order-search).
"""

from alembic import op

from shared.db.ddl import protect, sort_as_bytes

revision = "0025"
down_revision = "0024"

# Before the indexes of the new tables, so that these are built in one go.
_FILL = (
    """
    INSERT INTO catalog.order_search
        (order_id, tenant_id, status, finding, house_waybill, promised_at)
    SELECT id, tenant_id, status,
        CASE status
            WHEN 'backordered' THEN 'catalog.order.backordered'
            WHEN 'unroutable' THEN coalesce(facts #>> '{refusal,code}', 'unroutable')
            WHEN 'held' THEN CASE WHEN facts #>> '{screening,passed}' = 'false'
                THEN 'customs.screening.not_passed'
                ELSE 'customs.declaration.' || (facts #>> '{decision,clearance}') END
        END,
        facts #>> '{plan,house_waybill}', (facts #>> '{plan,promised_at}')::timestamptz
    FROM catalog.orders
    ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO catalog.order_skus (sku, tenant_id, order_id)
    SELECT DISTINCT l.sku, o.tenant_id, o.id
    FROM catalog.orders o, jsonb_to_recordset(o.lines) AS l(sku text)
    ON CONFLICT DO NOTHING
    """,
)
_INDEXES = (
    """
    CREATE INDEX IF NOT EXISTS order_search_status_ix
        ON catalog.order_search (status, order_id, tenant_id)
    """,
    """
    CREATE INDEX IF NOT EXISTS order_search_finding_ix ON catalog.order_search (finding, order_id)
        WHERE finding IS NOT NULL
    """,
    """
    CREATE INDEX IF NOT EXISTS order_search_house_waybill_ix ON catalog.order_search (house_waybill)
        WHERE house_waybill IS NOT NULL
    """,
    """
    CREATE INDEX IF NOT EXISTS order_search_promised_at_ix
        ON catalog.order_search (promised_at, order_id, tenant_id) WHERE promised_at IS NOT NULL
    """,
)
_OF_ORDERS = {
    "orders_country_ix": "(country, id)",
    "orders_store_ix": "(store, id)",
    "orders_ordered_at_ix": "(ordered_at, id, tenant_id)",
    "orders_accepted_at_ix": "(accepted_at, id, tenant_id)",
}


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # By itself, so that all orders are locked for this moment only, and not until the new
        # tables are filled.
        sort_as_bytes(op, "catalog", "orders", "country")
    op.execute(
        """
        CREATE TABLE IF NOT EXISTS catalog.order_search (
            order_id text COLLATE "C" NOT NULL,
            tenant_id text COLLATE "C" NOT NULL,
            status text COLLATE "C" NOT NULL,
            finding text COLLATE "C",
            house_waybill text COLLATE "C",
            promised_at timestamptz,
            CONSTRAINT order_search_pk PRIMARY KEY (order_id)
        )
         WITH (fillfactor = 80)
        """
    )
    op.execute(
        """
        CREATE TABLE IF NOT EXISTS catalog.order_skus (
            sku text COLLATE "C" NOT NULL,
            order_id text COLLATE "C" NOT NULL,
            tenant_id text COLLATE "C" NOT NULL,
            CONSTRAINT order_skus_pk PRIMARY KEY (sku, order_id, tenant_id)
        )
        """
    )
    for statement in _FILL + _INDEXES:
        op.execute(statement)
    for table in ("order_search", "order_skus"):
        # IF EXISTS, and above: what an attempt has done that was interrupted below.
        op.execute(f"DROP POLICY IF EXISTS {table}_tenant ON catalog.{table}")
        protect(op, "catalog", table)
        op.execute(f"ANALYZE catalog.{table}")
    with op.get_context().autocommit_block():
        for name, what in _OF_ORDERS.items():
            # What an interrupted attempt left is not usable.
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS catalog.{name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON catalog.orders {what}")
