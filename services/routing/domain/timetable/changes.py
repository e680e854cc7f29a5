"""Changing a dated flight: what may change, what of it is kept, and which shipments lose their
place by it.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from services.routing.domain.flights.flight import FlightStatus
from services.routing.domain.network.records import Mode
from services.routing.domain.network.times import HandlingTimes
from shared.kernel.errors import Conflict, Invalid, Text

Capacity = Literal["capacity_g", "capacity_cm3"]


@dataclass(frozen=True, slots=True)
class FlightPlan:
    """What is to be flown, as a timetable or an operator says. `departs_on` is local."""

    schedule_id: str | None
    mode: Mode
    vehicle: str
    origin: str
    destination: str
    departs_on: date
    departs_at: datetime
    arrives_at: datetime
    cut_off_at: datetime | None
    capacity_g: int
    capacity_cm3: int
    synthetic: bool


@dataclass(frozen=True, slots=True)
class PlannedFlight:
    """A flight as it is, with what is left on it. `leg_no` counts within its trip."""

    id: str
    number: str
    operated_on: date | None
    leg_no: int
    status: FlightStatus
    plan: FlightPlan
    remaining_g: int
    remaining_cm3: int
    booked_shipments: int
    version: int

    @property
    def held_g(self) -> int:
        return self.plan.capacity_g - self.remaining_g

    @property
    def held_cm3(self) -> int:
        return self.plan.capacity_cm3 - self.remaining_cm3

    def is_open(self, now: datetime) -> bool:
        """What has been closed, or is about to be, is not changed any more."""
        cut_off_at = self.plan.cut_off_at or self.plan.departs_at
        return self.status is FlightStatus.SCHEDULED and now < min(cut_off_at, self.plan.departs_at)


@dataclass(frozen=True, slots=True)
class FlightChange:
    """`after` is what will be flown: not less of the capacity than is `kept` for what is booked.

    `is_told`: the change has an event.
    """

    before: PlannedFlight
    after: FlightPlan
    kept: tuple[Capacity, ...]
    is_told: bool

    @property
    def version(self) -> int:
        return self.before.version + self.is_told


class FlightNotChangeable(Conflict):
    code = "routing.flight.not_changeable"
    text = Text(
        "Flight {flight} is {status}, or its manifest is about to close: it stays as it is.",
        "航班 {flight} 状态为 {status}，或其舱单即将关闭，不能再更改。",
    )
    fix = Text(
        "Only scheduled flights are changed, until their cut-off. Report what happens to others to"
        " POST /v1/status-updates, or cancel them.",
        "仅 scheduled 状态且未到截载时间的航班可更改；其他情况请通过 POST /v1/status-updates"
        " 上报或取消航班。",
    )


class FlightTimesWrong(Invalid):
    code = "routing.flight.times_wrong"
    text = Text(
        "A flight arrives after it departs, and neither the departure nor the cut-off before it"
        " may have passed.",
        "到达须晚于起飞，且起飞和截载时间不能早于当前时间。",
    )
    fix = Text(
        "Give both departs_at and arrives_at; GET /v1/clock shows the business time.",
        "请同时提供 departs_at 和 arrives_at；业务时间见 GET /v1/clock。",
    )


class CapacityBelowBooked(Conflict):
    code = "routing.flight.capacity_below_booked"
    text = Text(
        "{booked_g} g and {booked_cm3} cm³ are booked on flight {flight} already.",
        "航班 {flight} 已订 {booked_g} 克、{booked_cm3} 立方厘米。",
    )
    fix = Text(
        "Ask for at least that much, or cancel the flight: its shipments are rebooked then.",
        "请提供不低于已订的舱位，或取消航班以改订货件。",
    )
    members = ("booked_g", "booked_cm3")


def change(flight: PlannedFlight, wanted: FlightPlan) -> FlightChange | None:
    """The change that makes of a flight what is wanted; None: it is that already."""
    plan = flight.plan
    kept: list[Capacity] = []
    if wanted.capacity_g < flight.held_g:
        kept.append("capacity_g")
    if wanted.capacity_cm3 < flight.held_cm3:
        kept.append("capacity_cm3")
    after = replace(
        wanted,
        capacity_g=max(wanted.capacity_g, flight.held_g),
        capacity_cm3=max(wanted.capacity_cm3, flight.held_cm3),
    )
    is_back = flight.status is FlightStatus.CANCELLED
    if after == plan and not is_back and not kept:
        return None
    is_moved = (after.departs_at, after.arrives_at) != (plan.departs_at, plan.arrives_at)
    is_moved |= (after.origin, after.destination) != (plan.origin, plan.destination)
    return FlightChange(flight, after, tuple(kept), is_told=is_moved or is_back)


def check_change(change: FlightChange, now: datetime) -> None:
    """For a change that somebody asks for. Raises FlightNotChangeable, FlightTimesWrong,
    CapacityBelowBooked.
    """
    before, after = change.before, change.after
    if not before.is_open(now):
        raise FlightNotChangeable(flight=before.number, status=before.status)
    if not can_be_flown(after, now):
        raise FlightTimesWrong
    if change.kept:
        raise CapacityBelowBooked(
            flight=before.number, booked_g=before.held_g, booked_cm3=before.held_cm3
        )


def can_be_flown(plan: FlightPlan, now: datetime) -> bool:
    """Its times are in order, and nothing of it has passed."""
    begins_at = min(plan.cut_off_at or plan.departs_at, plan.departs_at)
    return now < begins_at and plan.departs_at < plan.arrives_at


@dataclass(frozen=True, slots=True)
class NextTo:
    """The flight before or after one in an itinerary: when it arrives, or departs."""

    number: str
    operated_on: date | None
    leg_no: int
    mode: Mode
    at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """What a shipment holds on a flight that has changed. `leg_no` counts within its itinerary.

    `came_by` and `goes_on_by`: the flights before and after, None where it begins or ends.
    `ready_at`: when handling at the park's airport is done, None if it is or does not matter.
    """

    shipment_id: str
    flight_id: str
    leg_no: int
    came_by: NextTo | None
    goes_on_by: NextTo | None
    ready_at: datetime | None


def keeps(place: Place, change: FlightChange, handling: HandlingTimes, now: datetime) -> bool:
    """Whether the way of a shipment still holds, and gets it there no later.

    Goods that would come later look for a better way first, and get the same flight if there is
    none: the promise is then made anew.
    """
    flight, plan = change.before, change.after
    if (plan.origin, plan.destination) != (flight.plan.origin, flight.plan.destination):
        return False
    if place.came_by is None:
        cut_off_at = plan.cut_off_at or plan.departs_at
        is_in_time = now < cut_off_at
        if place.ready_at is not None and plan.departs_at < place.ready_at:
            is_in_time = False
    else:
        minutes = handling.connection(plan.origin, place.came_by.mode, plan.mode)
        if _stays_aboard(flight, place.came_by, step=-1):
            minutes = 0
        is_in_time = place.came_by.at + timedelta(minutes=minutes) <= plan.departs_at
    if place.goes_on_by is None:
        return is_in_time and plan.arrives_at <= flight.plan.arrives_at
    minutes = handling.connection(plan.destination, plan.mode, place.goes_on_by.mode)
    if _stays_aboard(flight, place.goes_on_by, step=1):
        minutes = 0
    return is_in_time and plan.arrives_at + timedelta(minutes=minutes) <= place.goes_on_by.at


def _stays_aboard(flight: PlannedFlight, other: NextTo, *, step: int) -> bool:
    """The two are legs of one trip: goods that stay aboard need no time."""
    own = (flight.number, flight.operated_on, flight.leg_no + step)
    return own == (other.number, other.operated_on, other.leg_no)
