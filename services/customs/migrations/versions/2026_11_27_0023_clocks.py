"""Clocks of goods, the first decision of customs, what is known of signing keys. `work_rules` 0
marks declarations of before: the job `fill-work` works out whose move it is with them.
"""

from typing import Final

from alembic import op

from shared.db.ddl import protect

revision = "0023"
down_revision = "0022"

STATEMENTS: Final = (
    # Nobody publishes such times: the targets are assumptions.
    """
    INSERT INTO customs.clock_targets (clock, valid_from, target_s, source, synthetic)
    SELECT clock, '2020-01-01Z', target_s, 'assumption', true
    FROM (VALUES ('clearance', 7200), ('reporting', 3600)) AS t (clock, target_s)
    """,
    """
    ALTER TABLE customs.parcels
        ADD COLUMN clock TEXT,
        ADD COLUMN clock_at timestamptz,
        ADD COLUMN warn_at timestamptz,
        ADD COLUMN breach_at timestamptz,
        ADD COLUMN alarm_level SMALLINT DEFAULT 0 NOT NULL,
        ADD COLUMN alarm_at timestamptz GENERATED ALWAYS AS (
            CASE alarm_level WHEN 0 THEN warn_at WHEN 1 THEN breach_at END) STORED
    """,
    """
    CREATE INDEX parcels_alarm_ix ON customs.parcels (alarm_at) WHERE alarm_at IS NOT NULL
    """,
    """
    ALTER TABLE customs.declarations
        ADD COLUMN work_rules SMALLINT DEFAULT 0 NOT NULL,
        ADD COLUMN is_first_pass BOOLEAN,
        ADD COLUMN first_decided_at timestamptz
    """,
    # What is there has 0, what comes has 1.
    "ALTER TABLE customs.declarations ALTER COLUMN work_rules SET DEFAULT 1",
    """
    CREATE INDEX declarations_to_fill_ix ON customs.declarations (id) WHERE work_rules = 0
    """,
    """
    CREATE INDEX declarations_first_decided_ix
        ON customs.declarations (first_decided_at, tenant_id, is_first_pass)
        WHERE first_decided_at IS NOT NULL
    """,
    """
    CREATE TABLE customs.signing_keys (
        key_name TEXT COLLATE "C" NOT NULL,
        tenant_id TEXT COLLATE "C" NOT NULL,
        holder_name TEXT NOT NULL,
        valid_until timestamptz NOT NULL,
        status TEXT NOT NULL,
        reason TEXT,
        is_test BOOLEAN NOT NULL,
        seen_at timestamptz NOT NULL,
        CONSTRAINT signing_keys_pk PRIMARY KEY (key_name)
    )
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
    protect(op, "customs", "signing_keys")
