"""Which goods a leg takes: rules for dangerous goods and handling codes, documents of borders."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE routing.acceptance_rules (
            id text COLLATE "C" NOT NULL,
            carrier text NOT NULL,
            vehicle_kind text NOT NULL,
            un_number text NOT NULL,
            packing_instruction text NOT NULL,
            section text NOT NULL,
            handling_code text NOT NULL,
            verdict text NOT NULL,
            net_g_max integer,
            state_of_charge_pct_max integer,
            valid_from date,
            valid_to date,
            source text NOT NULL,
            as_of date,
            basis text NOT NULL,
            CONSTRAINT acceptance_rules_pk PRIMARY KEY (id),
            CONSTRAINT acceptance_rules_vehicle_kind_ck
                CHECK (vehicle_kind IN ('*', 'passenger', 'freighter', 'truck')),
            CONSTRAINT acceptance_rules_verdict_ck
                CHECK (verdict IN ('allowed', 'forbidden', 'withdrawn')),
            CONSTRAINT acceptance_rules_net_g_max_ck CHECK (net_g_max > 0),
            CONSTRAINT acceptance_rules_state_of_charge_ck
                CHECK (state_of_charge_pct_max BETWEEN 1 AND 100),
            CONSTRAINT acceptance_rules_days_ck CHECK (valid_from <= valid_to),
            CONSTRAINT acceptance_rules_basis_ck CHECK (basis IN ('reported', 'synthetic'))
        )
    """)
    op.execute("""
        CREATE TABLE routing.acceptance_documents (
            id text COLLATE "C" NOT NULL,
            document text NOT NULL,
            name_en text NOT NULL,
            name_zh text NOT NULL,
            vehicle_kind text NOT NULL,
            origin_country text NOT NULL,
            destination_country text NOT NULL,
            valid_from date,
            valid_to date,
            source text NOT NULL,
            as_of date,
            basis text NOT NULL,
            CONSTRAINT acceptance_documents_pk PRIMARY KEY (id),
            CONSTRAINT acceptance_documents_vehicle_kind_ck
                CHECK (vehicle_kind IN ('*', 'passenger', 'freighter', 'truck')),
            CONSTRAINT acceptance_documents_days_ck CHECK (valid_from <= valid_to),
            CONSTRAINT acceptance_documents_basis_ck CHECK (basis IN ('reported', 'synthetic'))
        )
    """)
