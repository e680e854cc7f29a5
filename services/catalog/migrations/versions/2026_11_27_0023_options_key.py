"""The options of a variant as text, by which an index finds them.

Under row-level security an index is used only for comparisons that cannot leak what they compare.
That of jsonb is not one of them, so each question for options read all variants of the parent. The
column is empty for products that are no variants. Adding it writes the table anew.
"""

from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE catalog.products
            DROP CONSTRAINT products_options_ex,
            ADD COLUMN options_key text COLLATE "C"
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
