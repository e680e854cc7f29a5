"""Quotes of itineraries, kept with every line."""

from alembic import op

from shared.db.ddl import protect

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE routing.quotes (
            id text COLLATE "C" NOT NULL,
            tenant_id text COLLATE "C" NOT NULL,
            quoted_at timestamptz NOT NULL,
            valid_until timestamptz NOT NULL,
            rates_version text NOT NULL,
            cost_minor bigint NOT NULL,
            margin_minor bigint NOT NULL,
            price_minor bigint NOT NULL,
            document jsonb NOT NULL,
            CONSTRAINT quotes_pk PRIMARY KEY (id),
            CONSTRAINT quotes_price_ck CHECK (price_minor = cost_minor + margin_minor),
            CONSTRAINT quotes_validity_ck CHECK (quoted_at <= valid_until)
        )
    """)
    protect(op, "routing", "quotes")
