"""Routing learns of partners' rights by event: those registered before are told once more.

Topics forget after a week. Whoever knows a partner's rights already has this version of them.
"""

from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    # These are still the only events of their aggregates, so any lane keeps their order.
    op.execute("""
        INSERT INTO catalog.outbox (
            event_id, topic, aggregate_id, type, tenant_id, aggregate_version, occurred_at, payload,
            lane
        )
        SELECT
            'evt_' || lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0')
                || '7' || substr(replace(gen_random_uuid()::text, '-', ''), 14),
            'airlane.catalog.partners.v1', id, 'catalog.partner.registered', tenant_id, 1,
            created_at, json_build_object('partner_id', id, 'merchants', sees)::text, 0
        FROM catalog.partners
    """)
