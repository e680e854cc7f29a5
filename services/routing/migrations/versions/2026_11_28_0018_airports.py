"""Airports say where they are from."""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE routing.airports
            ADD COLUMN source text NOT NULL DEFAULT 'unknown',
            ADD COLUMN as_of date,
            ADD COLUMN basis text NOT NULL DEFAULT 'reported',
            ADD CONSTRAINT airports_basis_ck CHECK (basis IN ('reported', 'synthetic'))
    """)
