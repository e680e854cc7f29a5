"""What each event says, one line per type: payload in, fact out."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from services.analytics.domain.facts import FlightFact, MerchantFact, OrderFact
from services.analytics.use_cases.interpreting import INTERPRETERS, fact_of
from shared.contracts.catalog.merchants import MerchantRegistered
from shared.contracts.catalog.orders import (
    OrderBackordered,
    OrderCancelled,
    OrderPlaced,
    OrderStatusChanged,
    ShipTo,
)
from shared.contracts.customs.declarations import (
    DeclarationAccepted,
    DeclarationBlocked,
    DeclarationClosed,
    DeclarationInspection,
    DeclarationReleased,
    DeclarationReturned,
    DeclarationScreened,
    DeclarationSubmitted,
)
from shared.contracts.envelope import Envelope, EventPayload
from shared.contracts.routing.flights import FlightDeparted
from shared.contracts.routing.shipments import (
    ShipmentBooked,
    ShipmentDelivered,
    ShipmentDeparted,
    ShipmentStatus,
    ShipmentUnroutable,
)

SENT_AT: Final = datetime(2026, 11, 22, 8, tzinfo=UTC)
HAPPENED_AT: Final = SENT_AT - timedelta(minutes=7)
ORDERED_AT: Final = SENT_AT - timedelta(days=1)
PROMISED_AT: Final = SENT_AT + timedelta(days=3)
VERSION: Final = 4

ORDER: Final[dict[str, Any]] = {"order_id": "ord_1", "merchant_id": "mer_1"}
ORDERED: Final[dict[str, Any]] = ORDER | {
    "belt": "wigs",
    "store": "DE",
    "order_number": "A-1",
    "ordered_at": ORDERED_AT,
    "placed_at": HAPPENED_AT,
    "ship_to": ShipTo(country="FR"),
    "currency": "EUR",
    "total_minor": 1_250,
    "lines": (),
    "gross_weight_g": 700,
    "net_weight_g": 600,
    "volume_cm3": 9,
}
DECLARED: Final[dict[str, Any]] = ORDER | {
    "declaration_id": "dec_1",
    "shipment_id": "shp_1",
    "at": HAPPENED_AT,
    "status": "any",
}
SHIPPED: Final[dict[str, Any]] = ORDER | {"shipment_id": "shp_1"}


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
        MerchantRegistered(
            merchant_id="mer_1",
            name={"en": "Factory"},
            belt="wigs",
            has_office=True,
            synthetic=False,
            registered_at=HAPPENED_AT,
        ),
        MerchantFact("mer_1", "mer_1", "wigs", True, False, HAPPENED_AT, VERSION),
    ),
    (OrderPlaced(**ORDERED), stated(placed_at=HAPPENED_AT, state="placed")),
    (
        OrderBackordered(**ORDERED, shortages=()),
        stated(backordered_at=SENT_AT, state="backordered"),
    ),
    (
        OrderCancelled(**ORDER, reason="no"),
        order(cancelled_at=SENT_AT, state="cancelled", version=VERSION),
    ),
    (
        OrderStatusChanged(**ORDER, status_before="placed", status="held"),
        order(state="held", version=VERSION),
    ),
    (DeclarationSubmitted(**DECLARED), order(submitted_at=HAPPENED_AT)),
    (DeclarationBlocked(**DECLARED), order(blocked_at=HAPPENED_AT)),
    (DeclarationAccepted(**DECLARED), order(accepted_at=HAPPENED_AT)),
    (DeclarationInspection(**DECLARED), order(inspection_at=HAPPENED_AT)),
    (DeclarationReturned(**DECLARED), order(returned_at=HAPPENED_AT)),
    (DeclarationReleased(**DECLARED), order(released_at=HAPPENED_AT)),
    (DeclarationClosed(**DECLARED), order(closed_at=HAPPENED_AT)),
    (DeclarationScreened(**DECLARED, lane=1, passed=True), order(screened_at=HAPPENED_AT)),
    # A failed screening holds the parcel: it is not screened yet.
    (DeclarationScreened(**DECLARED, lane=1, passed=False), order()),
    (
        ShipmentBooked(
            **SHIPPED,
            house_waybill="H1",
            itinerary=(),
            cut_off_at=SENT_AT,
            promised_at=PROMISED_AT,
            gross_weight_g=700,
            volume_cm3=9,
            pieces=1,
            destination_country="FR",
        ),
        order(booked_at=SENT_AT, promised_at=PROMISED_AT, booking=VERSION),
    ),
    (
        ShipmentUnroutable(**SHIPPED, code="no_service", reason="r", remedy="m"),
        order(unroutable_at=SENT_AT),
    ),
    (
        ShipmentDeparted(
            **SHIPPED,
            house_waybill="H1",
            master_waybill="020-81140743",
            flight_id="flt_1",
            flight_number="O3701",
            departed_at=HAPPENED_AT,
            gross_weight_g=700,
        ),
        order(departed_at=HAPPENED_AT, departed_weight_g=700),
    ),
    (
        ShipmentDelivered(
            **SHIPPED,
            house_waybill="H1",
            airport="LGG",
            delivered_at=HAPPENED_AT,
            promised_at=PROMISED_AT,
        ),
        order(delivered_at=HAPPENED_AT),
    ),
    (
        FlightDeparted(
            flight_id="flt_1",
            flight_number="O3701",
            mode="air",
            origin="EHU",
            destination="LGG",
            departed_at=HAPPENED_AT,
            master_waybill=None,
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
    assert fact_of(envelope(payload)) == fact


def test_every_interpreter_has_a_case() -> None:
    assert {payload.event_type for payload, _ in CASES} == set(INTERPRETERS)


def test_other_events_carry_no_fact() -> None:
    status = ShipmentStatus(**SHIPPED, code="RCF", airport="LGG", occurred_at=HAPPENED_AT)
    assert fact_of(envelope(status)) is None


def envelope(payload: EventPayload) -> Envelope:
    return Envelope(
        id="evt_1",
        source="/test",
        type=payload.event_type,
        subject="subject",
        time=SENT_AT,
        tenant_id="mer_1",
        aggregate_version=VERSION,
        traceparent=None,
        data=payload.model_dump_json().encode(),
    )
