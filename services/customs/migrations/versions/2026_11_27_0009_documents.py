"""A declaration is split: its documents, the attempts to send them, and its parcel have rows of
their own. Stop the API and the worker of customs for it: the release before cannot work beside it.

A list that was not with customs is taken back. Its declaration is matched again and gets a new list
under a new number.
"""

from typing import Final

from alembic import op

from shared.db.ddl import protect

revision = "0009"
down_revision = "0008"

NEW_TABLES: Final = (
    """
    CREATE TABLE customs.documents (
        id TEXT COLLATE "C" NOT NULL,
        tenant_id TEXT COLLATE "C" NOT NULL,
        declaration_id TEXT COLLATE "C",
        kind TEXT COLLATE "C" NOT NULL,
        party_code TEXT COLLATE "C" NOT NULL,
        number TEXT COLLATE "C" NOT NULL,
        version INTEGER DEFAULT 1 NOT NULL,
        replaces TEXT COLLATE "C",
        about TEXT COLLATE "C",
        parts SMALLINT DEFAULT 1 NOT NULL,
        content JSONB NOT NULL,
        covers TEXT[] DEFAULT '{}'::text[] NOT NULL,
        flight_id TEXT COLLATE "C",
        phase TEXT NOT NULL,
        phase_at timestamptz NOT NULL,
        send_at timestamptz,
        attempts SMALLINT DEFAULT 0 NOT NULL,
        app_time timestamptz,
        submitted_at timestamptz,
        pre_no TEXT,
        invt_no TEXT COLLATE "C",
        sum_no TEXT,
        unknown_receipts INTEGER DEFAULT 0 NOT NULL,
        illegal_receipts INTEGER DEFAULT 0 NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT documents_pk PRIMARY KEY (id)
    ) WITH (fillfactor = 80)
    """,
    """
    CREATE TABLE customs.attempts (
        tenant_id TEXT COLLATE "C" NOT NULL,
        document_id TEXT COLLATE "C" NOT NULL,
        part SMALLINT NOT NULL,
        number SMALLINT NOT NULL,
        version INTEGER NOT NULL,
        guid TEXT COLLATE "C" NOT NULL,
        message_guid TEXT COLLATE "C" NOT NULL,
        app_time timestamptz NOT NULL,
        CONSTRAINT attempts_pk PRIMARY KEY (document_id, part, number)
    )
    """,
)

# The guid of a node was not kept: that of its message stands in.
MOVES: Final = (
    """
    INSERT INTO customs.documents (
        id, tenant_id, declaration_id, kind, party_code, number, content, covers, phase, phase_at,
        attempts, app_time, submitted_at, pre_no, invt_no, unknown_receipts, created_at)
    SELECT 'doc_' || substr(id, 5), tenant_id, id, 'list', '', cop_no, '{"parts": []}', ARRAY[id],
        phase, phase_at, attempts, app_time, submitted_at, pre_no, invt_no, unknown_receipts,
        created_at
    FROM customs.declarations
    WHERE message_guid IS NOT NULL AND phase NOT IN ('queued', 'send_failed', 'rejected_technical')
    """,
    """
    INSERT INTO customs.attempts (
        tenant_id, document_id, part, number, version, guid, message_guid, app_time)
    SELECT tenant_id, 'doc_' || substr(id, 5), 1, attempts, 1, message_guid, message_guid, app_time
    FROM customs.declarations
    WHERE message_guid IS NOT NULL AND phase NOT IN ('queued', 'send_failed', 'rejected_technical')
    """,
    """
    INSERT INTO customs.documents (
        id, tenant_id, kind, party_code, number, content, covers, flight_id, phase, phase_at,
        attempts, app_time, submitted_at, created_at)
    SELECT 'doc_' || substr(d.id, 5), d.tenant_id, 'departure', '', d.cop_no, '{"parts": []}',
        coalesce(m.declaration_ids, '{}'), d.flight_id, d.phase, d.created_at, 1, d.created_at,
        m.written_at, d.created_at
    FROM customs.departures AS d
    LEFT JOIN customs.outgoing_messages AS m ON m.guid = d.message_guid
    """,
    """
    INSERT INTO customs.attempts (
        tenant_id, document_id, part, number, version, guid, message_guid, app_time)
    SELECT tenant_id, 'doc_' || substr(id, 5), 1, 1, 1, message_guid, message_guid, created_at
    FROM customs.departures
    """,
    """
    UPDATE customs.receipts AS r SET document_id = d.id
    FROM customs.documents AS d
    WHERE d.number = r.number
      AND d.kind = CASE r.message_type WHEN 'CEB604' THEN 'list' ELSE 'departure' END
    """,
    """
    INSERT INTO customs.parcels AS p (
        declaration_id, tenant_id, state, screened_at, is_held, departed_at, departure,
        departure_noted_at, departure_id, departure_reported_at)
    SELECT id, tenant_id, 'elsewhere', screened_at, is_held, departed_at, departure,
        departure_noted_at, 'doc_' || substr(departure_id, 5), departure_reported_at
    FROM customs.declarations
    WHERE screened_at IS NOT NULL OR is_held OR departed_at IS NOT NULL
    ON CONFLICT (declaration_id) DO UPDATE SET
        screened_at = excluded.screened_at, is_held = excluded.is_held,
        departed_at = excluded.departed_at, departure = excluded.departure,
        departure_noted_at = excluded.departure_noted_at, departure_id = excluded.departure_id,
        departure_reported_at = excluded.departure_reported_at
    """,
    """
    UPDATE customs.declarations SET list_id = 'doc_' || substr(id, 5)
    WHERE message_guid IS NOT NULL AND phase NOT IN ('queued', 'send_failed', 'rejected_technical')
    """,
    """
    UPDATE customs.declarations
    SET phase = 'draft', status = 'draft', cop_no = 'AL' || upper(substr(md5(cop_no), 1, 26))
    WHERE list_id IS NULL AND phase IN ('queued', 'send_failed', 'rejected_technical')
      AND cancelled_at IS NULL
    """,
    """
    UPDATE customs.declarations SET phase = 'withdrawn', status = 'withdrawn'
    WHERE list_id IS NULL AND phase IN ('queued', 'send_failed', 'rejected_technical')
      AND cancelled_at IS NOT NULL
    """,
    """
    UPDATE customs.outgoing_messages SET status = 'delivered', door = 'folder'
    WHERE status = 'written'
    """,
)

