"""What each event means: payload in, fact out, one case per type."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from services.analytics.domain.facts import Counted, FlightFact, MerchantFact, OrderFact
from services.analytics.worker import SUBSCRIPTIONS
from shared.contracts.envelope import Envelope, EventPayload
from shared.contracts.registry import EVENTS
from shared.contracts.topics import CONSUMED_BY
from shared.kafka import Undecoded
from tests.kit.intake import meanings_of
from tests.support.events.catalog.merchants import a_merchant_registered
from tests.support.events.catalog.orders import (
    an_order_backordered,
    an_order_cancelled,
    an_order_placed,
    an_order_status_changed,
)
from tests.support.events.customs.declarations import (
    a_declaration_accepted,
    a_declaration_blocked,
    a_declaration_closed,
    a_declaration_inspection,
    a_declaration_released,
    a_declaration_returned,
    a_declaration_screened,
    a_declaration_submitted,
)
from tests.support.events.envelopes import enveloped
from tests.support.events.routing.flights import a_flight_departed
from tests.support.events.routing.shipments import (
    a_shipment_booked,
    a_shipment_delivered,
    a_shipment_departed,
    a_shipment_status,
    a_shipment_unroutable,
)

SENT_AT: Final = datetime(2026, 11, 22, 8, tzinfo=UTC)
HAPPENED_AT: Final = SENT_AT - timedelta(minutes=7)
ORDERED_AT: Final = SENT_AT - timedelta(days=1)
PROMISED_AT: Final = SENT_AT + timedelta(days=3)
VERSION: Final = 4

ORDER: Final[dict[str, Any]] = {"order_id": "ord_1", "merchant_id": "mer_1"}
ORDERED: Final[dict[str, Any]] = ORDER | {
    "belt": "wigs",
    "ordered_at": ORDERED_AT,
    "placed_at": HAPPENED_AT,
    "ship_to": {"country": "FR"},
    "currency": "EUR",
    "total_minor": 1_250,
    "gross_weight_g": 700,
    "net_weight_g": 600,
}
DECLARED: Final[dict[str, Any]] = ORDER | {"at": HAPPENED_AT}


def order(**known: Any) -> OrderFact:
    return OrderFact(order_id="ord_1", tenant_id="mer_1", **known)


def stated(**known: Any) -> OrderFact:
    return order(
        belt="wigs",
        store="DE",
        market="FR",
        currency="EUR",
        total_minor=1_250,
        gross_weight_g=700,
        net_weight_g=600,
        ordered_at=ORDERED_AT,
        version=VERSION,
        **known,
    )


CASES: Final[list[tuple[EventPayload, MerchantFact | OrderFact | FlightFact]]] = [
    (
        a_merchant_registered(
            merchant_id="mer_1",
            belt="wigs",
            has_office=True,
            synthetic=False,
            registered_at=HAPPENED_AT,
        ),
        MerchantFact("mer_1", "mer_1", "wigs", True, False, HAPPENED_AT, VERSION),
    ),
    (an_order_placed(**ORDERED), stated(placed_at=HAPPENED_AT, state="placed")),
    (
        an_order_backordered(**ORDERED),
        stated(backordered_at=SENT_AT, state="backordered"),
    ),
    (
        an_order_cancelled(**ORDER),
        order(cancelled_at=SENT_AT, state="cancelled", version=VERSION),
    ),
    (
        an_order_status_changed(**ORDER, status="held"),
        order(state="held", version=VERSION),
    ),
    (a_declaration_submitted(**DECLARED), order(submitted_at=HAPPENED_AT)),
    (a_declaration_blocked(**DECLARED), order(blocked_at=HAPPENED_AT)),
    (a_declaration_accepted(**DECLARED), order(accepted_at=HAPPENED_AT)),
    (a_declaration_inspection(**DECLARED), order(inspection_at=HAPPENED_AT)),
    (a_declaration_returned(**DECLARED), order(returned_at=HAPPENED_AT)),
    (a_declaration_released(**DECLARED), order(released_at=HAPPENED_AT)),
    (a_declaration_closed(**DECLARED), order(closed_at=HAPPENED_AT)),
    (a_declaration_screened(**DECLARED, passed=True), order(screened_at=HAPPENED_AT)),
    # A failed screening holds the parcel: it is not screened yet.
    (a_declaration_screened(**DECLARED, passed=False), order()),
    (
        a_shipment_booked(**ORDER, promised_at=PROMISED_AT),
        order(booked_at=SENT_AT, promised_at=PROMISED_AT, booking=VERSION),
    ),
    (
        a_shipment_unroutable(**ORDER),
        order(unroutable_at=SENT_AT),
    ),
    (
        a_shipment_departed(**ORDER, departed_at=HAPPENED_AT, gross_weight_g=700),
        order(departed_at=HAPPENED_AT, departed_weight_g=700),
    ),
    (
        a_shipment_delivered(**ORDER, delivered_at=HAPPENED_AT),
        order(delivered_at=HAPPENED_AT),
    ),
    (
        a_flight_departed(
            flight_id="flt_1",
            departed_at=HAPPENED_AT,
            shipments=3,
            gross_weight_g=2_100,
            synthetic=False,
        ),
        FlightFact(
            "flt_1", "mer_1", "O3701", "air", "EHU", "LGG", HAPPENED_AT, 3, 2_100, False, VERSION
        ),
    ),
]


@pytest.mark.parametrize(("payload", "fact"), CASES, ids=lambda one: getattr(one, "event_type", ""))
def test_each_event_becomes_its_fact(
    payload: EventPayload, fact: MerchantFact | OrderFact | FlightFact
) -> None:
    event = envelope(payload)

    assert meanings_of(SUBSCRIPTIONS, [event]) == [Counted(event.id, SENT_AT, fact)]


def test_every_type_that_states_a_fact_has_a_case() -> None:
    decoded = {m for m, on in SUBSCRIPTIONS.items() if not isinstance(on, Undecoded)}
    assert {type(payload) for payload, _ in CASES} == decoded


def test_every_event_of_its_topics_is_counted() -> None:
    published = {m for m in EVENTS.values() if m.topic in CONSUMED_BY["analytics"]}
    assert set(SUBSCRIPTIONS) == published


def test_other_events_carry_no_fact() -> None:
    status = a_shipment_status(**ORDER)
    event = envelope(status)

    assert meanings_of(SUBSCRIPTIONS, [event]) == [Counted(event.id, SENT_AT, None)]


def envelope(payload: EventPayload) -> Envelope:
    return enveloped(payload, version=VERSION, at=SENT_AT, tenant_id="mer_1")
