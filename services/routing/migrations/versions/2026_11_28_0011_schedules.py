"""Flights come from schedules: patterns of days and legs, generated from routes or imported.

A through flight has several legs, so a flight is told by its number, its operating day and its leg.
Every change of what is flown gets the next number, so that copies in memory can follow.

The worker of the release before inserts flights without a schedule: they are one leg each, and
their operating day is that of their departure.
"""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE routing.schedules (
            id text COLLATE "C" NOT NULL,
            carrier text NOT NULL,
            flight_number text COLLATE "C" NOT NULL,
            route_id text COLLATE "C",
            valid_from date NOT NULL,
            valid_to date,
            weekdays smallint NOT NULL,
            cancelled_on date[] NOT NULL DEFAULT '{}',
            added_on date[] NOT NULL DEFAULT '{}',
            basis text NOT NULL,
            source text NOT NULL,
            as_of date,
            import_id text COLLATE "C",
            CONSTRAINT schedules_pk PRIMARY KEY (id),
            CONSTRAINT schedules_carrier_fk FOREIGN KEY (carrier)
                REFERENCES routing.carriers (carrier),
            CONSTRAINT schedules_route_id_fk FOREIGN KEY (route_id) REFERENCES routing.routes (id),
            CONSTRAINT schedules_weekdays_ck CHECK (weekdays BETWEEN 0 AND 127),
            CONSTRAINT schedules_validity_ck CHECK (valid_to IS NULL OR valid_to >= valid_from),
            CONSTRAINT schedules_basis_ck CHECK (basis IN ('reported', 'synthetic')))
    """)
    op.execute(
        "CREATE INDEX schedules_flight_number_valid_from_ix"
        " ON routing.schedules (flight_number, valid_from)"
    )
    op.execute("""
        CREATE TABLE routing.schedule_legs (
            schedule_id text COLLATE "C" NOT NULL,
            leg_no integer NOT NULL,
            origin text COLLATE "C" NOT NULL,
            destination text COLLATE "C" NOT NULL,
            mode text NOT NULL,
            vehicle text NOT NULL,
            departs_min integer NOT NULL,
            departs_day integer NOT NULL,
            duration_min integer,
            arrives_min integer,
            arrives_day integer,
            payload_kg integer NOT NULL,
            volume_dm3 integer NOT NULL,
            distance_km integer,
            CONSTRAINT schedule_legs_pk PRIMARY KEY (schedule_id, leg_no),
            CONSTRAINT schedule_legs_schedule_id_fk FOREIGN KEY (schedule_id)
                REFERENCES routing.schedules (id) ON DELETE CASCADE,
            CONSTRAINT schedule_legs_origin_fk FOREIGN KEY (origin)
                REFERENCES routing.airports (iata),
            CONSTRAINT schedule_legs_destination_fk FOREIGN KEY (destination)
                REFERENCES routing.airports (iata),
            CONSTRAINT schedule_legs_mode_ck CHECK (mode IN ('air', 'road')),
            CONSTRAINT schedule_legs_arrival_ck CHECK (
                (duration_min IS NULL) = (arrives_min IS NOT NULL)
                AND (arrives_min IS NULL) = (arrives_day IS NULL)),
            CONSTRAINT schedule_legs_size_ck CHECK (payload_kg > 0 AND volume_dm3 > 0))
    """)
    op.execute("CREATE SEQUENCE routing.flight_change")
    op.execute("""
        ALTER TABLE routing.flights
            ALTER COLUMN route_id DROP NOT NULL,
            DROP CONSTRAINT flights_flight_number_departs_on_uq,
            ADD COLUMN schedule_id text COLLATE "C",
            ADD COLUMN operated_on date,
            ADD COLUMN leg_no integer NOT NULL DEFAULT 1,
            ADD COLUMN change_no bigint NOT NULL DEFAULT 0,
            ADD CONSTRAINT flights_schedule_id_fk FOREIGN KEY (schedule_id)
                REFERENCES routing.schedules (id)
    """)
    op.execute("UPDATE routing.flights SET operated_on = departs_on")
    op.execute("""
        ALTER TABLE routing.flights ADD CONSTRAINT flights_flight_number_operated_on_leg_no_uq
            UNIQUE (flight_number, operated_on, leg_no)
    """)
    op.execute("CREATE INDEX flights_change_no_ix ON routing.flights (change_no)")
    op.execute(
        "CREATE INDEX flights_schedule_id_operated_on_ix"
        " ON routing.flights (schedule_id, operated_on)"
    )
    op.execute("""
        CREATE FUNCTION routing.number_flight_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.change_no := nextval('routing.flight_change');
            RETURN NEW;
        END $$
    """)
    # What a search reads of a flight, but for the room on it: that changes with every booking.
    op.execute("""
        CREATE TRIGGER flights_change BEFORE INSERT OR UPDATE OF
            state, departs_at, arrives_at, cut_off_at, capacity_g, capacity_cm3, vehicle
        ON routing.flights FOR EACH ROW EXECUTE FUNCTION routing.number_flight_change()
    """)
