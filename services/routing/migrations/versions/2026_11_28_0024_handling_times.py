"""Handling times say where they are from."""

from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE routing.handling_times
            ADD COLUMN source text NOT NULL DEFAULT 'unknown',
            ADD COLUMN as_of date
    """)
