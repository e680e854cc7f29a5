"""What makes a status update acceptable before anything is looked up."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.routing.domain.flights.master_waybill import MasterWaybillInvalid
from services.routing.domain.shipments.shipment import pieces_of
from services.routing.domain.status_updates.status_update import (
    StatusAirportWrong,
    StatusCodeUnknown,
    StatusInFuture,
    StatusNeedsFlight,
    StatusSubjectMissing,
    StatusSubjectUnknown,
    StatusUpdate,
    check_airport,
    checked,
    flight_meant,
)
from shared.kernel.errors import AirlaneError
from tests.support.routing import a_flight, hours

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
DEP = StatusUpdate("DEP", "EHU", NOW, flight_id="flt_" + "0" * 32)


@pytest.mark.parametrize(
    "update",
    [
        DEP,
        replace(DEP, flight_id=None, flight_number="EH1640", departs_on=date(2026, 11, 22)),
        replace(DEP, code="DLV", flight_id=None, house_waybill="EHUAA00000011"),
        replace(DEP, code="RCF", flight_id=None, master_waybill="020-81140743"),
        replace(DEP, occurred_at=NOW + timedelta(minutes=9)),
    ],
)
def test_good_updates_pass(update: StatusUpdate) -> None:
    checked(update, now=NOW)


@pytest.mark.parametrize(
    ("update", "refusal"),
    [
        (replace(DEP, code="XYZ"), StatusCodeUnknown),
        (replace(DEP, occurred_at=NOW + timedelta(minutes=11)), StatusInFuture),
        (replace(DEP, flight_id=None), StatusSubjectMissing),
        (replace(DEP, house_waybill="EHUAA00000011"), StatusSubjectMissing),
        (replace(DEP, flight_id=None, flight_number="EH1640"), StatusSubjectMissing),
        (replace(DEP, departs_on=date(2026, 11, 22)), StatusSubjectMissing),
        (replace(DEP, flight_id=None, house_waybill="EHUAA00000011"), StatusNeedsFlight),
        (
            replace(DEP, code="DLV", flight_id=None, house_waybill="EHUAA00000012"),
            StatusSubjectUnknown,
        ),
        (
            replace(DEP, code="DLV", flight_id=None, master_waybill="020-81140744"),
            MasterWaybillInvalid,
        ),
    ],
)
def test_bad_updates_are_refused_by_name(update: StatusUpdate, refusal: type[AirlaneError]) -> None:
    with pytest.raises(refusal):
        checked(update, now=NOW)


@pytest.mark.parametrize(("code", "airport"), [("DEP", "LGG"), ("ARR", "EHU"), ("DLV", "EHU")])
def test_an_update_at_the_wrong_end_of_the_flight_is_refused(code: str, airport: str) -> None:
    update = replace(DEP, code=code, airport=airport)

    with pytest.raises(StatusAirportWrong):
        check_airport(update, flight="EH1640", origin="EHU", destination="LGG")


def test_pieces() -> None:
    assert [pieces_of(g) for g in (0, 30_000, 30_001, 90_000)] == [1, 1, 2, 3]


@pytest.mark.parametrize(
    ("code", "airport", "at_h", "leg"),
    [
        ("DEP", "EHU", 2, "1"),
        ("ARR", "ANC", 11, "1"),
        ("RCF", "ANC", 12, "1"),
        ("MAN", "ANC", 12, "2"),
        ("DEP", "ANC", 13, "2"),
        ("OFLD", "ANC", 13, "2"),
        ("ARR", "LAX", 18, "2"),
        ("DEP", "ANC", 40, "4"),
    ],
)
def test_of_a_through_flight_the_airport_decides_which_leg_is_meant(
    code: str, airport: str, at_h: float, leg: str
) -> None:
    """Then the hour: the last two legs call at the same airports again."""
    ends = (("EHU", "ANC", 2, 11), ("ANC", "LAX", 13, 18), ("LAX", "ANC", 30, 35))
    legs = [
        a_flight(id=str(n), origin=a, destination=b, departs_at=hours(out), arrives_at=hours(in_))
        for n, (a, b, out, in_) in enumerate((*ends, ("ANC", "LAX", 39, 44)), start=1)
    ]
    update = StatusUpdate(
        code, airport, hours(at_h), flight_number="EH1640", departs_on=date(2026, 11, 22)
    )

    for order in (legs, legs[::-1]):
        meant = flight_meant(update, order)
        assert meant is not None
        assert meant.id == leg
    assert flight_meant(update, []) is None
