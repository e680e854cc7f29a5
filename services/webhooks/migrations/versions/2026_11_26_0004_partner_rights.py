"""Partners' rights come from catalog's events instead of from tokens.

What endpoints hold of them so far is where they start; catalog tells them all once more.
"""

from alembic import op

from shared.db.ddl import protect

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE webhooks.partner_rights (
            tenant_id text COLLATE "C" NOT NULL,
            merchants text[],
            version integer NOT NULL,
            CONSTRAINT partner_rights_pk PRIMARY KEY (tenant_id)
        )
    """)
    protect(op, "webhooks", "partner_rights")
    # A merchant's endpoint sees its owner, the park's sees everything: all others are partners'.
    op.execute("""
        INSERT INTO webhooks.partner_rights (tenant_id, merchants, version)
        SELECT DISTINCT ON (tenant_id) tenant_id, sees, 0 FROM webhooks.endpoints
        WHERE tenant_id <> 'park' AND sees IS DISTINCT FROM ARRAY[tenant_id]
        ORDER BY tenant_id, updated_at DESC
    """)
