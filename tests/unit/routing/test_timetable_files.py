"""Timetable files: what is taken, what is not, and where each fault is told."""

from datetime import date

import pytest

from services.routing.domain.timetable import faults
from services.routing.domain.timetable.files import TimetableFile, read_timetable
from services.routing.domain.timetable.rows import (
    TimetableColumnsWrong,
    TimetableNotCsv,
    TimetableNotText,
)
from tests.support.timetables import AIRPORTS, VEHICLES, a_row, a_timetable, read


def told(file: TimetableFile) -> list[tuple[int, str, str]]:
    """(line, column, code without its prefix) of each fault."""
    return [
        (fault.line, fault.column, fault.kind.code.removeprefix("routing.timetable."))
        for fault in file.faults
    ]


def test_a_row_becomes_a_schedule_with_what_the_vehicle_takes() -> None:
    file = read(a_row())

    assert told(file) == []
    (one,) = file.schedules
    schedule, (leg,) = one.schedule, one.schedule.legs
    assert (schedule.flight_number, schedule.weekdays) == ("LH8400", 0b0010101)
    assert (schedule.valid_from, schedule.valid_to) == (date(2026, 11, 30), date(2026, 12, 20))
    assert (leg.departs_min, leg.arrives_min, leg.arrives_day) == (23 * 60 + 30, 80, 1)
    assert (leg.mode, leg.payload_kg, leg.volume_dm3) == ("air", 52_400, 438_000)
    assert leg.distance_km is not None
    assert 860 < leg.distance_km < 870


def test_columns_that_may_be_left_out_have_their_defaults() -> None:
    text = (
        "flight_number,carrier,valid_from,weekdays,origin,destination,departs_local,"
        "arrives_local,vehicle,basis,source,as_of\n"
        "LH8400,LH,2026-11-30,135,EHU,SZX,0730,9:20,B763F,reported,LH winter 26,2026-10-01\n"
    )

    file = read_timetable(
        b"\xef\xbb\xbf" + text.encode(), airports=AIRPORTS, carriers=["LH"], vehicles=VEHICLES
    )

    assert told(file) == []
    schedule = file.schedules[0].schedule
    assert (schedule.valid_to, schedule.legs[0].leg_no) == (None, 1)
    assert (schedule.legs[0].departs_min, schedule.legs[0].arrives_min) == (450, 560)


def test_a_through_flight_is_one_schedule_whatever_the_order_of_its_rows() -> None:
    second = a_row(
        leg=2, origin="ANC", destination="LAX", departs_local="21:00", arrives_local="03:10",
        departs_day=0, arrives_day=1, vehicle="B744F",
    )  # fmt: skip
    first = a_row(
        destination="ANC", departs_local="23:00", arrives_local="18:00", arrives_day=0,
        vehicle="B744F",
    )  # fmt: skip

    file = read(second, first)

    assert told(file) == []
    assert [leg.destination for leg in file.schedules[0].schedule.legs] == ["ANC", "LAX"]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"carrier": "ZZ"}, ("carrier", "carrier_unknown")),
        ({"carrier": ""}, ("carrier", "value_missing")),
        ({"flight_number": "EK8400"}, ("flight_number", "flight_number_wrong")),
        ({"flight_number": "LH84000"}, ("flight_number", "flight_number_wrong")),
        ({"valid_from": "30.11.2026"}, ("valid_from", "date_wrong")),
        ({"valid_from": "20261130"}, ("valid_from", "date_wrong")),
        ({"valid_to": "2026-02-30"}, ("valid_to", "date_wrong")),
        ({"weekdays": "1.3.8.."}, ("weekdays", "weekdays_wrong")),
        ({"leg": "0"}, ("leg", "number_wrong")),
        ({"origin": "EHX"}, ("origin", "airport_unknown")),
        ({"departs_local": "24:00"}, ("departs_local", "time_wrong")),
        ({"departs_local": "730"}, ("departs_local", "time_wrong")),
        ({"arrives_day": "-1"}, ("arrives_day", "number_wrong")),
        ({"arrives_day": "１"}, ("arrives_day", "number_wrong")),
        ({"vehicle": "A225"}, ("vehicle", "vehicle_unknown")),
        ({"payload_kg": "1.5"}, ("payload_kg", "number_wrong")),
        ({"payload_kg": "52401"}, ("payload_kg", "capacity_above_vehicle")),
        ({"volume_dm3": "438001"}, ("volume_dm3", "capacity_above_vehicle")),
        ({"basis": "guessed"}, ("basis", "basis_wrong")),
        ({"source": "x" * 201}, ("source", "value_too_long")),
        ({"valid_to": "2026-11-29"}, ("valid_to", "validity_wrong")),
        ({"valid_to": "2026-12-01", "weekdays": "7"}, ("weekdays", "no_operating_day")),
        ({"destination": "EHU"}, ("destination", "leg_to_itself")),
        ({"arrives_day": "0"}, ("arrives_local", "arrives_before_departure")),
        ({"arrives_local": "23:50", "arrives_day": "0"}, ("arrives_local", "leg_too_fast")),
        (
            {"destination": "FRA", "arrives_local": "12:00", "vehicle": "AT76F"},
            ("vehicle", "leg_out_of_range"),
        ),
        # Fuel takes the place of payload: it carries 52.4 t as far as 6,025 km.
        (
            {"destination": "FRA", "arrives_local": "12:00", "payload_kg": "52400"},
            ("payload_kg", "capacity_above_vehicle"),
        ),
    ],
)
def test_a_fault_names_its_line_and_column(
    cells: dict[str, str], expected: tuple[str, str]
) -> None:
    file = read(a_row(flight_number="8401"), a_row(**cells))

    assert told(file) == [(3, *expected)]
    assert [one.line for one in file.schedules] == [2]


