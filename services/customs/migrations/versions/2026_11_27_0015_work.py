"""Whose move it is with a declaration, and the clock that runs, are stored when they change.
Declarations of before get theirs with the next fact or receipt.
"""

from typing import Final

from alembic import op

revision = "0015"
down_revision = "0014"

STATEMENTS: Final = (
    """
    CREATE TABLE customs.clock_targets (
        clock TEXT COLLATE "C" NOT NULL,
        valid_from timestamptz NOT NULL,
        target_s INTEGER NOT NULL,
        source TEXT NOT NULL,
        synthetic BOOLEAN NOT NULL,
        CONSTRAINT clock_targets_pk PRIMARY KEY (clock, valid_from)
    )
    """,
    # Nobody publishes such times: the targets are assumptions.
    """
    INSERT INTO customs.clock_targets (clock, valid_from, target_s, source, synthetic)
    SELECT clock, '2020-01-01Z', target_s, 'assumption', true
    FROM (VALUES ('sending', 300), ('entry', 900), ('release', 3600), ('inspection', 14400),
        ('loading', 86400)) AS t (clock, target_s)
    """,
    """
    ALTER TABLE customs.declarations
        ADD COLUMN waits_for TEXT COLLATE "C",
        ADD COLUMN owner TEXT COLLATE "C",
        ADD COLUMN wait_by timestamptz,
        ADD COLUMN clock TEXT,
        ADD COLUMN clock_at timestamptz,
        ADD COLUMN warn_at timestamptz,
        ADD COLUMN breach_at timestamptz,
        ADD COLUMN alarm_level SMALLINT DEFAULT 0 NOT NULL
    """,
    """
    ALTER TABLE customs.declarations
        ADD COLUMN due_at timestamptz GENERATED ALWAYS AS (
            CASE WHEN waits_for IS NOT NULL THEN least(coalesce(wait_by, '9999-12-31 00:00:00+00'),
                coalesce(breach_at, '9999-12-31 00:00:00+00')) END) STORED,
        ADD COLUMN alarm_at timestamptz GENERATED ALWAYS AS (
            CASE alarm_level WHEN 0 THEN warn_at WHEN 1 THEN breach_at END) STORED
    """,
    # With the tenant: of a merchant, few may have what many of the park have.
    "DROP INDEX customs.declarations_status_id_ix",
    """
    CREATE INDEX declarations_status_tenant_id_id_ix
        ON customs.declarations (status, tenant_id, id)
    """,
    "DROP INDEX customs.declarations_channel_id_ix",
    """
    CREATE INDEX declarations_channel_tenant_id_id_ix
        ON customs.declarations (channel, tenant_id, id) WHERE channel IS NOT NULL
    """,
    """
    CREATE INDEX declarations_due_ix ON customs.declarations (due_at, id)
        WHERE waits_for IS NOT NULL
    """,
    """
    CREATE INDEX declarations_tenant_due_ix ON customs.declarations (tenant_id, due_at, id)
        WHERE waits_for IS NOT NULL
    """,
    """
    CREATE INDEX declarations_owner_due_ix ON customs.declarations (owner, due_at, id)
        WHERE waits_for IS NOT NULL
    """,
    """
    CREATE INDEX declarations_alarm_ix ON customs.declarations (alarm_at)
        WHERE alarm_at IS NOT NULL
    """,
    """
    CREATE INDEX parcels_at_lane_ix ON customs.parcels (lane)
        WHERE state IN ('waiting', 'held')
    """,
    """
    CREATE INDEX outgoing_messages_refused_ix ON customs.outgoing_messages (guid)
        WHERE status = 'refused'
    """,
    """
    CREATE INDEX inbound_messages_refused_ix ON customs.inbound_messages (digest)
        WHERE status IN ('refused', 'partly')
    """,
    """
    CREATE INDEX documents_failed_ix ON customs.documents (id)
        WHERE declaration_id IS NULL
            AND phase IN ('send_failed', 'rejected_technical', 'returned')
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
