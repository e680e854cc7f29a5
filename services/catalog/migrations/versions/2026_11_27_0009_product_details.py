"""Products have a type, a parent, a trade item number, and details: texts, media, attributes."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE catalog.products
            ADD COLUMN product_type text COLLATE "C",
            ADD COLUMN parent_sku text COLLATE "C",
            ADD COLUMN options jsonb NOT NULL DEFAULT '{}',
            ADD COLUMN gtin text COLLATE "C",
            ADD COLUMN details jsonb NOT NULL DEFAULT '{}'
        """
    )
