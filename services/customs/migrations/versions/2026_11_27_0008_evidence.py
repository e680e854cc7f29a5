"""Evidence: entries and the chain of blocks. What left or came before has no entries: to make them
afterwards would prove nothing.
"""

from typing import Final

from alembic import op

from shared.db.ddl import protect

revision = "0008"
down_revision = "0006"

_NOTHING: Final = "0" * 64
# Of block 0, as domain/evidence/chain reckons it.
_BEGINNING: Final = "271528e2247af770a2c50fd88e4d8f3d80369ab4299a4b33b8212e21754b716a"

STATEMENTS: Final = (
    """
    CREATE TABLE customs.evidence_entries (
        id TEXT COLLATE "C" NOT NULL,
        tenant_id TEXT COLLATE "C" NOT NULL,
        kind TEXT COLLATE "C" NOT NULL,
        subject TEXT COLLATE "C" NOT NULL,
        content BYTEA NOT NULL,
        secret BYTEA,
        recorded_at timestamptz NOT NULL,
        block_number BIGINT,
        place INTEGER,
        leaf BYTEA,
        CONSTRAINT evidence_entries_pk PRIMARY KEY (id)
    )
    """,
    "CREATE INDEX evidence_entries_subject_ix ON customs.evidence_entries (subject)",
    """
    CREATE UNIQUE INDEX evidence_entries_message_uq ON customs.evidence_entries (kind, subject)
        WHERE kind <> 'act'
    """,
    """
    CREATE INDEX evidence_entries_to_seal_ix ON customs.evidence_entries (id)
        WHERE block_number IS NULL
    """,
    """
    CREATE UNIQUE INDEX evidence_entries_block_number_place_uq
        ON customs.evidence_entries (block_number, place) WHERE block_number IS NOT NULL
    """,
    """
    CREATE TABLE customs.evidence_blocks (
        number BIGINT NOT NULL,
        tenant_id TEXT COLLATE "C" NOT NULL,
        previous BYTEA NOT NULL,
        skip BYTEA NOT NULL,
        root BYTEA NOT NULL,
        entries INTEGER NOT NULL,
        hash BYTEA NOT NULL,
        sealed_at timestamptz NOT NULL,
        CONSTRAINT evidence_blocks_pk PRIMARY KEY (number)
    )
    """,
    f"""
    INSERT INTO customs.evidence_blocks (
        number, tenant_id, previous, skip, root, entries, hash, sealed_at)
    VALUES (0, 'park', '\\x{_NOTHING}', '\\x{_NOTHING}', '\\x{_NOTHING}', 0, '\\x{_BEGINNING}',
        '2026-11-27T00:00:00Z')
    """,  # noqa: S608 - constants
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
    for table in ("evidence_entries", "evidence_blocks"):
        protect(op, "customs", table)
