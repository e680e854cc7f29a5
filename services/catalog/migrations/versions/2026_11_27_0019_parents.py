"""Parents of variants. The constraint on options comes with the column that it is on (0023)."""

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
