"""Product types with the JSON Schema of their attributes; products keep the version that they were
checked against.
"""

from alembic import op

from services.catalog.migrations.reference import load_product_types

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE catalog.product_types (
            code text COLLATE "C" NOT NULL,
            version integer NOT NULL,
            name jsonb NOT NULL,
            schema text NOT NULL,
            digest text NOT NULL,
            hs_prefixes text[] NOT NULL,
            is_current boolean NOT NULL,
            source text NOT NULL,
            as_of date NOT NULL,
            CONSTRAINT product_types_pk PRIMARY KEY (code, version)
        )
        """
    )
    op.execute(
        "CREATE UNIQUE INDEX product_types_current_uq ON catalog.product_types (code)"
        " WHERE is_current"
    )
    op.execute("ALTER TABLE catalog.products ADD COLUMN product_type_version integer")
    load_product_types()
