"""A refused message says when and as what it was refused, and a document how large its next message
may be. Messages that were refused before say neither: the worker settles their documents.
"""

from typing import Final

from alembic import op

revision = "0021"
down_revision = "0019"

STATEMENTS: Final = (
    """
    ALTER TABLE customs.outgoing_messages
        ADD COLUMN refused_at timestamptz,
        ADD COLUMN refused_as TEXT
    """,
    "ALTER TABLE customs.documents ADD COLUMN nodes_max SMALLINT",
    """
    CREATE INDEX outgoing_messages_unsettled_ix ON customs.outgoing_messages (guid)
        WHERE status = 'refused' AND refused_at IS NULL
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
