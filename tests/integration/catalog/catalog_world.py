"""Routing and customs as catalog hears them: their events about one order."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.contracts.envelope import Envelope, EventPayload
from shared.contracts.routing.shipments import (
    ItineraryLeg,
    ShipmentBooked,
    ShipmentDelivered,
    ShipmentDeparted,
    ShipmentStatus,
    ShipmentUnroutable,
)
from shared.kernel.ids import new_id
from tests.integration.catalog.catalog_builders import (
    Merchant,
)

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


class World:
    """Routing and customs, as far as catalog hears of them."""

    def __init__(self, merchant: Merchant, order_id: str) -> None:
        self.merchant = merchant
        self.who = {"order_id": order_id, "merchant_id": merchant.id}
        self.shipment_id, self.declaration_id = new_id("shp"), new_id("dec")
        self._versions = {"routing": itertools.count(1), "customs": itertools.count(1)}

    def envelope(self, payload: EventPayload, *, tenant: str | None = None) -> Envelope:
        service = payload.event_type.partition(".")[0]
        return Envelope(
            id=new_id("evt"),
            source=f"/{service}",
            type=payload.event_type,
            subject=self.shipment_id if service == "routing" else self.declaration_id,
            time=NOW,
            tenant_id=tenant or self.merchant.id,
            aggregate_version=next(self._versions[service]),
            traceparent="00-" + "a" * 32 + "-" + "b" * 16 + "-01",
            data=payload.model_dump_json().encode(),
        )

    def booked(self, *, rebooked: bool = False) -> Envelope:
        leg = ItineraryLeg(
            flight_id="flt_1",
            flight_number="O3 201",
            mode="air",
            origin="EHU",
            destination="LGG",
            departs_at=NOW,
            arrives_at=NOW + timedelta(hours=11),
        )
        return self.envelope(
            ShipmentBooked(
                **self.who,
                shipment_id=self.shipment_id,
                house_waybill="EHU00000017",
                itinerary=(leg,),
                cut_off_at=NOW,
                promised_at=NOW + timedelta(days=2),
                gross_weight_g=220,
                volume_cm3=576,
                pieces=1,
                destination_country="GB",
                rebooked=rebooked,
            )
        )

    def unroutable(self) -> Envelope:
        return self.envelope(
            ShipmentUnroutable(
                **self.who,
                shipment_id=self.shipment_id,
                code="routing.itinerary.no_capacity",
                reason="All flights are full.",
                remedy="Wait for 24 November.",
                reason_zh="所有航班已满。",
                remedy_zh="请等待 11 月 24 日。",
            )
        )

    def departed(self) -> Envelope:
        return self.envelope(
            ShipmentDeparted(
                **self.who,
                shipment_id=self.shipment_id,
                house_waybill="EHU00000017",
                master_waybill="999-12345675",
                flight_id="flt_1",
                flight_number="O3 201",
                departed_at=NOW + timedelta(hours=3),
                gross_weight_g=220,
            )
        )

    def status(self) -> Envelope:
        return self.envelope(
            ShipmentStatus(
                **self.who,
                shipment_id=self.shipment_id,
                code="RCF",
                airport="LGG",
                occurred_at=NOW + timedelta(hours=14),
            )
        )

    def delivered(self) -> Envelope:
        return self.envelope(
            ShipmentDelivered(
                **self.who,
                shipment_id=self.shipment_id,
                house_waybill="EHU00000017",
                airport="LGG",
                delivered_at=NOW + timedelta(days=1),
                promised_at=NOW + timedelta(days=2),
            )
        )

    def declared(self, kind: type[Any], **more: Any) -> Envelope:
        facts = self.who | {
            "declaration_id": self.declaration_id,
            "shipment_id": self.shipment_id,
            "at": NOW + timedelta(minutes=5),
            "status": kind.event_type.rpartition(".")[2],
        }
        return self.envelope(kind(**(facts | more)))
