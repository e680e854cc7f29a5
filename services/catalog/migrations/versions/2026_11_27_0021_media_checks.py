"""What was found at the addresses of media."""

from alembic import op

from shared.db.ddl import protect

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE catalog.media_checks (
            id text COLLATE "C" NOT NULL,
            tenant_id text COLLATE "C" NOT NULL,
            url_hash bytea NOT NULL,
            url text NOT NULL,
            status text COLLATE "C" NOT NULL,
            fault text COLLATE "C",
            http_status smallint,
            media_type text,
            bytes bigint,
            width bigint,
            height bigint,
            attempts integer NOT NULL,
            checked_at timestamptz,
            next_at timestamptz,
            version integer NOT NULL,
            CONSTRAINT media_checks_pk PRIMARY KEY (id),
            CONSTRAINT media_checks_tenant_id_url_hash_uq UNIQUE (tenant_id, url_hash)
        )
        """
    )
    op.execute(
        """
        CREATE INDEX media_checks_due_ix ON catalog.media_checks (next_at)
            WHERE next_at IS NOT NULL
        """
    )
    protect(op, "catalog", "media_checks")
