"""What events of other services mean to customs."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from services.customs.consumers.declarations import (
    on_order_cancelled,
    on_order_placed,
    on_shipment_booked,
    on_shipment_departed,
    on_shipment_unroutable,
)
from services.customs.consumers.movements import on_flight_departed
from services.customs.domain.declarations.documents import OrderLine, Unroutable
from services.customs.domain.declarations.facts import DepartureFact
from services.customs.domain.movements.flight import DepartedFlight
from shared.contracts.envelope import EventPayload, MalformedEvent
from shared.kafka import Received
from tests.support.events.catalog.orders import an_order_cancelled, an_order_line, an_order_placed
from tests.support.events.envelopes import TRACEPARENT, enveloped
from tests.support.events.routing.flights import a_flight_departed
from tests.support.events.routing.shipments import (
    a_shipment_booked,
    a_shipment_departed,
    a_shipment_unroutable,
    an_itinerary_leg,
)

P = Any


def received(payload: EventPayload, *, version: int = 1) -> Received[P]:
    return Received(payload, enveloped(payload, version=version))


def test_a_placed_order_is_the_order_document_of_its_version() -> None:
    line = an_order_line(3, quantity=4, gtin="6901234567892", specification={"use": "家用"})
    order = an_order_placed(lines=(line,), ship_to={"country": "FR"})

    facts = on_order_placed(received(order, version=7))

    assert facts.order is not None
    document = facts.order.document
    assert (facts.order_id, facts.order.version) == (order.order_id, 7)
    assert (document.country, document.total_minor) == ("FR", order.total_minor)
    assert document.lines == (
        OrderLine(
            line=3,
            sku=line.sku,
            title=line.title_en,
            quantity=4,
            unit_price_minor=line.unit_price_minor,
            hs_code=line.hs_code,
            net_weight_g=line.net_weight_g,
            gross_weight_g=line.gross_weight_g,
            title_zh="白色心形烛台",
            brand="无品牌",
            material="玻璃",
            gtin="6901234567892",
            specification={"use": "家用"},
        ),
    )
    assert (document.store, document.order_number) == ("DE", "A-1")
    assert (facts.shipment, facts.cancel, facts.departure) == (None, None, None)


def test_the_waybill_of_a_booking_has_its_first_leg() -> None:
    first, second = an_itinerary_leg(mode="road"), an_itinerary_leg()
    booked = a_shipment_booked(itinerary=(first, second))

    facts = on_shipment_booked(received(booked, version=2))

    assert facts.shipment is not None
    waybill = facts.shipment.waybill
    assert waybill is not None
    assert (waybill.mode, waybill.flight_id) == ("road", first.flight_id)
    assert (waybill.flight_number, waybill.departs_at) == (first.flight_number, first.departs_at)
    assert (waybill.house_waybill, waybill.country) == (booked.house_waybill, "DE")
    assert (facts.shipment.version, facts.shipment.cut_off_at) == (2, booked.cut_off_at)


def test_a_booking_without_legs_leaves_by_air_on_an_unknown_flight() -> None:
    facts = on_shipment_booked(received(a_shipment_booked(itinerary=())))

    assert facts.shipment is not None
    waybill = facts.shipment.waybill
    assert waybill is not None
    assert (waybill.mode, waybill.flight_id, waybill.departs_at) == ("air", None, None)


def test_an_unroutable_shipment_has_a_reason_instead_of_a_waybill() -> None:
    unroutable = a_shipment_unroutable()

    facts = on_shipment_unroutable(received(unroutable, version=3))

    assert facts.shipment is not None
    assert (facts.shipment.version, facts.shipment.waybill) == (3, None)
    assert facts.shipment.unroutable == Unroutable(
        unroutable.code, unroutable.reason, unroutable.remedy
    )


def test_a_cancellation_has_the_instant_of_its_event() -> None:
    event = received(an_order_cancelled(reason="changed my mind"))

    facts = on_order_cancelled(event)

    assert facts.cancel is not None
    assert (facts.cancel.reason, facts.cancel.at) == ("changed my mind", event.envelope.time)


def test_a_departed_shipment_is_known_with_its_flight_and_both_waybills() -> None:
    departed = a_shipment_departed()

    facts = on_shipment_departed(received(departed))

    assert facts.departure == DepartureFact(
        departed.departed_at,
        departed.flight_id,
        departed.flight_number,
        departed.master_waybill,
        departed.house_waybill,
    )


def test_a_departed_flight_says_how_many_shipments_it_carries() -> None:
    flight = a_flight_departed(shipments=12)

    assert on_flight_departed(received(flight)) == DepartedFlight(
        flight.flight_id,
        flight.flight_number,
        flight.mode,
        flight.master_waybill,
        12,
        flight.departed_at,
    )


@pytest.mark.parametrize(
    ("on_event", "payload"),
    [
        (on_order_placed, an_order_placed()),
        (on_order_cancelled, an_order_cancelled()),
        (on_shipment_booked, a_shipment_booked()),
        (on_shipment_unroutable, a_shipment_unroutable()),
        (on_shipment_departed, a_shipment_departed()),
    ],
)
def test_facts_belong_to_the_tenant_of_their_event_and_to_its_trace(
    on_event: Callable[[Received[P]], Any], payload: EventPayload
) -> None:
    own = received(payload)
    foreign = Received(payload, replace(own.envelope, tenant_id="mer_other"))

    facts = on_event(own)

    assert (facts.merchant_id, facts.traceparent) == (own.envelope.tenant_id, TRACEPARENT)
    with pytest.raises(MalformedEvent, match="mer_other"):
        on_event(foreign)
