"""Registrations of enterprises at customs, per merchant and of the park, by version."""

from alembic import op

from shared.db.ddl import protect

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE customs.registrations (
            id TEXT COLLATE "C" NOT NULL,
            version INTEGER NOT NULL,
            tenant_id TEXT COLLATE "C" NOT NULL,
            name TEXT NOT NULL,
            name_en TEXT,
            customs_code TEXT COLLATE "C",
            uscc TEXT COLLATE "C",
            roles TEXT[] NOT NULL,
            districts TEXT[],
            certificate_no TEXT,
            dxp_id TEXT COLLATE "C",
            ems_no TEXT,
            valid_from DATE NOT NULL,
            valid_to DATE,
            source TEXT NOT NULL,
            as_of DATE NOT NULL,
            synthetic BOOLEAN NOT NULL,
            recorded_at timestamptz NOT NULL,
            CONSTRAINT registrations_pk PRIMARY KEY (id, version),
            CONSTRAINT registrations_validity_ck CHECK (valid_to > valid_from)
        )
        """
    )
    op.execute(
        "CREATE UNIQUE INDEX registrations_uscc_uq ON customs.registrations (tenant_id, uscc)"
        " WHERE version = 1"
    )
    op.execute(
        "CREATE UNIQUE INDEX registrations_customs_code_uq"
        " ON customs.registrations (tenant_id, customs_code) WHERE version = 1"
    )
    protect(op, "customs", "registrations")
