"""A dated flight: its statuses, and what is refused about it."""

from enum import StrEnum

from shared.kernel.errors import Conflict, NotFound, Text


class FlightStatus(StrEnum):
    """`closed`: the manifest is final; only flights from the park's airport have one."""

    SCHEDULED = "scheduled"
    CLOSED = "closed"
    DEPARTED = "departed"
    ARRIVED = "arrived"
    CANCELLED = "cancelled"


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
