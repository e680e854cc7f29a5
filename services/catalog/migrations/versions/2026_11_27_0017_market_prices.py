"""Prices of a product in one market."""

from alembic import op

from shared.db.ddl import protect

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE catalog.market_prices (
            id text COLLATE "C" NOT NULL,
            tenant_id text COLLATE "C" NOT NULL,
            product_id text COLLATE "C" NOT NULL,
            market text COLLATE "C" NOT NULL,
            prices jsonb NOT NULL,
            version integer NOT NULL,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            CONSTRAINT market_prices_pk PRIMARY KEY (id),
            CONSTRAINT market_prices_tenant_id_product_id_market_uq
                UNIQUE (tenant_id, product_id, market),
            CONSTRAINT market_prices_product_id_fk
                FOREIGN KEY (product_id) REFERENCES catalog.products (id)
        )
        """
    )
    protect(op, "catalog", "market_prices")
