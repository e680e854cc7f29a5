"""Parcels know when they arrived, and which documents name them: an arrival, a master bill."""

from typing import Final

from alembic import op

revision = "0012"
down_revision = "0011"

STATEMENTS: Final = (
    """
    ALTER TABLE customs.parcels
        ADD COLUMN arrived_at timestamptz,
        ADD COLUMN arrival JSONB,
        ADD COLUMN arrival_noted_at timestamptz,
        ADD COLUMN arrival_id TEXT COLLATE "C",
        ADD COLUMN bill_id TEXT COLLATE "C"
    """,
    """
    CREATE INDEX parcels_arrived_ix ON customs.parcels (arrival_noted_at)
        WHERE arrived_at IS NOT NULL AND arrival_id IS NULL
    """,
    """
    CREATE INDEX documents_bills_ix ON customs.documents (id) WHERE kind = 'bill'
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
