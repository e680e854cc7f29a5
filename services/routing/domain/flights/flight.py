"""A dated flight: its statuses, what was reported of it, and what is refused about it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.routing.domain.network.records import Mode
from shared.kernel.errors import Conflict, NotFound, Text


class FlightStatus(StrEnum):
    """`closed`: the manifest is final; only flights from the park's airport have one."""

    SCHEDULED = "scheduled"
    CLOSED = "closed"
    DEPARTED = "departed"
    ARRIVED = "arrived"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Flight:
    """`departs_at` and `arrives_at` are by the timetable. `departed_at`, `arrived_at` and
    `delivered_at` are what was reported, whatever the order it came in; `status` is what it led to.
    """

    id: str
    number: str
    carrier: str
    mode: Mode
    origin: str
    destination: str
    departs_at: datetime
    arrives_at: datetime
    cut_off_at: datetime | None
    status: FlightStatus
    master_waybill: str | None
    departed_at: datetime | None
    arrived_at: datetime | None
    delivered_at: datetime | None
    synthetic: bool
    version: int

    @property
    def has_open_manifest(self) -> bool:
        return self.status is FlightStatus.SCHEDULED and self.cut_off_at is not None


class FlightNotFound(NotFound):
    code = "routing.flight.not_found"
    text = Text("There is no flight {flight}.", "航班 {flight} 不存在。")
    fix = Text("GET /v1/flights lists all flights.", "请通过 GET /v1/flights 查看航班。")


class FlightNotCancellable(Conflict):
    code = "routing.flight.not_cancellable"
    text = Text(
        "Flight {flight} is {status} and can no longer be cancelled.",
        "航班 {flight} 当前状态为 {status}，不能取消。",
    )
    fix = Text(
        "Only scheduled and closed flights can be cancelled.",
        "只有 scheduled 或 closed 状态可取消。",
    )


def is_to_cancel(flight: Flight) -> bool:
    """False: it is cancelled already. Raises FlightNotCancellable."""
    if flight.status is FlightStatus.CANCELLED:
        return False
    if flight.status not in (FlightStatus.SCHEDULED, FlightStatus.CLOSED):
        raise FlightNotCancellable(flight=flight.number, status=flight.status)
    return True
