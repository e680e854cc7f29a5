"""What a departed flight means to customs."""

from services.customs.domain.movements.flight import DepartedFlight
from shared.contracts.routing.flights import FlightDeparted
from shared.kafka import Received


def on_flight_departed(event: Received[FlightDeparted]) -> DepartedFlight:
    flight = event.payload
    return DepartedFlight(
        id=flight.flight_id,
        flight_number=flight.flight_number,
        mode=flight.mode,
        master_waybill=flight.master_waybill,
        shipments=flight.shipments,
        departed_at=flight.departed_at,
    )
