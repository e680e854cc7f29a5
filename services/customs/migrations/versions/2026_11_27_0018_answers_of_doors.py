"""A door knows what the port last answered, why it is open, and which messages tried the way."""

from alembic import op

revision = "0018"
down_revision = "0016"


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE customs.doors
            ADD COLUMN answers INTEGER NOT NULL DEFAULT 0,
            ADD COLUMN cause TEXT,
            ADD COLUMN probes TEXT[] NOT NULL DEFAULT '{}'
        """
    )