def test_a_row_with_several_faults_tells_all() -> None:
    file = read(a_row(origin="EHX", departs_local="9", basis=""))

    assert [column for _, column, _ in told(file)] == ["origin", "departs_local", "basis"]
    assert file.schedules == ()


def test_a_short_night_of_spring_turns_a_hop_round() -> None:
    """02:50 of 29 March 2026 is 03:50 in Belgium and Germany; the truck is due at 03:10."""
    cells = {
        "origin": "LGG", "destination": "CGN", "departs_local": "02:50", "arrives_local": "04:40",
        "arrives_day": 0, "vehicle": "truck", "valid_from": "2026-03-27",
        "valid_to": "2026-03-30", "weekdays": "1234567",
    }  # fmt: skip
    assert {"LGG", "CGN"} <= AIRPORTS.keys()
    assert told(read(a_row(**cells))) == [(2, "arrives_local", "leg_too_fast")]

    file = read(a_row(**{**cells, "arrives_local": "03:10"}))

    assert told(file) == [(2, "arrives_local", "arrives_before_departure")]
    assert file.faults[0].params["day"] == "2026-03-29"
    before = {**cells, "valid_to": "2026-03-28"}
    assert told(read(a_row(**before))) == []


def _two_legs(**second: object) -> tuple[str, str]:
    leg = {
        "leg": 2, "origin": "SZX", "destination": "HAN", "departs_local": "03:00",
        "departs_day": 1, "arrives_local": "04:10",
    }  # fmt: skip
    return a_row(), a_row(**{**leg, **second})


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ({"origin": "CAN"}, [(2, "", "trip_not_taken"), (3, "origin", "legs_do_not_chain")]),
        (
            {"departs_local": "01:19"},
            [(2, "", "trip_not_taken"), (3, "departs_local", "leg_leaves_before_arrival")],
        ),
        ({"leg": 3}, [(2, "", "trip_not_taken"), (3, "leg", "leg_missing")]),
        ({"leg": 1}, [(2, "", "trip_not_taken"), (3, "leg", "leg_twice")]),
        ({"source": "another"}, [(2, "", "trip_not_taken"), (3, "source", "legs_disagree")]),
        ({"vehicle": "A225"}, [(2, "", "trip_not_taken"), (3, "vehicle", "vehicle_unknown")]),
        ({"weekdays": "x"}, [(2, "", "trip_not_taken"), (3, "weekdays", "weekdays_wrong")]),
    ],
)
def test_a_trip_with_one_bad_leg_is_bad_as_a_whole(
    second: dict[str, object], expected: list[tuple[int, str, str]]
) -> None:
    assert {"HAN"} <= AIRPORTS.keys()
    file = read(*_two_legs(**second), a_row(flight_number="1"))

    assert told(file) == expected
    assert [one.schedule.flight_number for one in file.schedules] == ["LH1"]