BEFORE: Final = (
    "ALTER TABLE customs.lane_parcels RENAME TO parcels",
    "ALTER TABLE customs.parcels RENAME CONSTRAINT lane_parcels_pk TO parcels_pk",
    "ALTER INDEX customs.lane_parcels_queue_ix RENAME TO parcels_queue_ix",
    "ALTER POLICY lane_parcels_tenant ON customs.parcels RENAME TO parcels_tenant",
    """
    ALTER TABLE customs.parcels
        ALTER COLUMN lane DROP NOT NULL,
        ALTER COLUMN queued_at DROP NOT NULL,
        ADD COLUMN screened_at timestamptz,
        ADD COLUMN is_held BOOLEAN DEFAULT false NOT NULL,
        ADD COLUMN departed_at timestamptz,
        ADD COLUMN departure JSONB,
        ADD COLUMN departure_noted_at timestamptz,
        ADD COLUMN departure_id TEXT COLLATE "C",
        ADD COLUMN departure_reported_at timestamptz
    """,
    """
    ALTER TABLE customs.declarations
        ADD COLUMN list_id TEXT COLLATE "C"
    """,
    "ALTER TABLE customs.receipts RENAME COLUMN business_key TO number",
    """
    ALTER TABLE customs.receipts
        ADD COLUMN document_id TEXT COLLATE "C",
        ADD COLUMN party_code TEXT COLLATE "C" NOT NULL DEFAULT '',
        ADD COLUMN part INTEGER NOT NULL DEFAULT 1,
        ADD COLUMN sum_no TEXT,
        ADD COLUMN mark TEXT,
        ADD COLUMN times INTEGER NOT NULL DEFAULT 1,
        DROP CONSTRAINT receipts_identity_uq,
        ADD CONSTRAINT receipts_identity_uq UNIQUE (
            number, message_type, part, party_code, return_status, return_time, info_hash)
    """,
    "ALTER TABLE customs.receipts ALTER COLUMN party_code DROP DEFAULT",
    """
    ALTER TABLE customs.outgoing_messages
        ADD COLUMN signature JSONB,
        ADD COLUMN door TEXT,
        ADD COLUMN tries INTEGER DEFAULT 0 NOT NULL,
        ADD COLUMN last_error TEXT,
        ADD COLUMN next_try_at timestamptz,
        ADD COLUMN signed_at timestamptz
    """,
)

AFTER: Final = (
    "ALTER TABLE customs.outgoing_messages RENAME COLUMN written_at TO delivered_at",
    "DROP INDEX customs.outgoing_messages_to_write_ix",
    """
    CREATE INDEX outgoing_messages_to_deliver_ix ON customs.outgoing_messages (guid)
        WHERE status IN ('composed', 'signed')
    """,
    "CREATE INDEX documents_number_kind_ix ON customs.documents (number, kind)",
    """
    CREATE INDEX documents_declaration_id_ix ON customs.documents (declaration_id)
        WHERE declaration_id IS NOT NULL
    """,
    """
    CREATE INDEX documents_invt_no_ix ON customs.documents (invt_no) WHERE invt_no IS NOT NULL
    """,
    """
    CREATE INDEX documents_to_send_ix ON customs.documents (kind, id) WHERE send_at IS NOT NULL
    """,
    "CREATE INDEX attempts_message_guid_ix ON customs.attempts (message_guid)",
    """
    CREATE INDEX receipts_document_id_ix ON customs.receipts (document_id)
        WHERE document_id IS NOT NULL
    """,
    """
    CREATE INDEX parcels_to_report_ix ON customs.parcels (departure_noted_at)
        WHERE departed_at IS NOT NULL AND departure_id IS NULL
    """,
    # The indexes over the columns go with them.
    """
    ALTER TABLE customs.declarations
        DROP COLUMN message_guid, DROP COLUMN app_time, DROP COLUMN attempts,
        DROP COLUMN settled_at, DROP COLUMN resend_at, DROP COLUMN submitted_at,
        DROP COLUMN pre_no, DROP COLUMN invt_no, DROP COLUMN unknown_receipts,
        DROP COLUMN lane, DROP COLUMN screened_at, DROP COLUMN is_held,
        DROP COLUMN departed_at, DROP COLUMN departure, DROP COLUMN departure_noted_at,
        DROP COLUMN departure_id, DROP COLUMN departure_reported_at
    """,
    """
    CREATE INDEX declarations_to_match_ix ON customs.declarations (id)
        WHERE phase = 'draft' AND order_document IS NOT NULL AND waybill IS NOT NULL
    """,
    "DROP TABLE customs.departures",
)


def upgrade() -> None:
    for statement in (*NEW_TABLES, *BEFORE):
        op.execute(statement)
    for table in ("documents", "attempts"):
        protect(op, "customs", table)
    # Row-level security would hide the rows from the owner, too, unless he acts for the park.
    op.execute("SELECT set_config('airlane.tenant', '*', true)")
    for statement in (*MOVES, *AFTER):
        op.execute(statement)
