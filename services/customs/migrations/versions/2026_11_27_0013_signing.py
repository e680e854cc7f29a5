"""Messages say whose certificate signs them and whose client they leave by; keys that customs found
fault with.
"""

from typing import Final

from alembic import op

from shared.db.ddl import protect

revision = "0013"
down_revision = "0012"

STATEMENTS: Final = (
    """
    ALTER TABLE customs.outgoing_messages
        ADD COLUMN holder_code TEXT COLLATE "C",
        ADD COLUMN holder_name TEXT,
        ADD COLUMN dxp_id TEXT COLLATE "C"
    """,
    """
    CREATE TABLE customs.key_complaints (
        key_name TEXT COLLATE "C" NOT NULL,
        tenant_id TEXT COLLATE "C" NOT NULL,
        reason TEXT NOT NULL,
        distrusted_at timestamptz NOT NULL,
        trusted_at timestamptz,
        CONSTRAINT key_complaints_pk PRIMARY KEY (key_name)
    )
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
    protect(op, "customs", "key_complaints")
