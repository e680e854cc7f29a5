"""Flights that have left."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class DepartedFlight:
    """How many shipments a departure message has to name."""

    id: str
    flight_number: str
    mode: str
    master_waybill: str | None
    shipments: int
    departed_at: datetime
