"""One history of an order, heard in many orders and cut into slices: the same figures each time.

Every sequence is tried on an order of its own, and the n-th events of all are one slice: so the
rules are asked for in SQL, between slices, and in Python, within one.
"""

import itertools
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from services.analytics.consumers import on_batch
from shared.contracts.catalog.merchants import MerchantRegistered
from shared.contracts.catalog.orders import (
    OrderBackordered,
    OrderCancelled,
    OrderPlaced,
    OrderStatusChanged,
)
from shared.contracts.customs.declarations import (
    DeclarationReleased,
    DeclarationReturned,
    DeclarationSubmitted,
)
from shared.contracts.envelope import Envelope, EventPayload
from shared.contracts.routing.flights import FlightDeparted
from shared.contracts.routing.shipments import ShipmentDelivered, ShipmentDeparted
from shared.db import Database
from shared.kernel.identity import PARK
from shared.kernel.ids import new_id
from tests.integration.analytics.analytics_figures import empty, figures

T0 = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
DAY = "2026-11-22"  # in the park, where T0 is nine in the morning


def at(hour: float) -> datetime:
    return T0 + timedelta(hours=hour)


def told(payload: EventPayload, version: int, hour: float, subject: str) -> Envelope:
    return Envelope(
        id=new_id("evt"),
        source="/test",
        type=payload.event_type,
        subject=subject,
        time=at(hour),
        tenant_id="mer_1",
        aggregate_version=version,
        traceparent=None,
        data=payload.model_dump_json().encode(),
    )


def history() -> list[Envelope]:
    """Back-ordered, placed, declared twice and delivered on the day after it was placed. Versions
    count what each of the three services said."""
    order_id = new_id("ord")
    order = {"order_id": order_id, "merchant_id": "mer_1"}
    ordered: dict[str, Any] = order | {
        "belt": "yiwu",
        "store": "direct",
        "order_number": "A-1",
        "ordered_at": T0,
        "ship_to": {"country": "DE"},
        "currency": "EUR",
        "total_minor": 1_250,
        "lines": (),
        "gross_weight_g": 700,
        "net_weight_g": 600,
        "volume_cm3": 9,
    }
    shipment = order | {"shipment_id": "shp_1", "house_waybill": "H1"}
    declared = order | {"declaration_id": "dec_1", "shipment_id": None, "status": "any"}
    way = shipment | {"departed_at": at(20), "gross_weight_g": 700}
    backordered = OrderBackordered(**ordered, placed_at=at(0), shortages=())

    def status(name: str) -> EventPayload:
        said = order | {"status_before": "placed", "status": name}
        return OrderStatusChanged.model_validate(said)

    return [
        told(backordered, 1, 0, order_id),
        told(OrderPlaced(**ordered, placed_at=at(2)), 2, 2, order_id),
        told(status("declared"), 3, 4, order_id),
        told(status("departed"), 4, 20, order_id),
        told(status("delivered"), 5, 30, order_id),
        told(DeclarationSubmitted(**declared, at=at(3)), 1, 3, "dec_1"),
        told(DeclarationReturned(**declared, at=at(4)), 2, 4, "dec_1"),
        told(DeclarationSubmitted(**declared, at=at(5)), 3, 5, "dec_1"),
        told(DeclarationReleased(**declared, at=at(7)), 4, 7, "dec_1"),
        told(
            ShipmentDeparted(
                **way, master_waybill="020-81140743", flight_id="flt_1", flight_number="O3701"
            ),
            3,
            20,
            "shp_1",
        ),
        told(
            ShipmentDelivered(**shipment, airport="LGG", delivered_at=at(30), promised_at=at(48)),
            4,
            30,
            "shp_1",
        ),
    ]


async def hear(db: Database, sequences: Sequence[Sequence[Envelope]], cuts: list[int]) -> None:
    """All sequences at once, a slice per cut: so many events of each."""
    for start, end in itertools.pairwise([0, *cuts]):
        async with db.transaction(PARK) as uow:
            await on_batch(uow, [event for told in sequences for event in told[start:end]])


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
        payload = OrderCancelled(order_id=order_id, merchant_id="mer_1", reason="no")
        status = OrderStatusChanged(
            order_id=order_id, merchant_id="mer_1", status_before="declared", status="cancelled"
        )
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
            flight = FlightDeparted(
                flight_id=flight_id,
                flight_number="O3701",
                mode="air",
                origin="EHU",
                destination="LGG",
                departed_at=at(20),
                master_waybill=None,
                shipments=version,
                gross_weight_g=version * 1_000_000,
            )
            merchant = MerchantRegistered(
                merchant_id=merchant_id,
                name={"en": "Factory"},
                belt="yiwu",
                has_office=version == 3,
                synthetic=True,
                registered_at=T0,
            )
            told_in_turn += [
                told(flight, version, 20, flight_id),
                told(merchant, version, 20, merchant_id),
            ]
        sequences.append(told_in_turn)

    await hear(db, sequences, [2, 6, 8])

    found = await figures(db)
    assert (found["tonnes"], found["flights_departed"]) == (len(sequences) * 3.0, len(sequences))
    assert (found["companies"], found["offices"]) == (len(sequences), len(sequences))