def test_goods_may_stay_aboard_for_no_time_at_all() -> None:
    assert told(read(*_two_legs(departs_local="01:20"))) == []


def test_an_unreadable_period_of_a_number_does_not_spoil_another_one() -> None:
    """Which trip lacks the row is known if its period and weekdays can be read."""
    other = a_row(valid_from="2026-12-21", valid_to="2026-12-31")

    assert [one.line for one in read(a_row(origin="EHX"), other).schedules] == [3]
    assert read(a_row(valid_to="soon"), other).schedules == ()


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        ({}, {"weekdays": "..3...."}, 3),
        ({"valid_to": ""}, {"valid_to": "", "valid_from": "2027-06-01"}, 3),
        ({}, {"valid_from": "2026-12-18", "valid_to": "2026-12-18", "weekdays": "5"}, 1),
        ({}, {"valid_from": "2026-12-21", "valid_to": ""}, None),
        ({}, {"weekdays": ".2.4.67"}, None),
    ],
)
def test_a_flight_number_is_flown_once_a_day(
    first: dict[str, str], second: dict[str, str], shared: int | None
) -> None:
    file = read(a_row(**first), a_row(**second))

    if shared is None:
        assert told(file) == []
        return
    assert told(file) == [(3, "", "periods_overlap")]
    assert file.faults[0].params["days"] == shared
    assert file.faults[0].params["other"] == 2


def test_one_day_after_the_other_is_no_overlap() -> None:
    days = [
        a_row(valid_from=day, valid_to=day, weekdays="1234567")
        for day in ("2026-12-02", "2026-12-01", "2026-12-03")
    ]

    file = read(*days, days[0])

    assert told(file) == [(5, "leg", "leg_twice"), (2, "", "trip_not_taken")][::-1]
    assert [one.schedule.valid_from.day for one in file.schedules] == [1, 3]


def test_what_the_file_speaks_of() -> None:
    file = read(
        a_row(),
        a_row(
            carrier="EK", flight_number="1", valid_from="2026-12-24", valid_to="2026-12-25",
            weekdays="4",
        ),
        a_row(flight_number="9", vehicle="A225"),
    )  # fmt: skip

    assert file.rows == 3
    assert file.carriers == {"LH", "EK"}
    assert file.flight_numbers == {"LH8400", "EK1", "LH9"}
    assert file.is_complete
    assert file.days is not None
    assert (file.days.valid_from, file.days.valid_to) == (date(2026, 11, 30), date(2026, 12, 25))
    assert not read(a_row(), a_row(flight_number="?")).is_complete


def test_cells_and_columns_that_do_not_fit() -> None:
    text = a_timetable(a_row(), "LH,8401").decode().replace("as_of\n", "as_of,notes\n", 1)
    text = text.replace("2026-11-28\n", '2026-11-28,"two\nlines"\n', 1)

    file = read_timetable(text.encode(), airports=AIRPORTS, carriers=["LH"], vehicles=VEHICLES)

    assert told(file) == [(1, "notes", "column_unknown"), (4, "", "row_cells")]
    assert len(file.schedules) == 1


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", TimetableColumnsWrong),
        (b"carrier,carrier\nLH,LH\n", TimetableColumnsWrong),
        ("航班,carrier\n".encode("gb18030"), TimetableNotText),
        (a_timetable('LH,"8400'), TimetableNotCsv),
        (b"PK\x03\x04\x00\x00", TimetableColumnsWrong),
    ],
)
def test_what_is_no_timetable_is_refused_as_a_whole(
    content: bytes, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        read_timetable(content, airports=AIRPORTS, carriers=["LH"], vehicles=VEHICLES)


def test_every_fault_has_its_texts_filled() -> None:
    file = read(
        a_row(origin="EHX", basis="x", departs_day="-"), *_two_legs(origin="CAN"), a_row(), a_row()
    )

    for fault in file.faults:
        for text in (fault.kind.text, fault.kind.fix):
            for shown in (text.en, text.zh):
                assert "{" not in shown.format(**fault.params)
    assert faults.OVERLAP.code == "routing.timetable.periods_overlap"
