"""Endpoints, their secrets and health; messages, deliveries, attempts; the kit's tables."""

from alembic import op

from shared.db.ddl import create_kit_tables, protect

revision = "0001"
down_revision = None

_TABLES = (
    """
    CREATE TABLE webhooks.endpoints (
        id text NOT NULL,
        tenant_id text NOT NULL,
        sees text[],
        url text NOT NULL,
        event_types text[] NOT NULL,
        description text,
        status text NOT NULL,
        status_reason text,
        version integer NOT NULL,
        events integer NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        CONSTRAINT endpoints_pk PRIMARY KEY (id),
        CONSTRAINT endpoints_status_known_ck CHECK (status IN ('enabled', 'disabled', 'deleted'))
    )
    """,
    "CREATE INDEX endpoints_tenant_ix ON webhooks.endpoints (tenant_id, id)",
    """
    CREATE TABLE webhooks.endpoint_secrets (
        id text NOT NULL,
        endpoint_id text NOT NULL,
        tenant_id text NOT NULL,
        key_id text NOT NULL,
        sealed bytea NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz,
        CONSTRAINT endpoint_secrets_pk PRIMARY KEY (id),
        CONSTRAINT endpoint_secrets_endpoint_id_fk
            FOREIGN KEY (endpoint_id) REFERENCES webhooks.endpoints (id)
    )
    """,
    "CREATE INDEX endpoint_secrets_endpoint_ix ON webhooks.endpoint_secrets (endpoint_id)",
    """
    CREATE TABLE webhooks.endpoint_health (
        endpoint_id text NOT NULL,
        tenant_id text NOT NULL,
        failing_since timestamptz,
        failures_in_a_row integer NOT NULL,
        paused_until timestamptz,
        CONSTRAINT endpoint_health_pk PRIMARY KEY (endpoint_id),
        CONSTRAINT endpoint_health_endpoint_id_fk
            FOREIGN KEY (endpoint_id) REFERENCES webhooks.endpoints (id)
    )
    """,
    """
    CREATE TABLE webhooks.messages (
        event_id text COLLATE "C" NOT NULL,
        tenant_id text NOT NULL,
        type text NOT NULL,
        occurred_at timestamptz NOT NULL,
        received_at timestamptz NOT NULL,
        traceparent text,
        body bytea NOT NULL,
        CONSTRAINT messages_pk PRIMARY KEY (event_id)
    )
    """,
    # Every delivery is updated at least twice: vacuum early, while the dead rows are few.
    """
    CREATE TABLE webhooks.deliveries (
        id text COLLATE "C" NOT NULL,
        endpoint_id text NOT NULL,
        event_id text COLLATE "C" NOT NULL,
        tenant_id text NOT NULL,
        event_type text NOT NULL,
        status text NOT NULL,
        due_at timestamptz NOT NULL,
        claim_id text,
        attempts smallint NOT NULL DEFAULT 0,
        failures smallint NOT NULL DEFAULT 0,
        received_at timestamptz NOT NULL,
        finished_at timestamptz,
        CONSTRAINT deliveries_pk PRIMARY KEY (id),
        CONSTRAINT deliveries_endpoint_event_uq UNIQUE (endpoint_id, event_id),
        CONSTRAINT deliveries_status_known_ck
            CHECK (status IN ('pending', 'delivered', 'failed'))
    ) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02,
        autovacuum_vacuum_threshold = 2000)
    """,
    """
    CREATE INDEX deliveries_due_ix ON webhooks.deliveries (endpoint_id, due_at)
    WHERE status = 'pending'
    """,
    "CREATE INDEX deliveries_tenant_ix ON webhooks.deliveries (tenant_id, id)",
    """
    CREATE TABLE webhooks.attempts (
        delivery_id text COLLATE "C" NOT NULL,
        number smallint NOT NULL,
        tenant_id text NOT NULL,
        started_at timestamptz NOT NULL,
        duration_ms integer NOT NULL,
        result text NOT NULL,
        status_code smallint,
        error text,
        answer_excerpt text,
        CONSTRAINT attempts_pk PRIMARY KEY (delivery_id, number)
    )
    """,
)


def upgrade() -> None:
    create_kit_tables(op, "webhooks")
    for statement in _TABLES:
        op.execute(statement)
    for table in (
        "endpoints",
        "endpoint_secrets",
        "endpoint_health",
        "messages",
        "deliveries",
        "attempts",
    ):
        protect(op, "webhooks", table)
