"""Values that somebody gave for fields that no column has are remembered with the columns."""

from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE catalog.import_mappings ADD COLUMN constants jsonb NOT NULL DEFAULT '{}'"
    )
