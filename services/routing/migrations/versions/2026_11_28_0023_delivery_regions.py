"""Delivery regions with their gateways; times of acceptance and availability by station."""

from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE routing.station_times (
            step TEXT COLLATE "C" NOT NULL,
            station TEXT COLLATE "C" NOT NULL,
            carrier TEXT COLLATE "C" NOT NULL,
            product TEXT COLLATE "C" NOT NULL,
            vehicle TEXT COLLATE "C" NOT NULL,
            handling_code TEXT COLLATE "C" NOT NULL,
            minutes INTEGER NOT NULL,
            source TEXT NOT NULL DEFAULT 'unknown',
            as_of DATE,
            basis TEXT NOT NULL,
            note TEXT NOT NULL,
            CONSTRAINT station_times_pk
                PRIMARY KEY (step, station, carrier, product, vehicle, handling_code),
            CONSTRAINT station_times_step_ck CHECK (step IN ('acceptance', 'availability')),
            CONSTRAINT station_times_minutes_ck CHECK (minutes >= 0),
            CONSTRAINT station_times_basis_ck CHECK (basis IN ('reported', 'synthetic'))
        )
    """)
    op.execute("""
        CREATE TABLE routing.delivery_regions (
            region TEXT COLLATE "C" NOT NULL,
            country TEXT COLLATE "C" NOT NULL,
            postal_prefixes TEXT[] NOT NULL,
            name TEXT NOT NULL,
            source TEXT NOT NULL DEFAULT 'unknown',
            as_of DATE,
            basis TEXT NOT NULL,
            CONSTRAINT delivery_regions_pk PRIMARY KEY (region),
            CONSTRAINT delivery_regions_basis_ck CHECK (basis IN ('reported', 'synthetic'))
        )
    """)
    op.execute("CREATE INDEX delivery_regions_country_ix ON routing.delivery_regions (country)")
    op.execute("""
        CREATE TABLE routing.gateways (
            region TEXT COLLATE "C" NOT NULL,
            airport TEXT COLLATE "C" NOT NULL,
            gateway_no INTEGER NOT NULL,
            road_km INTEGER NOT NULL,
            clearance_h INTEGER NOT NULL,
            delivery_h INTEGER NOT NULL,
            CONSTRAINT gateways_pk PRIMARY KEY (region, airport),
            CONSTRAINT gateways_region_fk FOREIGN KEY (region)
                REFERENCES routing.delivery_regions (region) ON DELETE CASCADE,
            CONSTRAINT gateways_airport_fk FOREIGN KEY (airport)
                REFERENCES routing.airports (iata),
            CONSTRAINT gateways_size_ck
                CHECK (road_km >= 0 AND clearance_h >= 0 AND delivery_h >= 0)
        )
    """)
