"""Dossiers and declarations, receipts, messages both ways, departures, lanes and screenings.

Revision ID: 0001
Revises:
"""

from typing import Final

from alembic import op

from shared.db.ddl import create_kit_tables, protect

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None

# Every table but `lanes` (reference data of the park) belongs to a tenant.
PROTECTED: Final = (
    "declarations",
    "receipts",
    "inbound_messages",
    "outgoing_messages",
    "departures",
    "flights",
    "lane_parcels",
    "screenings",
)

STATEMENTS: Final = (
    """
    CREATE TABLE customs.declarations (
        id TEXT COLLATE "C" NOT NULL,
        tenant_id TEXT COLLATE "C" NOT NULL,
        order_id TEXT COLLATE "C" NOT NULL,
        cop_no TEXT COLLATE "C" NOT NULL,
        order_document JSONB,
        order_version INTEGER DEFAULT 0 NOT NULL,
        order_received_at timestamptz,
        shipment_id TEXT COLLATE "C",
        waybill JSONB,
        unroutable JSONB,
        shipment_version INTEGER DEFAULT 0 NOT NULL,
        waybill_received_at timestamptz,
        flight_id TEXT COLLATE "C",
        flight_number TEXT,
        cut_off_at timestamptz,
        cancelled_at timestamptz,
        cancel_reason TEXT,
        phase TEXT NOT NULL,
        status TEXT NOT NULL,
        phase_at timestamptz NOT NULL,
        channel TEXT,
        findings JSONB DEFAULT '[]'::jsonb NOT NULL,
        rulebook TEXT,
        validated_at timestamptz,
        pre_no TEXT,
        invt_no TEXT,
        unknown_receipts INTEGER DEFAULT 0 NOT NULL,
        facts TEXT[] DEFAULT '{}'::text[] NOT NULL,
        version INTEGER DEFAULT 0 NOT NULL,
        message_guid TEXT COLLATE "C",
        app_time timestamptz,
        attempts SMALLINT DEFAULT 0 NOT NULL,
        settled_at timestamptz,
        resend_at timestamptz,
        submitted_at timestamptz,
        lane SMALLINT,
        screened_at timestamptz,
        is_held BOOLEAN DEFAULT false NOT NULL,
        departed_at timestamptz,
        departure JSONB,
        departure_noted_at timestamptz,
        departure_id TEXT COLLATE "C",
        departure_reported_at timestamptz,
        traceparent TEXT,
        created_at timestamptz NOT NULL,
        CONSTRAINT declarations_pk PRIMARY KEY (id),
        CONSTRAINT declarations_order_id_uq UNIQUE (order_id),
        CONSTRAINT declarations_cop_no_uq UNIQUE (cop_no)
    ) WITH (fillfactor = 80)
    """,
    "CREATE INDEX declarations_flight_id_id_ix ON customs.declarations (flight_id, id)",
    "CREATE INDEX declarations_status_id_ix ON customs.declarations (status, id)",
    "CREATE INDEX declarations_tenant_id_id_ix ON customs.declarations (tenant_id, id)",
    """
    CREATE INDEX declarations_to_compose_ix ON customs.declarations (id)
        WHERE phase = 'queued' AND message_guid IS NULL
    """,
    """
    CREATE INDEX declarations_to_report_ix ON customs.declarations (departure_noted_at)
        WHERE departed_at IS NOT NULL AND departure_id IS NULL
    """,
    """
    CREATE TABLE customs.departures (
        id TEXT COLLATE "C" NOT NULL,
        tenant_id TEXT COLLATE "C" NOT NULL,
        cop_no TEXT COLLATE "C" NOT NULL,
        flight_id TEXT COLLATE "C" NOT NULL,
        shipments INTEGER NOT NULL,
        message_guid TEXT COLLATE "C" NOT NULL,
        phase TEXT NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT departures_pk PRIMARY KEY (id),
        CONSTRAINT departures_cop_no_uq UNIQUE (cop_no)
    )
    """,
    """
    CREATE TABLE customs.flights (
        id TEXT COLLATE "C" NOT NULL,
        tenant_id TEXT COLLATE "C" NOT NULL,
        flight_number TEXT NOT NULL,
        mode TEXT NOT NULL,
        master_waybill TEXT,
        shipments INTEGER NOT NULL,
        departed_at timestamptz NOT NULL,
        CONSTRAINT flights_pk PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE customs.inbound_messages (
        digest TEXT COLLATE "C" NOT NULL,
        tenant_id TEXT COLLATE "C" NOT NULL,
        content_type TEXT NOT NULL,
        raw BYTEA NOT NULL,
        received_at timestamptz NOT NULL,
        CONSTRAINT inbound_messages_pk PRIMARY KEY (digest)
    )
    """,
    """
    CREATE TABLE customs.lane_parcels (
        declaration_id TEXT COLLATE "C" NOT NULL,
        tenant_id TEXT COLLATE "C" NOT NULL,
        lane SMALLINT NOT NULL,
        state TEXT NOT NULL,
        cut_off_at timestamptz,
        queued_at timestamptz NOT NULL,
        lease_until timestamptz,
        CONSTRAINT lane_parcels_pk PRIMARY KEY (declaration_id)
    ) WITH (fillfactor = 80)
    """,
    """
    CREATE INDEX lane_parcels_queue_ix ON customs.lane_parcels (lane, cut_off_at, queued_at)
        WHERE state = 'waiting'
    """,
    """
    CREATE TABLE customs.lanes (
        lane SMALLINT NOT NULL,
        capacity_per_hour INTEGER NOT NULL,
        source TEXT NOT NULL,
        synthetic BOOLEAN NOT NULL,
        CONSTRAINT lanes_pk PRIMARY KEY (lane)
    )
    """,
    """
    CREATE TABLE customs.outgoing_messages (
        guid TEXT COLLATE "C" NOT NULL,
        tenant_id TEXT COLLATE "C" NOT NULL,
        message_type TEXT NOT NULL,
        status TEXT NOT NULL,
        documents INTEGER NOT NULL,
        declaration_ids TEXT[] NOT NULL,
        body TEXT NOT NULL,
        note TEXT NOT NULL,
        composed_at timestamptz NOT NULL,
        written_at timestamptz,
        CONSTRAINT outgoing_messages_pk PRIMARY KEY (guid)
    )
    """,
    """
    CREATE INDEX outgoing_messages_to_write_ix ON customs.outgoing_messages (guid)
        WHERE status = 'composed'
    """,
    """
    CREATE TABLE customs.receipts (
        id TEXT COLLATE "C" NOT NULL,
        tenant_id TEXT COLLATE "C" NOT NULL,
        declaration_id TEXT COLLATE "C",
        message_type TEXT NOT NULL,
        business_key TEXT COLLATE "C" NOT NULL,
        return_status TEXT NOT NULL,
        return_time timestamptz NOT NULL,
        return_info TEXT NOT NULL,
        info_hash TEXT COLLATE "C" NOT NULL,
        info_code TEXT,
        info_text TEXT NOT NULL,
        guid TEXT,
        pre_no TEXT,
        invt_no TEXT,
        is_known BOOLEAN NOT NULL,
        inbound_digest TEXT COLLATE "C" NOT NULL,
        received_at timestamptz NOT NULL,
        CONSTRAINT receipts_pk PRIMARY KEY (id),
        CONSTRAINT receipts_identity_uq
            UNIQUE (business_key, message_type, return_status, return_time, info_hash)
    )
    """,
    """
    CREATE INDEX receipts_declaration_id_ix ON customs.receipts (declaration_id)
        WHERE declaration_id IS NOT NULL
    """,
    """
    CREATE TABLE customs.screenings (
        id TEXT COLLATE "C" NOT NULL,
        tenant_id TEXT COLLATE "C" NOT NULL,
        declaration_id TEXT COLLATE "C" NOT NULL,
        lane SMALLINT NOT NULL,
        passed BOOLEAN NOT NULL,
        screened_at timestamptz NOT NULL,
        received_at timestamptz NOT NULL,
        CONSTRAINT screenings_pk PRIMARY KEY (id),
        CONSTRAINT screenings_declaration_id_screened_at_lane_passed_uq
            UNIQUE (declaration_id, screened_at, lane, passed)
    )
    """,
    "CREATE INDEX screenings_screened_at_ix ON customs.screenings (screened_at)",
    # The park's three lanes. The capacity is an assumption: nobody publishes one.
    """
    INSERT INTO customs.lanes (lane, capacity_per_hour, source, synthetic) VALUES
        (1, 1200, 'assumed: one parcel scanner with an operator, 20 parcels a minute', true),
        (2, 1200, 'assumed: one parcel scanner with an operator, 20 parcels a minute', true),
        (3, 1200, 'assumed: one parcel scanner with an operator, 20 parcels a minute', true)
    """,
)


def upgrade() -> None:
    create_kit_tables(op, "customs")
    for statement in STATEMENTS:
        op.execute(statement)
    for table in PROTECTED:
        protect(op, "customs", table)


def downgrade() -> None:
    for table in (*PROTECTED, "lanes"):
        op.execute(f"DROP TABLE customs.{table}")
    op.execute("DROP FUNCTION customs.rotate_partitions()")
    for table in ("outbox", "relay_lane", "inbox", "idempotency_key"):
        op.execute(f"DROP TABLE customs.{table}")
