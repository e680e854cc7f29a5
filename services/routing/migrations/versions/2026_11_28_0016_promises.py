"""What was promised to buyers is written down and graded.

The worker of the release before books without a promise; what it books is not graded.
"""

from alembic import op

from shared.db.ddl import protect

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.execute("ALTER TABLE routing.shipments ADD COLUMN store text")
    op.execute("""
        CREATE TABLE routing.promises (
            shipment_id text COLLATE "C" NOT NULL,
            promise_no integer NOT NULL,
            tenant_id text COLLATE "C" NOT NULL,
            store text,
            country text NOT NULL,
            region text,
            legs jsonb NOT NULL,
            ready_at timestamptz,
            cut_off_at timestamptz NOT NULL,
            gateway_at timestamptz NOT NULL,
            promised_at timestamptz NOT NULL,
            made_at timestamptz NOT NULL,
            timetable_version text NOT NULL,
            change_no bigint NOT NULL,
            CONSTRAINT promises_pk PRIMARY KEY (shipment_id, promise_no),
            CONSTRAINT promises_shipment_id_fk FOREIGN KEY (shipment_id)
                REFERENCES routing.shipments (id),
            CONSTRAINT promises_promise_no_ck CHECK (promise_no > 0))
    """)
    protect(op, "routing", "promises")
    op.execute("""
        CREATE TABLE routing.promise_grades (
            id text COLLATE "C" NOT NULL,
            shipment_id text COLLATE "C" NOT NULL,
            store text,
            country text NOT NULL,
            carriers text[] NOT NULL,
            due_at timestamptz NOT NULL,
            grade text NOT NULL DEFAULT 'open',
            late_min integer,
            fault text,
            flown_as_planned boolean,
            graded_at timestamptz,
            is_final boolean NOT NULL DEFAULT false,
            version integer NOT NULL DEFAULT 0,
            CONSTRAINT promise_grades_pk PRIMARY KEY (id),
            CONSTRAINT promise_grades_shipment_id_uq UNIQUE (shipment_id),
            CONSTRAINT promise_grades_shipment_id_fk FOREIGN KEY (shipment_id)
                REFERENCES routing.shipments (id),
            CONSTRAINT promise_grades_grade_ck
                CHECK (grade IN ('open', 'kept', 'late', 'overdue', 'void')),
            CONSTRAINT promise_grades_fault_ck CHECK (fault IN
                ('merchant', 'customs', 'park', 'carrier', 'last_mile', 'unknown')),
            CONSTRAINT promise_grades_broken_ck
                CHECK ((fault IS NOT NULL) = (grade IN ('late', 'overdue'))),
            CONSTRAINT promise_grades_late_min_ck
                CHECK ((late_min IS NOT NULL) = (grade = 'late') AND late_min > 0))
    """)
    op.execute("CREATE INDEX promise_grades_due_at_id_ix ON routing.promise_grades (due_at, id)")
    op.execute(
        "CREATE INDEX promise_grades_open_due_at_ix ON routing.promise_grades (due_at)"
        " WHERE grade = 'open'"
    )
    op.execute(
        "CREATE INDEX promise_grades_overdue_ix ON routing.promise_grades (shipment_id)"
        " WHERE grade = 'overdue' AND NOT is_final"
    )
