"""One history of an order, heard in many orders and cut into slices: the same figures each time.

Every sequence is tried on an order of its own, and the n-th events of all are one slice: so the
rules are asked for in SQL, between slices, and in Python, within one.
"""

import itertools
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from services.analytics.use_cases.counting import count_events
from services.analytics.worker import SUBSCRIPTIONS
from shared.contracts.envelope import Envelope, EventPayload
from shared.db import Database
from shared.kernel.identity import PARK
from shared.kernel.ids import new_id
from tests.integration.analytics.analytics_figures import empty, figures
from tests.kit.clock import ManualClock
from tests.kit.intake import intake
from tests.support.events.catalog.merchants import a_merchant_registered
from tests.support.events.catalog.orders import (
    an_order_backordered,
    an_order_cancelled,
    an_order_placed,
    an_order_status_changed,
)
from tests.support.events.customs.declarations import (
    a_declaration_released,
    a_declaration_returned,
    a_declaration_submitted,
)
from tests.support.events.envelopes import enveloped
from tests.support.events.routing.flights import a_flight_departed
from tests.support.events.routing.shipments import a_shipment_delivered, a_shipment_departed

take_in = intake(SUBSCRIPTIONS, count_events, ManualClock())

T0 = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
DAY = "2026-11-22"  # in the park, where T0 is nine in the morning


def at(hour: float) -> datetime:
    return T0 + timedelta(hours=hour)


def told(payload: EventPayload, version: int, hour: float, subject: str) -> Envelope:
    return enveloped(payload, version=version, at=at(hour), subject=subject, tenant_id="mer_1")


def history() -> list[Envelope]:
    """Back-ordered, placed, declared twice and delivered on the day after it was placed. Versions
    count what each of the three services said."""
    order_id = new_id("ord")
    order = {"order_id": order_id, "merchant_id": "mer_1"}
    ordered: dict[str, Any] = order | {
        "belt": "yiwu",
        "currency": "EUR",
        "total_minor": 1_250,
        "gross_weight_g": 700,
    }
    backordered = an_order_backordered(**ordered, placed_at=at(0))

    def status(name: str) -> EventPayload:
        return an_order_status_changed(**order, status=name)

    return [
        told(backordered, 1, 0, order_id),
        told(an_order_placed(**ordered, placed_at=at(2)), 2, 2, order_id),
        told(status("declared"), 3, 4, order_id),
        told(status("departed"), 4, 20, order_id),
        told(status("delivered"), 5, 30, order_id),
        told(a_declaration_submitted(**order, at=at(3)), 1, 3, "dec_1"),
        told(a_declaration_returned(**order, at=at(4)), 2, 4, "dec_1"),
        told(a_declaration_submitted(**order, at=at(5)), 3, 5, "dec_1"),
        told(a_declaration_released(**order, at=at(7)), 4, 7, "dec_1"),
        told(
            a_shipment_departed(**order, departed_at=at(20), gross_weight_g=700),
            3,
            20,
            "shp_1",
        ),
        told(
            a_shipment_delivered(**order, delivered_at=at(30)),
            4,
            30,
            "shp_1",
        ),
    ]


async def hear(db: Database, sequences: Sequence[Sequence[Envelope]], cuts: list[int]) -> None:
    """All sequences at once, a slice per cut: so many events of each."""
    for start, end in itertools.pairwise([0, *cuts]):
        async with db.transaction(PARK) as uow:
            await take_in(uow, [event for told in sequences for event in told[start:end]])


async def test_figures_of_an_order_do_not_depend_on_what_is_heard_first(db: Database) -> None:
    await empty(db)
    rng = random.Random(20261127)
    sequences = [history()[::-1]]
    for _ in range(150):
        events = history()
        events += rng.sample(events, 3)  # heard again
        sequences.append(rng.sample(events, len(events)))

    await hear(db, sequences, [1, 2, 3, 4, 6, 9, 14])

    async with db.read(PARK) as reader:
        facts = await reader._connection.fetch(
            "SELECT DISTINCT to_jsonb(o) - 'order_id' FROM analytics.order_fact o"
        )
    assert len(facts) == 1
    count = len(sequences)
    found = await figures(db)
    assert found["orders"] == count
    assert found["orders_by_status"] == {"delivered": count}
    # From the first submission to the release; the second one changes nothing.
    assert found["clearance_time_p50"] == found["clearance_time_p95"] == 4 * 3600
    assert found["next_day_share"] == 1
    assert found["tonnes_shipped"] == count * 700 / 1e6
    assert found["trade_volume"] == {(DAY, "DE", "yiwu", "EUR"): f"{count * 12.5:.2f}"}
    # Accepted on the day on which it was back-ordered.
    assert (await figures(db, on=DAY))["orders"] == count


async def test_a_cancelled_order_is_no_trade_whenever_the_word_comes(db: Database) -> None:
    await empty(db)
    sequences = []
    for turns in itertools.permutations(range(4)):
        placed, changed = history()[1:3]
        order_id = placed.subject
        payload = an_order_cancelled(order_id=order_id, merchant_id="mer_1")
        status = an_order_status_changed(order_id=order_id, merchant_id="mer_1", status="cancelled")
        events = [placed, changed, told(payload, 4, 5, order_id), told(status, 5, 5, order_id)]
        sequences.append([events[turn] for turn in turns])

    await hear(db, sequences, [1, 2, 4])

    found = await figures(db)
    assert found["orders_by_status"] == {"cancelled": len(sequences)}
    assert found["trade_volume"] == {}


async def test_newest_report_of_a_flight_and_of_a_merchant_counts(db: Database) -> None:
    await empty(db)
    sequences = []
    for versions in itertools.permutations((1, 2, 3)):
        flight_id, merchant_id = new_id("flt"), new_id("mer")
        told_in_turn = []
        for version in (*versions, versions[0]):
            flight = a_flight_departed(
                flight_id=flight_id,
                departed_at=at(20),
                shipments=version,
                gross_weight_g=version * 1_000_000,
            )
            merchant = a_merchant_registered(merchant_id=merchant_id, has_office=version == 3)
            told_in_turn += [
                told(flight, version, 20, flight_id),
                told(merchant, version, 20, merchant_id),
            ]
        sequences.append(told_in_turn)

    await hear(db, sequences, [2, 6, 8])

    found = await figures(db)
    assert (found["tonnes"], found["flights_departed"]) == (len(sequences) * 3.0, len(sequences))
    assert (found["companies"], found["offices"]) == (len(sequences), len(sequences))
