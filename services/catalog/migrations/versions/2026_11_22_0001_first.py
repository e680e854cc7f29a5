"""Reference data, merchants, partners, credentials, products, stock, orders; the kit's tables."""

from alembic import op

from shared.db.ddl import create_kit_tables, protect
from shared.db.roles import app_role

revision = "0001"
down_revision = None

_TABLES = (
    """
    CREATE TABLE catalog.back_order_lines (
        order_id text COLLATE "C" NOT NULL,
        product_id text COLLATE "C" NOT NULL,
        tenant_id text COLLATE "C" NOT NULL,
        quantity bigint NOT NULL,
        CONSTRAINT back_order_lines_pk PRIMARY KEY (order_id, product_id)
    )
    """,
    """
    CREATE INDEX back_order_lines_product_id_ix
        ON catalog.back_order_lines (product_id, order_id)
    """,
    """
    CREATE TABLE catalog.belts (
        code text NOT NULL,
        name jsonb NOT NULL,
        region text NOT NULL,
        source text NOT NULL,
        as_of date NOT NULL,
        CONSTRAINT belts_pk PRIMARY KEY (code)
    )
    """,
    """
    CREATE TABLE catalog.credentials (
        client_id text COLLATE "C" NOT NULL,
        tenant_id text COLLATE "C" NOT NULL,
        role text NOT NULL,
        description text NOT NULL,
        scopes text[] NOT NULL,
        secret_hash bytea NOT NULL,
        previous_secret_hash bytea,
        previous_expires_at timestamptz,
        created_at timestamptz NOT NULL,
        CONSTRAINT credentials_pk PRIMARY KEY (client_id)
    )
    """,
    "CREATE INDEX credentials_tenant_id_ix ON catalog.credentials (tenant_id, client_id)",
    """
    CREATE TABLE catalog.hs_codes (
        code text COLLATE "C" NOT NULL,
        level integer NOT NULL,
        description text NOT NULL,
        edition text NOT NULL,
        CONSTRAINT hs_codes_pk PRIMARY KEY (code)
    )
    """,
    """
    CREATE TABLE catalog.order_timeline (
        order_id text COLLATE "C" NOT NULL,
        id bigint GENERATED ALWAYS AS IDENTITY,
        tenant_id text COLLATE "C" NOT NULL,
        at timestamptz NOT NULL,
        service text NOT NULL,
        event text NOT NULL,
        detail text NOT NULL,
        CONSTRAINT order_timeline_pk PRIMARY KEY (order_id, id)
    )
    """,
    """
    CREATE TABLE catalog.orders (
        id text COLLATE "C" NOT NULL,
        tenant_id text COLLATE "C" NOT NULL,
        store text NOT NULL,
        order_number text NOT NULL,
        ordered_at timestamptz NOT NULL,
        country text NOT NULL,
        postal_code text,
        currency text NOT NULL,
        total_minor bigint NOT NULL,
        belt text NOT NULL,
        lines jsonb NOT NULL,
        fingerprint text NOT NULL,
        status text NOT NULL,
        stock_state text NOT NULL,
        facts jsonb NOT NULL,
        version integer NOT NULL,
        accepted_at timestamptz NOT NULL,
        CONSTRAINT orders_pk PRIMARY KEY (id),
        CONSTRAINT orders_tenant_id_store_order_number_uq UNIQUE (tenant_id, store, order_number)
    )
     WITH (fillfactor = 70)
    """,
    "CREATE INDEX orders_tenant_id_ix ON catalog.orders (tenant_id, id)",
    """
    CREATE TABLE catalog.partners (
        id text COLLATE "C" NOT NULL,
        tenant_id text COLLATE "C" NOT NULL,
        name text NOT NULL,
        sees text[],
        created_at timestamptz NOT NULL,
        CONSTRAINT partners_pk PRIMARY KEY (id),
        CONSTRAINT partners_own_tenant_ck CHECK (tenant_id = id)
    )
    """,
    """
    CREATE TABLE catalog.products (
        id text COLLATE "C" NOT NULL,
        tenant_id text COLLATE "C" NOT NULL,
        sku text COLLATE "C" NOT NULL,
        title jsonb NOT NULL,
        hs_code text COLLATE "C" NOT NULL,
        origin_country text NOT NULL,
        net_weight_g integer NOT NULL,
        gross_weight_g integer NOT NULL,
        length_mm integer NOT NULL,
        width_mm integer NOT NULL,
        height_mm integer NOT NULL,
        price_minor bigint NOT NULL,
        currency text NOT NULL,
        battery boolean NOT NULL,
        synthetic boolean NOT NULL,
        version integer NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        deleted_at timestamptz,
        CONSTRAINT products_pk PRIMARY KEY (id),
        CONSTRAINT products_weights_ck CHECK (net_weight_g > 0 AND gross_weight_g >= net_weight_g),
        CONSTRAINT products_size_ck CHECK (length_mm > 0 AND width_mm > 0 AND height_mm > 0),
        CONSTRAINT products_price_ck CHECK (price_minor >= 0)
    )
    """,
    """
    CREATE UNIQUE INDEX products_live_sku_uq
        ON catalog.products (tenant_id, sku) WHERE deleted_at IS NULL
    """,
    "CREATE INDEX products_tenant_id_ix ON catalog.products (tenant_id, id)",
    """
    CREATE TABLE catalog.stock_ledger (
        id bigint GENERATED ALWAYS AS IDENTITY,
        tenant_id text COLLATE "C" NOT NULL,
        product_id text COLLATE "C" NOT NULL,
        reason text NOT NULL,
        on_hand_delta bigint NOT NULL,
        reserved_delta bigint NOT NULL,
        order_id text COLLATE "C",
        at timestamptz NOT NULL,
        CONSTRAINT stock_ledger_pk PRIMARY KEY (id)
    )
    """,
    "CREATE INDEX stock_ledger_product_id_ix ON catalog.stock_ledger (product_id, id)",
    """
    CREATE TABLE catalog.stores (
        code text NOT NULL,
        country text NOT NULL,
        marketplace_id text NOT NULL,
        region text NOT NULL,
        domain text NOT NULL,
        currency text NOT NULL,
        languages text NOT NULL,
        is_open_to_chinese_sellers boolean NOT NULL,
        source text NOT NULL,
        as_of date NOT NULL,
        CONSTRAINT stores_pk PRIMARY KEY (code)
    )
    """,
    """
    CREATE TABLE catalog.merchants (
        id text COLLATE "C" NOT NULL,
        tenant_id text COLLATE "C" NOT NULL,
        name jsonb NOT NULL,
        uscc text NOT NULL,
        belt text NOT NULL,
        office jsonb,
        synthetic boolean NOT NULL,
        registered_at timestamptz NOT NULL,
        CONSTRAINT merchants_pk PRIMARY KEY (id),
        CONSTRAINT merchants_own_tenant_ck CHECK (tenant_id = id),
        CONSTRAINT merchants_uscc_uq UNIQUE (uscc),
        CONSTRAINT merchants_belt_fk FOREIGN KEY(belt) REFERENCES catalog.belts (code)
    )
    """,
    """
    CREATE TABLE catalog.stock (
        product_id text COLLATE "C" NOT NULL,
        tenant_id text COLLATE "C" NOT NULL,
        on_hand bigint NOT NULL,
        reserved bigint NOT NULL,
        version integer NOT NULL,
        restocks integer DEFAULT 0 NOT NULL,
        retried integer DEFAULT 0 NOT NULL,
        updated_at timestamptz NOT NULL,
        CONSTRAINT stock_pk PRIMARY KEY (product_id),
        CONSTRAINT stock_counters_ck CHECK (reserved >= 0 AND on_hand >= reserved),
        CONSTRAINT stock_product_id_fk FOREIGN KEY(product_id) REFERENCES catalog.products (id)
    )
     WITH (fillfactor = 50)
    """,
    "CREATE INDEX stock_restocked_ix ON catalog.stock (tenant_id) WHERE restocks > retried",
)

# Reference data of the park has no tenant; everything else is somebody's.
_PROTECTED = (
    "back_order_lines",
    "credentials",
    "order_timeline",
    "orders",
    "partners",
    "products",
    "stock_ledger",
    "merchants",
    "stock",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    # The app reads reference data; only migrations write it.
    for table in ("belts", "stores", "hs_codes"):
        op.execute(f"REVOKE INSERT, UPDATE, DELETE ON catalog.{table} FROM {app_role('catalog')}")
    for table in _PROTECTED:
        protect(op, "catalog", table)
    create_kit_tables(op, "catalog")
