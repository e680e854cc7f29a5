"""Vehicles and embargoes; routes by carrier, with technical stops; where each row is from.

Carriers may share a prefix of waybill numbers, each with ranges of its own: the first carrier gives
up the upper end of its range as far as it has not been used.
"""

from alembic import op

revision = "0012"
down_revision = "0011"

_ORIGIN = "ADD COLUMN source text NOT NULL DEFAULT 'unknown', ADD COLUMN as_of date"


def upgrade() -> None:
    for table in ("carriers", "routes"):
        op.execute(f"ALTER TABLE routing.{table} {_ORIGIN}")
    op.execute("""
        CREATE TABLE routing.vehicles (
            vehicle TEXT COLLATE "C" NOT NULL,
            mode TEXT NOT NULL,
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            payload_kg INTEGER NOT NULL,
            volume_dm3 INTEGER NOT NULL,
            uld_positions INTEGER NOT NULL,
            door_width_cm INTEGER,
            door_height_cm INTEGER,
            piece_kg_max INTEGER,
            range_km INTEGER NOT NULL,
            range_max_km INTEGER NOT NULL,
            source TEXT NOT NULL DEFAULT 'unknown',
            as_of DATE,
            basis TEXT NOT NULL,
            note TEXT NOT NULL,
            CONSTRAINT vehicles_pk PRIMARY KEY (vehicle),
            CONSTRAINT vehicles_mode_ck CHECK (mode IN ('air', 'road')),
            CONSTRAINT vehicles_kind_ck CHECK (kind IN ('freighter', 'passenger', 'truck')),
            CONSTRAINT vehicles_basis_ck CHECK (basis IN ('reported', 'synthetic')),
            CONSTRAINT vehicles_size_ck CHECK (payload_kg > 0 AND volume_dm3 > 0
                AND uld_positions >= 0 AND piece_kg_max > 0 AND door_width_cm > 0
                AND door_height_cm > 0),
            CONSTRAINT vehicles_range_ck CHECK (0 < range_km AND range_km <= range_max_km)
        )
    """)
    op.execute("""
        CREATE TABLE routing.embargoes (
            country TEXT COLLATE "C" NOT NULL,
            scope TEXT COLLATE "C" NOT NULL,
            hs_prefix TEXT COLLATE "C" NOT NULL,
            valid_from DATE NOT NULL,
            valid_to DATE,
            source TEXT NOT NULL DEFAULT 'unknown',
            as_of DATE,
            basis TEXT NOT NULL,
            reason_en TEXT NOT NULL,
            reason_zh TEXT NOT NULL,
            CONSTRAINT embargoes_pk PRIMARY KEY (country, scope, hs_prefix, valid_from),
            CONSTRAINT embargoes_scope_ck
                CHECK (scope IN ('all', 'origin', 'transit', 'destination')),
            CONSTRAINT embargoes_hs_prefix_ck CHECK (hs_prefix ~ '^[0-9]*$'),
            CONSTRAINT embargoes_validity_ck CHECK (valid_to IS NULL OR valid_to >= valid_from)
        )
    """)
    op.execute("""
        ALTER TABLE routing.routes
            ALTER COLUMN carrier TYPE text COLLATE "C",
            ADD COLUMN via text[] NOT NULL DEFAULT '{}',
            DROP CONSTRAINT routes_origin_destination_mode_uq,
            ADD CONSTRAINT routes_carrier_origin_destination_mode_uq
                UNIQUE (carrier, origin, destination, mode)
    """)
    op.execute("""
        ALTER TABLE routing.waybill_stock
            DROP CONSTRAINT waybill_stock_awb_prefix_fk,
            ADD COLUMN carrier text COLLATE "C"
    """)
    op.execute("""
        UPDATE routing.waybill_stock w SET carrier = c.carrier,
            last_serial = CASE WHEN w.awb_prefix = '000'
                THEN greatest(least(w.last_serial, 5999999), w.next_serial - 1)
                ELSE w.last_serial END
        FROM routing.carriers c WHERE c.awb_prefix = w.awb_prefix
    """)
    op.execute("""
        ALTER TABLE routing.waybill_stock
            ALTER COLUMN carrier SET NOT NULL,
            ADD CONSTRAINT waybill_stock_carrier_fk
                FOREIGN KEY (carrier) REFERENCES routing.carriers (carrier)
    """)
    op.execute("ALTER TABLE routing.carriers DROP CONSTRAINT carriers_awb_prefix_uq")
