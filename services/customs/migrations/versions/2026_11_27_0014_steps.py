"""What people did with a declaration: repairs beside the order, and a wish to cancel it."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE customs.declarations
            ADD COLUMN repairs JSONB DEFAULT '[]'::jsonb NOT NULL,
            ADD COLUMN cancel_request JSONB
        """
    )
