"""What differs of a product in one market."""

from alembic import op

from shared.db.ddl import protect

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE catalog.market_overlays (
            id text COLLATE "C" NOT NULL,
            tenant_id text COLLATE "C" NOT NULL,
            product_id text COLLATE "C" NOT NULL,
            market text COLLATE "C" NOT NULL,
            state text COLLATE "C" NOT NULL,
            patch jsonb NOT NULL,
            version integer NOT NULL,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            CONSTRAINT market_overlays_pk PRIMARY KEY (id),
            CONSTRAINT market_overlays_tenant_id_product_id_market_uq
                UNIQUE (tenant_id, product_id, market),
            CONSTRAINT market_overlays_product_id_fk
                FOREIGN KEY (product_id) REFERENCES catalog.products (id),
            CONSTRAINT market_overlays_state_ck
                CHECK (state IN ('draft', 'active', 'withdrawn'))
        )
        """
    )
    op.execute(
        """
        CREATE INDEX market_overlays_state_ix
            ON catalog.market_overlays (tenant_id, market, state, product_id)
        """
    )
    protect(op, "catalog", "market_overlays")
