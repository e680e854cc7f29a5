"""Parents of variants; no two live variants of one parent have the same options.

The rule is asked for under the parent's lock before anything is written. The constraint is there
in case that a writer forgets to ask, and waits for the end of the transaction, so that variants can
change places.
"""

from alembic import op

from shared.db.ddl import protect

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE catalog.parents (
            id text COLLATE "C" NOT NULL,
            tenant_id text COLLATE "C" NOT NULL,
            sku text COLLATE "C" NOT NULL,
            title jsonb NOT NULL,
            axes text[] NOT NULL,
            product_type text COLLATE "C",
            product_type_version integer,
            synthetic boolean NOT NULL,
            details jsonb NOT NULL,
            version integer NOT NULL,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            deleted_at timestamptz,
            CONSTRAINT parents_pk PRIMARY KEY (id)
        )
        """
    )
    op.execute(
        "CREATE UNIQUE INDEX parents_live_sku_uq ON catalog.parents (tenant_id, sku)"
        " WHERE deleted_at IS NULL"
    )
    op.execute("CREATE INDEX parents_tenant_id_ix ON catalog.parents (tenant_id, id)")
    protect(op, "catalog", "parents")
    op.execute(
        """
        ALTER TABLE catalog.products ADD CONSTRAINT products_options_ex
            EXCLUDE USING btree (tenant_id WITH =, parent_sku WITH =, options WITH =)
            WHERE (deleted_at IS NULL AND parent_sku IS NOT NULL)
            DEFERRABLE INITIALLY DEFERRED
        """
    )
