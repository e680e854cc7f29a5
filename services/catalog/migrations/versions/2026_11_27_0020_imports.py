"""Imports of files, their findings, and the row of a file that a product was last read from."""

from alembic import op

from shared.db.ddl import protect

revision = "0020"
down_revision = "0019"

_TABLES = (
    """
    CREATE TABLE catalog.imports (
        id text COLLATE "C" NOT NULL,
        tenant_id text COLLATE "C" NOT NULL,
        kind text COLLATE "C" NOT NULL,
        policy text NOT NULL,
        mode text NOT NULL,
        empty text NOT NULL,
        is_dry_run boolean NOT NULL,
        file text NOT NULL,
        filename text,
        media_type text NOT NULL,
        bytes bigint NOT NULL,
        sha256 text COLLATE "C" NOT NULL,
        state text COLLATE "C" NOT NULL,
        stage text NOT NULL,
        shape jsonb NOT NULL DEFAULT '{}',
        columns jsonb NOT NULL DEFAULT '{}',
        rows_total bigint,
        line bigint NOT NULL DEFAULT 0,
        rows_read bigint NOT NULL DEFAULT 0,
        rows_new bigint NOT NULL DEFAULT 0,
        rows_changed bigint NOT NULL DEFAULT 0,
        rows_unchanged bigint NOT NULL DEFAULT 0,
        rows_failed bigint NOT NULL DEFAULT 0,
        warnings bigint NOT NULL DEFAULT 0,
        worked_ms bigint NOT NULL DEFAULT 0,
        attempt integer NOT NULL DEFAULT 0,
        stuck integer NOT NULL DEFAULT 0,
        failure jsonb,
        same_file_as text COLLATE "C",
        created_at timestamptz NOT NULL,
        started_at timestamptz,
        finished_at timestamptz,
        lease_until timestamptz,
        file_deleted_at timestamptz,
        CONSTRAINT imports_pk PRIMARY KEY (id)
    )
    """,
    "CREATE INDEX imports_tenant_id_ix ON catalog.imports (tenant_id, id)",
    """
    CREATE INDEX imports_open_ix ON catalog.imports (id)
        WHERE state IN ('queued', 'running', 'cancelling')
    """,
    "CREATE INDEX imports_sha256_ix ON catalog.imports (tenant_id, sha256)",
    """
    CREATE INDEX imports_file_ix ON catalog.imports (created_at) WHERE file_deleted_at IS NULL
    """,
    """
    CREATE TABLE catalog.import_findings (
        id bigint GENERATED ALWAYS AS IDENTITY,
        tenant_id text COLLATE "C" NOT NULL,
        import_id text COLLATE "C" NOT NULL,
        line bigint NOT NULL,
        column_name text COLLATE "C" NOT NULL,
        field text NOT NULL,
        value text NOT NULL,
        code text COLLATE "C" NOT NULL,
        severity text COLLATE "C" NOT NULL,
        detail jsonb NOT NULL,
        fix jsonb NOT NULL,
        CONSTRAINT import_findings_pk PRIMARY KEY (id)
    )
    """,
    """
    CREATE INDEX import_findings_line_ix ON catalog.import_findings (import_id, line, id)
    """,
    """
    CREATE TABLE catalog.import_mappings (
        tenant_id text COLLATE "C" NOT NULL,
        kind text COLLATE "C" NOT NULL,
        shape_hash text COLLATE "C" NOT NULL,
        targets jsonb NOT NULL,
        updated_at timestamptz NOT NULL,
        CONSTRAINT import_mappings_pk PRIMARY KEY (tenant_id, kind, shape_hash)
    )
    """,
    """
    CREATE UNLOGGED TABLE catalog.import_rows (
        import_id text COLLATE "C" NOT NULL,
        product_id text COLLATE "C" NOT NULL,
        event_id text COLLATE "C" NOT NULL,
        base_version integer NOT NULL,
        digest bigint,
        sku text COLLATE "C" NOT NULL,
        title text NOT NULL,
        hs_code text NOT NULL,
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
        product_type text,
        parent_sku text,
        options text NOT NULL,
        gtin text,
        details text NOT NULL,
        product_type_version integer
    ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000)
    """,
    "CREATE INDEX import_rows_import_id_ix ON catalog.import_rows (import_id)",
    # `row_digest` counts while `row_version` is the product's version.
    """
    ALTER TABLE catalog.products
        ADD COLUMN row_digest bigint,
        ADD COLUMN row_version integer
    """,
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    for table in ("imports", "import_findings", "import_mappings"):
        protect(op, "catalog", table)
