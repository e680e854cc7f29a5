"""Orders as JSON: what is stored comes back, what older versions stored is read, and they read what
is stored now.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.catalog.domain.orders.facts import Clearance, Decision, OrderFacts, Plan
from services.catalog.domain.orders.findings import Finding
from services.catalog.domain.orders.stored import (
    facts_from_json,
    facts_to_json,
    lines_from_json,
    lines_to_json,
    stored_entry,
    stored_order,
)
from shared.kernel.words import Words
from tests.support.catalog import a_stored_line, an_accepted_order

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LEG_OF_0_1 = {
    "from": "EHU",
    "to": "LGG",
    "flight": "O3701",
    "mode": "air",
    "departs_at": "2026-11-23T09:00:00+00:00",
    "arrives_at": "2026-11-23T20:00:00Z",
    "synthetic": False,
}


def test_lines_come_back_as_they_were() -> None:
    lines = (a_stored_line(1), a_stored_line(2, battery=True))

    assert lines_from_json(lines_to_json(lines)) == lines


def test_an_order_is_built_from_its_columns() -> None:
    order = an_accepted_order(facts=OrderFacts(placed=True, departed=True))

    built = stored_order(
        order.id,
        order.merchant_id,
        order.store,
        order.order_number,
        order.ordered_at,
        order.country,
        order.postal_code,
        order.currency,
        order.total_minor,
        order.belt,
        lines_to_json(order.lines),
        order.fingerprint,
        "departed",
        "reserved",
        facts_to_json(order.facts),
        order.version,
        order.accepted_at,
    )

    assert built == order


def test_legs_that_version_0_1_stored_are_read() -> None:
    plan = {"rank": 1, "shipment_id": "shp_1", "itinerary": [LEG_OF_0_1]}

    read = facts_from_json({"plan": plan}).plan

    assert read is not None
    (leg,) = read.itinerary
    assert (leg.origin, leg.destination, leg.flight_number) == ("EHU", "LGG", "O3701")
    assert (leg.departs_at, leg.arrives_at) == (AT, AT + timedelta(hours=11))


@pytest.mark.parametrize("clearance", ["inspection", "returned"])
def test_version_0_1_reads_what_is_stored(clearance: str) -> None:
    """Its slots took exactly these members, and a replica of it may still run."""
    decision = Decision(3, Clearance(clearance), "布控查验", Words("e", "z"))
    refusal = Finding("full", Words("f", "满"), Words("w", "等"))

    stored = facts_to_json(OrderFacts(plan=Plan(1, "shp_1", refusal=refusal), decision=decision))

    assert stored["decision"].keys() == {"rank", "clearance", "detail"}
    assert stored["plan"].keys() == {
        "rank", "shipment_id", "house_waybill", "itinerary", "promised_at", "unroutable",
    }  # fmt: skip


def test_slots_that_are_empty_are_not_stored() -> None:
    assert facts_to_json(OrderFacts()) == {}
    assert facts_to_json(OrderFacts(placed=True)) == {"placed": True}


def test_a_timeline_of_version_0_1_is_in_english_only() -> None:
    entry = stored_entry(AT, "routing", "routing.shipment.booked", "booked", None, None)

    assert entry.detail == Words("booked", "booked")
    assert replace(entry, detail=Words("booked", "已订舱")) == stored_entry(
        AT, "routing", "routing.shipment.booked", "booked", "已订舱", None
    )
