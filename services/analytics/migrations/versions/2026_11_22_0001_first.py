"""Facts of merchants, orders and flights; the kit's tables."""

from alembic import op

from shared.db.ddl import create_kit_tables, protect

revision = "0001"
down_revision = None

_TABLES = (
    """
    CREATE TABLE analytics.merchant_fact (
        merchant_id text COLLATE "C" NOT NULL,
        tenant_id text NOT NULL,
        belt text NOT NULL,
        has_office boolean NOT NULL,
        synthetic boolean NOT NULL,
        registered_at timestamptz NOT NULL,
        version integer NOT NULL,
        CONSTRAINT merchant_fact_pk PRIMARY KEY (merchant_id)
    )
    """,
    """
    CREATE TABLE analytics.order_fact (
        order_id text COLLATE "C" NOT NULL,
        tenant_id text NOT NULL,
        belt text COLLATE "C",
        market text COLLATE "C",
        store text COLLATE "C",
        currency text COLLATE "C",
        total_minor bigint,
        gross_weight_g bigint,
        net_weight_g bigint,
        ordered_at timestamptz,
        placed_at timestamptz,
        backordered_at timestamptz,
        cancelled_at timestamptz,
        booked_at timestamptz,
        unroutable_at timestamptz,
        submitted_at timestamptz,
        blocked_at timestamptz,
        accepted_at timestamptz,
        inspection_at timestamptz,
        returned_at timestamptz,
        screened_at timestamptz,
        released_at timestamptz,
        closed_at timestamptz,
        departed_at timestamptz,
        delivered_at timestamptz,
        departed_weight_g bigint,
        state text,
        version integer NOT NULL,
        promised_at timestamptz,
        booking integer NOT NULL,
        CONSTRAINT order_fact_pk PRIMARY KEY (order_id)
    ) WITH (fillfactor = 60)
    """,
    "CREATE INDEX order_fact_tenant_ix ON analytics.order_fact (tenant_id)",
    """
    CREATE TABLE analytics.flight_fact (
        flight_id text COLLATE "C" NOT NULL,
        tenant_id text NOT NULL,
        flight_number text NOT NULL,
        mode text NOT NULL,
        origin text NOT NULL,
        destination text NOT NULL,
        departed_at timestamptz NOT NULL,
        shipments integer NOT NULL,
        gross_weight_g bigint NOT NULL,
        synthetic boolean NOT NULL,
        version integer NOT NULL,
        CONSTRAINT flight_fact_pk PRIMARY KEY (flight_id)
    )
    """,
    """
    CREATE TABLE analytics.progress (
        slot smallint NOT NULL,
        newest_at timestamptz NOT NULL,
        CONSTRAINT progress_pk PRIMARY KEY (slot)
    )
    """,
)


def upgrade() -> None:
    create_kit_tables(op, "analytics")
    for statement in _TABLES:
        op.execute(statement)
    for table in ("merchant_fact", "order_fact", "flight_fact"):
        protect(op, "analytics", table)
