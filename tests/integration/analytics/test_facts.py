"""One history of an order, consumed in many sequences and slices: the same figures each time.

Every sequence is tried on an order of its own, and the n-th events of all of them form a slice. So
the merge rules apply in SQL, between slices, and in Python, within one.
"""

import itertools
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.contracts.envelope import Envelope, EventPayload
from shared.kernel.ids import new_id
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
from tests.support.worlds.analytics import AnalyticsWorld

T0 = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
DAY = "2026-11-22"  # in the park, where T0 is nine in the morning


def at(hour: float) -> datetime:
    return T0 + timedelta(hours=hour)


def event_of(payload: EventPayload, version: int, hour: float, subject: str) -> Envelope:
    return enveloped(payload, version=version, at=at(hour), subject=subject, tenant_id="mer_1")


def history() -> list[Envelope]:
    """Back-ordered, placed, declared twice and delivered on the day after it was placed. Each of
    the three services counts its own versions.
    """
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
        event_of(backordered, 1, 0, order_id),
        event_of(an_order_placed(**ordered, placed_at=at(2)), 2, 2, order_id),
        event_of(status("declared"), 3, 4, order_id),
        event_of(status("departed"), 4, 20, order_id),
        event_of(status("delivered"), 5, 30, order_id),
        event_of(a_declaration_submitted(**order, at=at(3)), 1, 3, "dec_1"),
        event_of(a_declaration_returned(**order, at=at(4)), 2, 4, "dec_1"),
        event_of(a_declaration_submitted(**order, at=at(5)), 3, 5, "dec_1"),
        event_of(a_declaration_released(**order, at=at(7)), 4, 7, "dec_1"),
        event_of(
            a_shipment_departed(**order, departed_at=at(20), gross_weight_g=700),
            3,
            20,
            "shp_1",
        ),
        event_of(
            a_shipment_delivered(**order, delivered_at=at(30)),
            4,
            30,
            "shp_1",
        ),
    ]


async def take_in(
    world: AnalyticsWorld, sequences: Sequence[Sequence[Envelope]], cuts: list[int]
) -> None:
    """All sequences at once. A slice holds the events up to the next cut of each."""
    for start, end in itertools.pairwise([0, *cuts]):
        await world.take_in([event for sequence in sequences for event in sequence[start:end]])


async def test_figures_do_not_depend_on_the_sequence_of_events(world: AnalyticsWorld) -> None:
    rng = random.Random(20261127)
    sequences = [history()[::-1]]
    for _ in range(150):
        events = history()
        events += rng.sample(events, 3)  # repeated
        sequences.append(rng.sample(events, len(events)))

    await take_in(world, sequences, [1, 2, 3, 4, 6, 9, 14])

    facts = await world.sql("SELECT DISTINCT to_jsonb(o) - 'order_id' FROM analytics.order_fact o")
    assert len(facts) == 1
    count = len(sequences)
    found = await world.figures()
    assert found["orders"] == count
    assert found["orders_by_status"] == {"delivered": count}
    # From the first submission to the release; the second one changes nothing.
    assert found["clearance_time_p50"] == found["clearance_time_p95"] == 4 * 3600
    assert found["next_day_share"] == 1
    assert found["tonnes_shipped"] == count * 700 / 1e6
    assert found["trade_volume"] == {(DAY, "DE", "yiwu", "EUR"): f"{count * 12.5:.2f}"}
    # Accepted on the day on which it was back-ordered.
    assert (await world.figures(on=DAY))["orders"] == count


async def test_a_cancelled_order_is_not_trade_whenever_the_cancellation_arrives(
    world: AnalyticsWorld,
) -> None:
    sequences = []
    for turns in itertools.permutations(range(4)):
        placed, changed = history()[1:3]
        order_id = placed.subject
        payload = an_order_cancelled(order_id=order_id, merchant_id="mer_1")
        status = an_order_status_changed(order_id=order_id, merchant_id="mer_1", status="cancelled")
        events = [
            placed,
            changed,
            event_of(payload, 4, 5, order_id),
            event_of(status, 5, 5, order_id),
        ]
        sequences.append([events[turn] for turn in turns])

    await take_in(world, sequences, [1, 2, 4])

    found = await world.figures()
    assert found["orders_by_status"] == {"cancelled": len(sequences)}
    assert found["trade_volume"] == {}


async def test_the_newest_report_of_a_flight_and_of_a_merchant_counts(
    world: AnalyticsWorld,
) -> None:
    sequences = []
    for versions in itertools.permutations((1, 2, 3)):
        flight_id, merchant_id = new_id("flt"), new_id("mer")
        reports = []
        for version in (*versions, versions[0]):
            flight = a_flight_departed(
                flight_id=flight_id,
                departed_at=at(20),
                shipments=version,
                gross_weight_g=version * 1_000_000,
            )
            merchant = a_merchant_registered(merchant_id=merchant_id, has_office=version == 3)
            reports += [
                event_of(flight, version, 20, flight_id),
                event_of(merchant, version, 20, merchant_id),
            ]
        sequences.append(reports)

    await take_in(world, sequences, [2, 6, 8])

    found = await world.figures()
    assert (found["tonnes"], found["flights_departed"]) == (len(sequences) * 3.0, len(sequences))
    assert (found["companies"], found["offices"]) == (len(sequences), len(sequences))
