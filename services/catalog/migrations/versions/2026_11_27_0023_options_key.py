"""The options of a variant as text, by which an index finds them; every filter of the list of
products has an index.

Under row-level security an index is used only for comparisons that cannot leak what they compare.
That of jsonb is not one of them, so each question for options read all variants of the parent. The
column is empty for products that are no variants.

No two live variants of one parent have the same options. That is asked for under the parent's lock
before anything is written. The constraint is there in case that a writer forgets to ask, and waits
for the end of the transaction, so that variants can change places.

Adding the column writes `products` anew: nobody reads or writes it for about fifteen seconds a
million products. docs/runbook.md says what that means for an upgrade.
"""

from alembic import op

revision = "0023"
down_revision = "0022"

_INDEXES = {
    "products_updated_ix": "(tenant_id, updated_at, id) WHERE deleted_at IS NULL",
    "products_park_updated_ix": "(updated_at, id) WHERE deleted_at IS NULL",
    "products_park_sku_ix": "(sku) WHERE deleted_at IS NULL",
}


def upgrade() -> None:
    # The older indexes are built anew with the table, sooner with more memory.
    op.execute("SET LOCAL maintenance_work_mem = '256MB'")
    op.execute(
        """
        ALTER TABLE catalog.products
            DROP CONSTRAINT IF EXISTS products_options_ex,
            ADD COLUMN IF NOT EXISTS options_key text COLLATE "C"
                GENERATED ALWAYS AS (CASE WHEN parent_sku IS NOT NULL THEN options::text END) STORED
        """
    )
    op.execute(
        """
        ALTER TABLE catalog.products ADD CONSTRAINT products_options_ex
            EXCLUDE USING btree (tenant_id WITH =, parent_sku WITH =, options_key WITH =)
            WHERE (deleted_at IS NULL AND parent_sku IS NOT NULL)
            DEFERRABLE INITIALLY DEFERRED
        """
    )
    with op.get_context().autocommit_block():
        for name, what in _INDEXES.items():
            # What an interrupted attempt left is not usable.
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS catalog.{name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON catalog.products {what}")
