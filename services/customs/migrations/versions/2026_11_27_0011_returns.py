"""Returns are documents: an index to list them by."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute("CREATE INDEX documents_returns_ix ON customs.documents (id) WHERE kind = 'return'")
