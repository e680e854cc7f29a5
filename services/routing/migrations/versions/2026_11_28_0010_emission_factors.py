"""What a leg emits, by mode, kind of vehicle and distance."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE routing.emission_factors (
            mode text COLLATE "C" NOT NULL,
            vehicle_kind text COLLATE "C" NOT NULL,
            over_km integer NOT NULL,
            up_to_km integer,
            ttw_mg_per_tkm integer NOT NULL,
            wtw_mg_per_tkm integer NOT NULL,
            data_category text NOT NULL,
            basis text NOT NULL,
            as_of date NOT NULL,
            source text NOT NULL,
            method text NOT NULL,
            method_version text NOT NULL,
            CONSTRAINT emission_factors_pk PRIMARY KEY (mode, vehicle_kind, over_km),
            CONSTRAINT emission_factors_mode_ck CHECK (mode IN ('air', 'road')),
            CONSTRAINT emission_factors_vehicle_kind_ck
                CHECK (vehicle_kind IN ('freighter', 'passenger', 'truck', 'van')),
            CONSTRAINT emission_factors_distances_ck CHECK (0 <= over_km AND over_km < up_to_km),
            CONSTRAINT emission_factors_amounts_ck
                CHECK (0 < ttw_mg_per_tkm AND ttw_mg_per_tkm <= wtw_mg_per_tkm),
            CONSTRAINT emission_factors_data_category_ck
                CHECK (data_category IN ('primary', 'default')),
            CONSTRAINT emission_factors_basis_ck CHECK (basis IN ('reported', 'synthetic'))
        )
    """)
