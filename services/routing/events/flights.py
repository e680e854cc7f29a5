"""Facts about flights as events."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.contracts.routing.flights import FlightCancelled, FlightDeparted

Row = Mapping[str, Any]


def flight_departed(
    flight: Row, *, at: datetime, shipments: int, gross_weight_g: int
) -> FlightDeparted:
    return FlightDeparted(
        flight_id=flight["id"],
        flight_number=flight["flight_number"],
        mode=flight["mode"],
        origin=flight["origin"],
        destination=flight["destination"],
        departed_at=at,
        master_waybill=flight["master_waybill"],
        shipments=shipments,
        gross_weight_g=gross_weight_g,
        synthetic=flight["synthetic"],
    )


def flight_cancelled(flight: Row, *, reason: str) -> FlightCancelled:
    return FlightCancelled(
        flight_id=flight["id"],
        flight_number=flight["flight_number"],
        origin=flight["origin"],
        destination=flight["destination"],
        departs_at=flight["departs_at"],
        reason=reason,
    )
