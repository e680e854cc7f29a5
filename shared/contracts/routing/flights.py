"""Flights of the timetable. Aggregate: flight (`flt_…`)."""

from datetime import datetime
from typing import ClassVar, Literal

from shared.contracts.envelope import EventPayload
from shared.contracts.topics import ROUTING_FLIGHTS


class FlightDeparted(EventPayload):
    """Flight events have the tenant `park`. Weight and count are of the goods actually aboard."""

    event_type: ClassVar[str] = "routing.flight.departed"
    topic: ClassVar[str] = ROUTING_FLIGHTS

    flight_id: str
    flight_number: str
    mode: Literal["air", "road"]
    origin: str
    destination: str
    departed_at: datetime
    master_waybill: str | None
    shipments: int
    gross_weight_g: int
    synthetic: bool = True


class FlightCancelled(EventPayload):
    event_type: ClassVar[str] = "routing.flight.cancelled"
    topic: ClassVar[str] = ROUTING_FLIGHTS

    flight_id: str
    flight_number: str
    origin: str
    destination: str
    departs_at: datetime
    reason: str


class FlightRescheduled(EventPayload):
    """It departs or arrives at other times, or elsewhere; or it is flown after all, having been
    cancelled. Shipments that are rebooked for it have events of their own.
    """

    event_type: ClassVar[str] = "routing.flight.rescheduled"
    topic: ClassVar[str] = ROUTING_FLIGHTS

    flight_id: str
    flight_number: str
    origin: str
    destination: str
    departs_at: datetime
    arrives_at: datetime
    previous_departs_at: datetime
    previous_arrives_at: datetime
    reason: str
    synthetic: bool
