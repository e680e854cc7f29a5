"""Webhooks learns of partners' rights by event: those registered before are told once."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    # `crc32` is not at hand in SQL, and need not be: these are the only events of their aggregates
    # so far, so any lane keeps their order.
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
