"""What the port sends is kept before it is read, with what reading it amounted to; the state of
each way to the port is shared by all workers.
"""

from alembic import op

from shared.db.ddl import protect

revision = "0006"
down_revision = "0005"

# The defaults are what the release before means by a row of its own: read with its receipts.
STATEMENTS = (
    """
    ALTER TABLE customs.inbound_messages
        ADD COLUMN status TEXT NOT NULL DEFAULT 'read',
        ADD COLUMN reason JSONB,
        ADD COLUMN parser_version INTEGER NOT NULL DEFAULT 0,
        ADD COLUMN source TEXT NOT NULL DEFAULT 'api',
        ADD COLUMN file_name TEXT,
        ADD COLUMN message_type TEXT,
        ADD COLUMN guid TEXT,
        ADD COLUMN entries_read INTEGER NOT NULL DEFAULT 0,
        ADD COLUMN entries_refused INTEGER NOT NULL DEFAULT 0,
        ADD COLUMN times INTEGER NOT NULL DEFAULT 1,
        ADD COLUMN last_received_at timestamptz,
        ADD COLUMN read_at timestamptz,
        ADD COLUMN failures INTEGER NOT NULL DEFAULT 0,
        ADD COLUMN due_at timestamptz
    """,
    "UPDATE customs.inbound_messages SET read_at = received_at",
    """
    CREATE INDEX inbound_messages_received_at_digest_ix
        ON customs.inbound_messages (received_at, digest)
    """,
    """
    CREATE INDEX inbound_messages_to_read_ix ON customs.inbound_messages (due_at, digest)
        WHERE status = 'stored'
    """,
    """
    CREATE TABLE customs.doors (
        name TEXT COLLATE "C" NOT NULL,
        tenant_id TEXT COLLATE "C" NOT NULL,
        status TEXT NOT NULL,
        is_held BOOLEAN NOT NULL,
        failures INTEGER NOT NULL,
        opened_at timestamptz,
        probe_at timestamptz,
        backoff_s DOUBLE PRECISION NOT NULL,
        last_error TEXT,
        changed_at timestamptz NOT NULL,
        CONSTRAINT doors_pk PRIMARY KEY (name)
    )
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
    protect(op, "customs", "doors")
