"""Status updates in the field's own words: Cargo-IMP FSU codes, and what makes one acceptable.

An update names what it is about: a flight, a house waybill or a master waybill.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.routing.domain.flights.flight import Flight, FlightStatus
from services.routing.domain.flights.manifest import is_due
from services.routing.domain.flights.master_waybill import checked_master_waybill
from services.routing.domain.network.fsu import (
    ARRIVED,
    DELIVERED,
    DEPARTED,
    FSU_CODES,
    MANIFESTED,
)
from services.routing.domain.shipments.house_waybill import is_house_waybill
from services.routing.domain.shipments.shipment import ShipmentStatus
from services.routing.domain.status_updates.effects import Consigned
from services.routing.domain.status_updates.plausible import (
    CLOCK_TOLERANCE,
    check_delivery_time,
    check_time,
)
from shared.kernel.errors import Conflict, Invalid, NotFound, Text
from shared.kernel.instants import rfc3339


class StatusCodeUnknown(Invalid):
    code = "routing.status_update.code_unknown"
    text = Text("{status_code} is not an FSU status code.", "{status_code} 不是 FSU 状态代码。")
    fix = Text("Use one of {known}.", "请使用以下代码之一：{known}。")


class StatusSubjectMissing(Invalid):
    code = "routing.status_update.subject_missing"
    text = Text(
        "The update does not say what it is about, or says it twice.",
        "更新未指明对象，或指明了多个对象。",
    )
    fix = Text(
        "Send one of flight_id, flight_number with departs_on, house_waybill, master_waybill.",
        "请提供 flight_id、flight_number 加 departs_on、house_waybill、master_waybill 之一。",
    )


class StatusNeedsFlight(Invalid):
    code = "routing.status_update.needs_flight"
    text = Text("{status_code} is reported for a flight.", "{status_code} 必须针对航班上报。")
    fix = Text(
        "Send flight_id, or flight_number with departs_on.",
        "请提供 flight_id，或 flight_number 加 departs_on。",
    )


class StatusInFuture(Invalid):
    code = "routing.status_update.in_future"
    text = Text("occurred_at is in the future (now: {now}).", "occurred_at 晚于当前时间（{now}）。")
    fix = Text(
        "Send it once it has happened; GET /v1/clock gives the time.",
        "请在事件发生后上报；当前时间见 GET /v1/clock。",
    )


class StatusAirportWrong(Invalid):
    code = "routing.status_update.airport_wrong"
    text = Text(
        "{status_code} of {flight} happens at {expected}, not at {airport}.",
        "{flight} 的 {status_code} 应发生在 {expected}，而非 {airport}。",
    )
    fix = Text("Correct the airport or the flight.", "请更正机场或航班。")


class StatusSubjectUnknown(NotFound):
    code = "routing.status_update.subject_unknown"
    text = Text("There is no {kind} {value}.", "{kind} {value} 不存在。")
    fix = Text(
        "Check it against GET /v1/flights or GET /v1/shipments.", "请通过航班或货件列表核对。"
    )


class ManifestOpen(Conflict):
    code = "routing.flight.manifest_open"
    text = Text(
        "The manifest of {flight} is open until {cut_off_at}.",
        "{flight} 的舱单在 {cut_off_at} 前未关闭。",
    )
    fix = Text("Report the departure after the cut-off.", "请在截止时间之后上报起飞。")


class FlightCancelledAlready(Conflict):
    code = "routing.flight.cancelled"
    text = Text("Flight {flight} is cancelled.", "航班 {flight} 已取消。")
    fix = Text("Report the flight that replaced it.", "请上报替代航班。")


class ShipmentNotUnderway(Conflict):
    code = "routing.shipment.not_underway"
    text = Text(
        "The shipment is {status}: it cannot be delivered yet.", "货件状态为 {status}，尚不能妥投。"
    )
    fix = Text("Report its departure first, then send this again.", "请先上报起飞，再重新提交。")


@dataclass(frozen=True, slots=True)
class StatusUpdate:
    """One reported fact. Exactly one subject is set; `departs_on` is local at the origin."""

    code: str
    airport: str
    occurred_at: datetime
    flight_id: str | None = None
    flight_number: str | None = None
    departs_on: date | None = None
    house_waybill: str | None = None
    master_waybill: str | None = None

    @property
    def flight_name(self) -> str | None:
        """How it names its flight, for people; None if it is about a waybill."""
        if self.flight_number is not None and self.departs_on is not None:
            return f"{self.flight_number} of {self.departs_on.isoformat()}"
        return self.flight_id


def checked(update: StatusUpdate, *, now: datetime) -> None:
    """What can be said without looking anything up. Raises Invalid subclasses with a pointer."""
    if update.code not in FSU_CODES:
        known = ", ".join(sorted(FSU_CODES))
        raise StatusCodeUnknown(pointer="/code", status_code=update.code, known=known)
    if update.occurred_at > now + CLOCK_TOLERANCE:
        raise StatusInFuture(pointer="/occurred_at", now=rfc3339(now))
    by_number = update.flight_number is not None and update.departs_on is not None
    half = (update.flight_number is None) != (update.departs_on is None)
    by_flight = update.flight_id is not None or by_number
    subjects = (
        update.flight_id is not None,
        by_number,
        update.house_waybill is not None,
        update.master_waybill is not None,
    )
    if half or sum(subjects) != 1:
        raise StatusSubjectMissing(pointer="")
    if update.code in (DEPARTED, ARRIVED) and not by_flight:
        raise StatusNeedsFlight(pointer="/flight_id", status_code=update.code)
    if update.house_waybill is not None and not is_house_waybill(update.house_waybill):
        raise StatusSubjectUnknown(kind="house waybill", value=update.house_waybill)
    if update.master_waybill is not None:
        checked_master_waybill(update.master_waybill)


def _place(code: str, *, origin: str, destination: str) -> str | None:
    """Where that happens; None: at either end."""
    if code in (DEPARTED, MANIFESTED):
        return origin
    return destination if code in (ARRIVED, "RCF", DELIVERED) else None


def flight_meant(update: StatusUpdate, legs: Sequence[Flight]) -> Flight | None:
    """A through flight has one number, and several of its legs may leave on the same local day: the
    airport decides. Then the hour, if it calls there twice. None without legs.
    """

    def badness(leg: Flight) -> tuple[bool, float]:
        place = _place(update.code, origin=leg.origin, destination=leg.destination)
        places = (leg.origin, leg.destination) if place is None else (place,)
        is_left = update.airport == leg.origin
        planned_at = leg.departs_at if is_left else leg.arrives_at
        away_s = abs((update.occurred_at - planned_at).total_seconds())
        return update.airport not in places, away_s

    return min(legs, key=badness, default=None)


def check_airport(update: StatusUpdate, *, flight: str, origin: str, destination: str) -> None:
    """DEP and MAN happen at the origin, ARR, RCF and DLV at the destination."""
    place = _place(update.code, origin=origin, destination=destination)
    if place is not None and place != update.airport:
        raise StatusAirportWrong(
            pointer="/airport",
            status_code=update.code,
            flight=flight,
            expected=place,
            airport=update.airport,
        )


def check_flight(update: StatusUpdate, flight: Flight, *, now: datetime) -> None:
    """Does the update fit its flight? Raises the refusals above."""
    number = flight.number
    check_airport(update, flight=number, origin=flight.origin, destination=flight.destination)
    check_time(update.code, flight, at=update.occurred_at)
    if flight.status is FlightStatus.CANCELLED:
        raise FlightCancelledAlready(flight=number)
    if update.code == DEPARTED and flight.has_open_manifest and not is_due(flight, now=now):
        assert flight.cut_off_at is not None
        raise ManifestOpen(flight=number, cut_off_at=rfc3339(flight.cut_off_at))


def check_house_delivery(update: StatusUpdate, consigned: Consigned) -> None:
    """What never left the park cannot be delivered. Raises ShipmentNotUnderway,
    StatusBeforeFlight.
    """
    underway = (ShipmentStatus.DEPARTED, ShipmentStatus.ARRIVED, ShipmentStatus.DELIVERED)
    if consigned.status not in underway:
        raise ShipmentNotUnderway(status=consigned.status)
    assert update.house_waybill is not None
    check_delivery_time(
        update.house_waybill, departed_at=consigned.departed_at, at=update.occurred_at
    )
