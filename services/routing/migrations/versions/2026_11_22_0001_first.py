"""Routes, flights, shipments with their legs and statuses, waybill numbers; the kit's tables.

Revision ID: 0001
Revises:
"""

from typing import Final

from alembic import op

from shared.db.ddl import create_kit_tables, protect

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None

# Airports and routes, flights and the log of reported updates belong to the park.
PROTECTED: Final = (
    "shipments",
    "shipment_legs",
    "shipment_statuses",
    "early_facts",
)

STATEMENTS: Final = (
    "CREATE SEQUENCE routing.house_waybill_number START WITH 1",
    """
    CREATE TABLE routing.airports (
        iata TEXT NOT NULL,
        icao TEXT NOT NULL,
        name TEXT NOT NULL,
        city TEXT NOT NULL,
        country TEXT NOT NULL,
        latitude_deg DOUBLE PRECISION NOT NULL,
        longitude_deg DOUBLE PRECISION NOT NULL,
        time_zone TEXT NOT NULL,
        CONSTRAINT airports_pk PRIMARY KEY (iata)
    )
    """,
    """
    CREATE TABLE routing.carriers (
        carrier TEXT NOT NULL,
        name TEXT NOT NULL,
        awb_prefix TEXT NOT NULL,
        basis TEXT NOT NULL,
        note TEXT NOT NULL,
        CONSTRAINT carriers_pk PRIMARY KEY (carrier),
        CONSTRAINT carriers_awb_prefix_ck CHECK (awb_prefix ~ '^[0-9]{3}$'),
        CONSTRAINT carriers_basis_ck CHECK (basis IN ('reported', 'synthetic')),
        CONSTRAINT carriers_awb_prefix_uq UNIQUE (awb_prefix)
    )
    """,
    """
    CREATE TABLE routing.country_places (
        country TEXT NOT NULL,
        latitude_deg DOUBLE PRECISION NOT NULL,
        longitude_deg DOUBLE PRECISION NOT NULL,
        place TEXT NOT NULL,
        CONSTRAINT country_places_pk PRIMARY KEY (country)
    )
    """,
    """
    CREATE TABLE routing.delivery_allowances (
        country TEXT NOT NULL,
        hours INTEGER NOT NULL,
        basis TEXT NOT NULL,
        note TEXT NOT NULL,
        CONSTRAINT delivery_allowances_pk PRIMARY KEY (country)
    )
    """,
    """
    CREATE TABLE routing.early_facts (
        order_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        tenant_id TEXT NOT NULL,
        at timestamptz NOT NULL,
        CONSTRAINT early_facts_pk PRIMARY KEY (order_id, kind),
        CONSTRAINT early_facts_kind_ck CHECK (kind IN ('cancelled', 'released', 'screened'))
    )
    """,
    """
    CREATE TABLE routing.handling_times (
        airport TEXT NOT NULL,
        step TEXT NOT NULL,
        minutes INTEGER NOT NULL,
        basis TEXT NOT NULL,
        note TEXT NOT NULL,
        CONSTRAINT handling_times_pk PRIMARY KEY (airport, step),
        CONSTRAINT handling_times_minutes_ck CHECK (minutes >= 0)
    )
    """,
    """
    CREATE TABLE routing.shipments (
        id TEXT NOT NULL,
        tenant_id TEXT NOT NULL,
        order_id TEXT NOT NULL,
        house_waybill TEXT,
        state TEXT NOT NULL,
        destination_country TEXT NOT NULL,
        gross_weight_g BIGINT NOT NULL,
        volume_cm3 BIGINT NOT NULL,
        pieces INTEGER NOT NULL,
        leg_no INTEGER NOT NULL,
        location TEXT,
        ready_at timestamptz,
        released_at timestamptz,
        screened_at timestamptz,
        rebook_at timestamptz,
        bookings INTEGER NOT NULL,
        cut_off_at timestamptz,
        promised_at timestamptz,
        first_promised_at timestamptz,
        master_waybill TEXT,
        refusal_code TEXT,
        refusal_reason TEXT,
        refusal_remedy TEXT,
        placed_at timestamptz NOT NULL,
        booked_at timestamptz,
        departed_at timestamptz,
        delivered_at timestamptz,
        cancelled_at timestamptz,
        version INTEGER NOT NULL,
        CONSTRAINT shipments_pk PRIMARY KEY (id),
        CONSTRAINT shipments_size_ck CHECK (gross_weight_g >= 0 AND volume_cm3 >= 0 AND pieces >
            0),
        CONSTRAINT shipments_state_ck CHECK (state IN ('unroutable', 'booked', 'waiting',
            'manifested', 'departed', 'arrived', 'delivered', 'cancelled')),
        CONSTRAINT shipments_house_waybill_ck CHECK (state <> 'booked' OR house_waybill IS NOT
            NULL),
        CONSTRAINT shipments_order_id_uq UNIQUE (order_id),
        CONSTRAINT shipments_house_waybill_uq UNIQUE (house_waybill)
    )
        WITH (fillfactor = 70)
    """,
    "CREATE INDEX shipments_master_waybill_ix ON routing.shipments (master_waybill)",
    """
    CREATE INDEX shipments_rebook_at_ix ON routing.shipments (rebook_at)
        WHERE rebook_at IS NOT NULL
    """,
    "CREATE INDEX shipments_tenant_id_id_ix ON routing.shipments (tenant_id, id)",
    """
    CREATE TABLE routing.status_updates (
        id TEXT NOT NULL,
        code TEXT NOT NULL,
        airport TEXT NOT NULL,
        occurred_at timestamptz NOT NULL,
        flight_id TEXT,
        house_waybill TEXT,
        master_waybill TEXT,
        reported_by TEXT NOT NULL,
        recorded_at timestamptz NOT NULL,
        CONSTRAINT status_updates_pk PRIMARY KEY (id),
        CONSTRAINT status_updates_fact_uq UNIQUE NULLS NOT DISTINCT (code, airport, occurred_at,
            flight_id, house_waybill, master_waybill)
    )
    """,
    """
    CREATE TABLE routing.timetable (
        id INTEGER NOT NULL,
        version TEXT NOT NULL,
        first_on DATE,
        last_on DATE,
        reference_digest TEXT,
        CONSTRAINT timetable_pk PRIMARY KEY (id),
        CONSTRAINT timetable_one_ck CHECK (id = 1)
    )
    """,
    """
    CREATE TABLE routing.routes (
        id TEXT NOT NULL,
        carrier TEXT NOT NULL,
        number INTEGER NOT NULL,
        origin TEXT NOT NULL,
        destination TEXT NOT NULL,
        mode TEXT NOT NULL,
        scope TEXT NOT NULL,
        vehicle TEXT NOT NULL,
        weekly_frequency INTEGER NOT NULL,
        payload_kg INTEGER NOT NULL,
        distance_km INTEGER NOT NULL,
        basis TEXT NOT NULL,
        note TEXT NOT NULL,
        CONSTRAINT routes_pk PRIMARY KEY (id),
        CONSTRAINT routes_origin_destination_mode_uq UNIQUE (origin, destination, mode),
        CONSTRAINT routes_mode_ck CHECK (mode IN ('air', 'road')),
        CONSTRAINT routes_scope_ck CHECK (scope IN ('domestic', 'international', 'onward')),
        CONSTRAINT routes_basis_ck CHECK (basis IN ('reported', 'synthetic')),
        CONSTRAINT routes_size_ck CHECK (weekly_frequency > 0 AND payload_kg > 0 AND distance_km
            > 0),
        CONSTRAINT routes_carrier_fk FOREIGN KEY(carrier) REFERENCES routing.carriers (carrier),
        CONSTRAINT routes_number_uq UNIQUE (number),
        CONSTRAINT routes_origin_fk FOREIGN KEY(origin) REFERENCES routing.airports (iata),
        CONSTRAINT routes_destination_fk FOREIGN KEY(destination) REFERENCES routing.airports
            (iata)
    )
    """,
    """
    CREATE TABLE routing.shipment_statuses (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        shipment_id TEXT NOT NULL,
        tenant_id TEXT NOT NULL,
        code TEXT NOT NULL,
        airport TEXT NOT NULL,
        flight_id TEXT,
        occurred_at timestamptz NOT NULL,
        CONSTRAINT shipment_statuses_pk PRIMARY KEY (id),
        CONSTRAINT shipment_statuses_fact_uq UNIQUE NULLS NOT DISTINCT (shipment_id, code,
            airport, flight_id, occurred_at),
        CONSTRAINT shipment_statuses_shipment_id_fk FOREIGN KEY(shipment_id) REFERENCES
            routing.shipments (id)
    )
    """,
    """
    CREATE TABLE routing.waybill_stock (
        awb_prefix TEXT NOT NULL,
        first_serial INTEGER NOT NULL,
        last_serial INTEGER NOT NULL,
        next_serial INTEGER NOT NULL,
        CONSTRAINT waybill_stock_pk PRIMARY KEY (awb_prefix, first_serial),
        CONSTRAINT waybill_stock_range_ck CHECK (0 <= first_serial AND first_serial <=
            next_serial AND next_serial <= last_serial + 1 AND last_serial <= 9999999),
        CONSTRAINT waybill_stock_awb_prefix_fk FOREIGN KEY(awb_prefix) REFERENCES
            routing.carriers (awb_prefix)
    )
    """,
    """
    CREATE TABLE routing.flights (
        id TEXT NOT NULL,
        route_id TEXT NOT NULL,
        carrier TEXT NOT NULL,
        flight_number TEXT NOT NULL,
        departs_on DATE NOT NULL,
        mode TEXT NOT NULL,
        vehicle TEXT NOT NULL,
        origin TEXT NOT NULL,
        destination TEXT NOT NULL,
        departs_at timestamptz NOT NULL,
        arrives_at timestamptz NOT NULL,
        cut_off_at timestamptz,
        capacity_g BIGINT NOT NULL,
        capacity_cm3 BIGINT NOT NULL,
        remaining_g BIGINT NOT NULL,
        remaining_cm3 BIGINT NOT NULL,
        booked_shipments INTEGER DEFAULT '0' NOT NULL,
        state TEXT NOT NULL,
        closed_at timestamptz,
        master_waybill TEXT,
        manifest_shipments INTEGER DEFAULT '0' NOT NULL,
        manifest_weight_g BIGINT DEFAULT '0' NOT NULL,
        departed_at timestamptz,
        arrived_at timestamptz,
        delivered_at timestamptz,
        cancelled_at timestamptz,
        cancel_reason TEXT,
        synthetic BOOLEAN NOT NULL,
        version INTEGER DEFAULT '0' NOT NULL,
        CONSTRAINT flights_pk PRIMARY KEY (id),
        CONSTRAINT flights_flight_number_departs_on_uq UNIQUE (flight_number, departs_on),
        CONSTRAINT flights_weight_ck CHECK (0 <= remaining_g AND remaining_g <= capacity_g),
        CONSTRAINT flights_volume_ck CHECK (0 <= remaining_cm3 AND remaining_cm3 <=
            capacity_cm3),
        CONSTRAINT flights_times_ck CHECK (arrives_at > departs_at),
        CONSTRAINT flights_state_ck CHECK (state IN ('scheduled', 'closed', 'departed',
            'arrived', 'cancelled')),
        CONSTRAINT flights_route_id_fk FOREIGN KEY(route_id) REFERENCES routing.routes (id),
        CONSTRAINT flights_master_waybill_uq UNIQUE (master_waybill)
    )
        WITH (fillfactor = 70)
    """,
    "CREATE INDEX flights_departs_at_id_ix ON routing.flights (departs_at, id)",
    """
    CREATE INDEX flights_open_cut_off_at_ix ON routing.flights (cut_off_at)
        WHERE state = 'scheduled' AND cut_off_at IS NOT NULL
    """,
    """
    CREATE TABLE routing.shipment_legs (
        shipment_id TEXT NOT NULL,
        leg_no INTEGER NOT NULL,
        tenant_id TEXT NOT NULL,
        flight_id TEXT NOT NULL,
        CONSTRAINT shipment_legs_pk PRIMARY KEY (shipment_id, leg_no),
        CONSTRAINT shipment_legs_shipment_id_fk FOREIGN KEY(shipment_id) REFERENCES
            routing.shipments (id),
        CONSTRAINT shipment_legs_flight_id_fk FOREIGN KEY(flight_id) REFERENCES routing.flights
            (id)
    )
    """,
    "CREATE INDEX shipment_legs_flight_id_ix ON routing.shipment_legs (flight_id)",
    "INSERT INTO routing.timetable (id, version) VALUES (1, 'empty')",
)


def upgrade() -> None:
    create_kit_tables(op, "routing")
    for statement in STATEMENTS:
        op.execute(statement)
    for table in PROTECTED:
        protect(op, "routing", table)


def downgrade() -> None:
    raise NotImplementedError("the first migration is undone by dropping the schema")
