"""What routing and customs publish about one order on its way."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.contracts.envelope import Envelope, EventPayload
from shared.kernel.ids import new_id
from tests.support.events.envelopes import enveloped
from tests.support.events.routing.shipments import (
    a_shipment_booked,
    a_shipment_delivered,
    a_shipment_departed,
    a_shipment_status,
    a_shipment_unroutable,
    an_itinerary_leg,
)
from tests.support.worlds.catalog import Merchant

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


class OrderWay:
    """Their events about one order, each with the next version of its aggregate."""

    def __init__(self, merchant: Merchant, order_id: str) -> None:
        self.merchant = merchant
        self.who = {"order_id": order_id, "merchant_id": merchant.id}
        self.shipment_id, self.declaration_id = new_id("shp"), new_id("dec")
        self._versions = {"routing": itertools.count(1), "customs": itertools.count(1)}

    def envelope(self, payload: EventPayload, *, tenant: str | None = None) -> Envelope:
        service = payload.event_type.partition(".")[0]
        return enveloped(
            payload,
            version=next(self._versions[service]),
            at=NOW,
            tenant_id=tenant or self.merchant.id,
        )

    def booked(self, *, rebooked: bool = False) -> Envelope:
        leg = an_itinerary_leg(
            flight_id="flt_1", departs_at=NOW, arrives_at=NOW + timedelta(hours=11)
        )
        return self.envelope(
            a_shipment_booked(
                **self._shipment,
                itinerary=(leg,),
                cut_off_at=NOW,
                promised_at=NOW + timedelta(days=2),
                rebooked=rebooked,
            )
        )

    def unroutable(self) -> Envelope:
        return self.envelope(a_shipment_unroutable(**self._shipment))

    def departed(self) -> Envelope:
        departed_at = NOW + timedelta(hours=3)
        return self.envelope(
            a_shipment_departed(**self._shipment, flight_id="flt_1", departed_at=departed_at)
        )

    def status(self) -> Envelope:
        return self.envelope(
            a_shipment_status(**self._shipment, occurred_at=NOW + timedelta(hours=14))
        )

    def delivered(self) -> Envelope:
        return self.envelope(
            a_shipment_delivered(
                **self._shipment,
                delivered_at=NOW + timedelta(days=1),
                promised_at=NOW + timedelta(days=2),
            )
        )

    def declared(self, a_fact: Callable[..., EventPayload], **changes: Any) -> Envelope:
        """What customs says; `a_fact` is one of the builders of events about declarations."""
        facts = self._shipment | {
            "declaration_id": self.declaration_id,
            "at": NOW + timedelta(minutes=5),
        }
        return self.envelope(a_fact(**(facts | changes)))

    @property
    def _shipment(self) -> dict[str, Any]:
        return self.who | {"shipment_id": self.shipment_id}
