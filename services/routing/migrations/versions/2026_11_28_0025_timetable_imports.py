"""Timetable files that were sent, and what was found in them."""

from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE routing.timetable_imports (
            id text COLLATE "C" NOT NULL,
            mode text NOT NULL,
            state text NOT NULL,
            sha256 text NOT NULL,
            bytes bigint NOT NULL,
            content bytea,
            rows integer,
            rows_failed integer,
            done_through text COLLATE "C" NOT NULL DEFAULT '',
            schedules_new integer NOT NULL DEFAULT 0,
            schedules_unchanged integer NOT NULL DEFAULT 0,
            flights_new integer NOT NULL DEFAULT 0,
            flights_changed integer NOT NULL DEFAULT 0,
            flights_cancelled integer NOT NULL DEFAULT 0,
            faults integer NOT NULL DEFAULT 0,
            attempts integer NOT NULL DEFAULT 0,
            failure jsonb,
            created_at timestamptz NOT NULL,
            started_at timestamptz,
            finished_at timestamptz,
            CONSTRAINT timetable_imports_pk PRIMARY KEY (id),
            CONSTRAINT timetable_imports_mode_ck CHECK (mode IN ('merge', 'replace')),
            CONSTRAINT timetable_imports_state_ck CHECK (
                state IN ('queued', 'running', 'done', 'failed')))
    """)
    op.execute("""
        CREATE INDEX timetable_imports_open_ix ON routing.timetable_imports (id)
            WHERE state IN ('queued', 'running')
    """)
    op.execute("""
        CREATE TABLE routing.timetable_faults (
            id bigint GENERATED ALWAYS AS IDENTITY,
            import_id text COLLATE "C" NOT NULL,
            line integer NOT NULL,
            column_name text NOT NULL,
            flight_number text NOT NULL,
            code text NOT NULL,
            params text NOT NULL,
            CONSTRAINT timetable_faults_pk PRIMARY KEY (id),
            CONSTRAINT timetable_faults_import_id_fk FOREIGN KEY (import_id)
                REFERENCES routing.timetable_imports (id))
    """)
    op.execute(
        "CREATE INDEX timetable_faults_import_id_line_ix"
        " ON routing.timetable_faults (import_id, line, id)"
    )
