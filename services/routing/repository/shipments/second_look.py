"""The walk over the shipments without an itinerary, that looks for one again: how far it has come,
and what has changed since it began.
"""

from dataclasses import dataclass
from typing import Final

from shared.db import BIGINT, BOOLEAN, INTEGER, TEXT, Reader, UnitOfWork, sql


@dataclass(frozen=True, slots=True)
class Offer:
    """What a search can be offered. Anything that may bring a way changes it: the network, the
    flights, and room that is given back on them. Equal offers find no more than was found before.
    """

    timetable_version: str
    change_no: int
    room_no: int


@dataclass(frozen=True, slots=True)
class Walk:
    """`offer`: as it was when the walk began. `after_id`: the last shipment that it has passed.
    `is_done`: it has come to the end.
    """

    offer: Offer
    after_id: str
    is_done: bool


_OFFER: Final = sql(
    """
    SELECT version AS timetable_version,
        coalesce(pg_sequence_last_value('routing.flight_change'), 0) AS change_no,
        coalesce(pg_sequence_last_value('routing.room_given_back'), 0) AS room_no
    FROM routing.timetable WHERE id = 1
    """,
    Offer,
)


def _walk(
    timetable_version: str, change_no: int, room_no: int, after_id: str, is_done: bool
) -> Walk:
    return Walk(Offer(timetable_version, change_no, room_no), after_id, is_done)


_WALK: Final = sql(
    """
    SELECT timetable_version, change_no, room_no, after_id, is_done
    FROM routing.second_look WHERE id = 1
    """,
    _walk,
)

_SAVE_WALK: Final = sql(
    """
    INSERT INTO routing.second_look (id, timetable_version, change_no, room_no, after_id, is_done)
    VALUES (1, :timetable_version, :change_no, :room_no, :after_id, :is_done)
    ON CONFLICT (id) DO UPDATE SET timetable_version = EXCLUDED.timetable_version,
        change_no = EXCLUDED.change_no, room_no = EXCLUDED.room_no, after_id = EXCLUDED.after_id,
        is_done = EXCLUDED.is_done
    """,
    timetable_version=TEXT,
    change_no=BIGINT,
    room_no=BIGINT,
    after_id=TEXT,
    is_done=BOOLEAN,
)

# Its list has to go again: what it needs first is that.
_NEXT: Final = sql(
    """
    SELECT id FROM routing.shipments
    WHERE state = 'unroutable' AND id > :after_id
      AND NOT (released_at IS NULL
        AND (stopped_at IS NOT NULL OR declaration_cancelled_at IS NOT NULL))
    ORDER BY id LIMIT :rows_max
    """,
    str,
    after_id=TEXT,
    rows_max=INTEGER,
)


_NOTE_CHANGE: Final = sql("SELECT nextval('routing.room_given_back')", int)


async def note_change(uow: UnitOfWork) -> None:
    """Somebody who found no way before may find one now, for another reason than new flights."""
    await uow.fetch_value(_NOTE_CHANGE)


async def get_offer(reader: Reader) -> Offer:
    """Under the turn: a number of a writer that has not committed yet is in it, too."""
    offer = await reader.fetch_first(_OFFER)
    assert offer is not None, "the first migration inserts it"
    return offer


async def find_walk(reader: Reader) -> Walk | None:
    return await reader.fetch_first(_WALK)


async def save_walk(uow: UnitOfWork, walk: Walk) -> None:
    await uow.execute(
        _SAVE_WALK,
        timetable_version=walk.offer.timetable_version,
        change_no=walk.offer.change_no,
        room_no=walk.offer.room_no,
        after_id=walk.after_id,
        is_done=walk.is_done,
    )


async def list_next(reader: Reader, *, after_id: str, rows_max: int) -> list[str]:
    """Ids of shipments without an itinerary, the oldest first."""
    return await reader.fetch_values(_NEXT, after_id=after_id, rows_max=rows_max)
