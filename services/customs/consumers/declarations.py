"""What events about orders and shipments mean to customs: facts for the dossier of an order."""

from services.customs.domain.declarations.documents import (
    OrderDocument,
    OrderLine,
    Unroutable,
    Waybill,
)
from services.customs.domain.declarations.facts import (
    CancelFact,
    DepartureFact,
    DossierFacts,
    OrderFact,
    ShipmentFact,
)
from shared.contracts.catalog.orders import OrderCancelled, OrderPlaced
from shared.contracts.envelope import EventPayload, MalformedEvent
from shared.contracts.routing.shipments import ShipmentBooked, ShipmentDeparted, ShipmentUnroutable
from shared.kafka import Received


def on_order_placed(event: Received[OrderPlaced]) -> DossierFacts:
    order = event.payload
    document = OrderDocument(
        order_id=order.order_id,
        merchant_id=order.merchant_id,
        currency=order.currency,
        country=order.ship_to.country,
        total_minor=order.total_minor,
        net_weight_g=order.net_weight_g,
        gross_weight_g=order.gross_weight_g,
        lines=tuple(
            OrderLine(
                line=line.line,
                sku=line.sku,
                title=line.title_en,
                quantity=line.quantity,
                unit_price_minor=line.unit_price_minor,
                hs_code=line.hs_code,
                net_weight_g=line.net_weight_g,
                gross_weight_g=line.gross_weight_g,
                title_zh=line.title_zh,
                brand=line.brand,
                material=line.material,
                gtin=line.gtin,
                specification=line.specification,
            )
            for line in order.lines
        ),
        store=order.store,
        order_number=order.order_number,
    )
    return DossierFacts(
        order_id=order.order_id,
        merchant_id=_own(event, order.merchant_id),
        order=OrderFact(event.envelope.aggregate_version, document),
        traceparent=event.envelope.traceparent,
    )


def on_order_cancelled(event: Received[OrderCancelled]) -> DossierFacts:
    order = event.payload
    return DossierFacts(
        order_id=order.order_id,
        merchant_id=_own(event, order.merchant_id),
        cancel=CancelFact(order.reason, event.envelope.time),
        traceparent=event.envelope.traceparent,
    )


def on_shipment_booked(event: Received[ShipmentBooked]) -> DossierFacts:
    booked = event.payload
    first = booked.itinerary[0] if booked.itinerary else None
    waybill = Waybill(
        order_id=booked.order_id,
        shipment_id=booked.shipment_id,
        house_waybill=booked.house_waybill,
        country=booked.destination_country,
        gross_weight_g=booked.gross_weight_g,
        pieces=booked.pieces,
        mode=first.mode if first else "air",
        flight_id=first.flight_id if first else None,
        flight_number=first.flight_number if first else None,
        departs_at=first.departs_at if first else None,
    )
    return DossierFacts(
        order_id=booked.order_id,
        merchant_id=_own(event, booked.merchant_id),
        shipment=ShipmentFact(
            version=event.envelope.aggregate_version,
            shipment_id=booked.shipment_id,
            waybill=waybill,
            cut_off_at=booked.cut_off_at,
        ),
        traceparent=event.envelope.traceparent,
    )


def on_shipment_unroutable(event: Received[ShipmentUnroutable]) -> DossierFacts:
    shipment = event.payload
    return DossierFacts(
        order_id=shipment.order_id,
        merchant_id=_own(event, shipment.merchant_id),
        shipment=ShipmentFact(
            version=event.envelope.aggregate_version,
            shipment_id=shipment.shipment_id,
            unroutable=Unroutable(shipment.code, shipment.reason, shipment.remedy),
        ),
        traceparent=event.envelope.traceparent,
    )


def on_shipment_departed(event: Received[ShipmentDeparted]) -> DossierFacts:
    departed = event.payload
    return DossierFacts(
        order_id=departed.order_id,
        merchant_id=_own(event, departed.merchant_id),
        departure=DepartureFact(
            departed_at=departed.departed_at,
            flight_id=departed.flight_id,
            flight_number=departed.flight_number,
            master_waybill=departed.master_waybill,
            house_waybill=departed.house_waybill,
        ),
        traceparent=event.envelope.traceparent,
    )


def _own(event: Received[EventPayload], merchant_id: str) -> str:
    """The merchant, which must be the event's tenant: slices run for the whole park, so row-level
    security does not see to it.
    """
    tenant_id = event.envelope.tenant_id
    if merchant_id != tenant_id:
        raise MalformedEvent(f"an event of {tenant_id} speaks of {merchant_id}")
    return merchant_id
