"""The books of routing: on every flight, what is taken is what its shipments hold."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.db import TEXTS, Database, sql
from shared.kernel.identity import PARK


@dataclass(frozen=True, slots=True)
class Books:
    """Of a flight: what is taken, and what its shipments hold."""

    taken: list[int]
    held: list[int]


_BOOKS = sql(
    """
    SELECT ARRAY[f.capacity_g - f.remaining_g, f.capacity_cm3 - f.remaining_cm3,
            f.booked_shipments] AS taken,
        ARRAY[coalesce(sum(s.gross_weight_g), 0), coalesce(sum(s.volume_cm3), 0),
            count(s.id)] AS held
    FROM routing.flights f
    LEFT JOIN routing.shipment_legs l ON l.flight_id = f.id
    LEFT JOIN routing.shipments s ON s.id = l.shipment_id
    WHERE f.id = ANY(:flight_ids) GROUP BY f.id
    """,
    Books,
    flight_ids=TEXTS,
)
# Ended, and still with room on a flight that it has not taken.
_HOLDING_ON = sql(
    """
    SELECT s.id FROM routing.shipment_legs l JOIN routing.shipments s ON s.id = l.shipment_id
    WHERE l.flight_id = ANY(:flight_ids)
      AND (s.state IN ('cancelled', 'unroutable') OR s.state = 'delivered' AND l.leg_no > s.leg_no)
    """,
    str,
    flight_ids=TEXTS,
)


async def check_books(db: Database, flight_ids: Sequence[str]) -> None:
    """What is taken is what is held, never too much, and by none that has ended without flying."""
    async with db.read(PARK) as reader:
        rows = await reader.fetch_all(_BOOKS, flight_ids=flight_ids)
        assert await reader.fetch_values(_HOLDING_ON, flight_ids=flight_ids) == []
    for books in rows:
        assert books.taken == books.held
