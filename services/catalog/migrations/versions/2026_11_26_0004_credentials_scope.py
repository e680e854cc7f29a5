"""Managing credentials has a scope of its own; who could do all of a role may do this, too."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("""
        UPDATE catalog.credentials SET scopes = scopes || ARRAY['catalog:credentials']
        WHERE role = 'merchant' AND scopes @> ARRAY[
            'catalog:read', 'catalog:write', 'customs:read', 'routing:read', 'analytics:read',
            'webhooks:read', 'webhooks:write'
        ] OR role = 'operator' AND scopes @> ARRAY[
            'catalog:read', 'catalog:write', 'customs:read', 'customs:write', 'routing:read',
            'routing:write', 'analytics:read', 'analytics:write', 'webhooks:read', 'webhooks:write'
        ]
    """)
