"""What was refused for a signature goes again once its key is trusted: up to which message that has
been seen to.
"""

from typing import Final

from alembic import op

revision = "0026"
down_revision = "0025"

STATEMENTS: Final = (
    "ALTER TABLE customs.key_complaints ADD COLUMN settled_to TEXT",
    """
    CREATE INDEX outgoing_messages_signed_ix
    ON customs.outgoing_messages ((signature ->> 'key_name'), guid) WHERE signature IS NOT NULL
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
