"""Shipments without an itinerary are looked at again when room or flights are added.

The worker of the release before looks at none of them again: to it nothing has changed.
"""

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.execute("CREATE SEQUENCE routing.room_given_back")
    op.execute("""
        CREATE TABLE routing.second_look (
            id integer NOT NULL,
            timetable_version text NOT NULL,
            change_no bigint NOT NULL,
            room_no bigint NOT NULL,
            after_id text COLLATE "C" NOT NULL,
            is_done boolean NOT NULL,
            CONSTRAINT second_look_pk PRIMARY KEY (id),
            CONSTRAINT second_look_one_ck CHECK (id = 1))
    """)
    op.execute(
        "CREATE INDEX shipments_unroutable_id_ix ON routing.shipments (id)"
        " WHERE state = 'unroutable'"
    )
