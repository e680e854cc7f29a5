"""A timetable file from its upload to flights that are searched, and to shipments on them."""

from httpx2 import AsyncClient

from shared.kernel.json import JsonObject
from tests.support.timetables import a_row
from tests.support.worlds.timetables import CELLS, Timetable


def _times(flights: list[JsonObject]) -> set[str]:
    return {str(flight["departs_at"])[11:16] for flight in flights}


async def test_a_file_becomes_flights_of_the_days_that_can_be_booked(timetable: Timetable) -> None:
    end, country = await timetable.airport()

    done = await timetable.take(a_row(**CELLS, destination=end, arrives_local="14:00"))

    flights = await timetable.flights("SQ7001")
    assert len(flights) == 16
    assert (done["schedules_new"], done["flights_new"]) == (1, 16)
    assert (done["rows"], done["rows_failed"], done["findings"]) == (1, 0, 0)
    first = flights[0]
    assert first["departs_at"] == "2026-11-22T12:00:00Z"
    assert first["arrives_at"] == "2026-11-22T14:00:00Z"
    assert first["cut_off_at"] == "2026-11-22T10:30:00Z"
    assert (first["capacity_g"], first["remaining_cm3"]) == (50_000_000, 300_000_000)
    order_id = await timetable.world.place(country)
    assert (await timetable.world.legs(order_id))[0] in {flight["id"] for flight in flights}


async def test_the_same_file_again_answers_the_same_and_changes_nothing(
    timetable: Timetable,
) -> None:
    end, _ = await timetable.airport()
    other, _ = await timetable.airport()
    row = a_row(**CELLS | {"flight_number": "7002"}, destination=end, arrives_local="14:00")
    first = await timetable.take(row)
    before = await timetable.flights("SQ7002")

    assert (await timetable.send(row))["id"] == first["id"]
    between = a_row(**CELLS | {"flight_number": "7003"}, destination=other, arrives_local="14:00")
    await timetable.take(between)
    again = await timetable.take(row)

    assert again["id"] != first["id"]
    assert (again["schedules_new"], again["schedules_unchanged"]) == (0, 1)
    assert (again["flights_new"], again["flights_changed"], again["flights_cancelled"]) == (0, 0, 0)
    assert await timetable.flights("SQ7002") == before


async def test_a_booked_shipment_whose_flight_moves_by_ten_hours_is_rebooked(
    timetable: Timetable,
) -> None:
    world = timetable.world
    end, country = await timetable.airport()
    cells = CELLS | {"flight_number": "7004", "destination": end}
    await timetable.take(a_row(**cells, arrives_local="14:00"))
    later = await world.flight(world.hub, end, departs_h=9)
    moved, *_ = await timetable.flights("SQ7004")
    order_id = await world.place(country)
    assert await world.legs(order_id) == [moved["id"]]

    done = await timetable.take(
        a_row(**cells | {"departs_local": "06:00", "departs_day": 1}, arrives_local="23:59")
    )

    assert done["flights_changed"] == 16
    assert _times(await timetable.flights("SQ7004")) == {"22:00"}
    await world.check_books()
    assert (await world.shipment(order_id)).state == "waiting"
    await timetable.rebook()
    assert await world.legs(order_id) == [later]
    (event,) = await world.events(str(moved["id"]))
    assert event.type == "routing.flight.rescheduled"
    assert event.payload["departs_at"] == "2026-11-22T22:00:00Z"
    assert done["id"] in event.payload["reason"]


async def test_replace_cancels_what_the_file_has_no_more(timetable: Timetable) -> None:
    world = timetable.world
    end, country = await timetable.airport()
    cells = CELLS | {"carrier": "LH", "destination": end, "arrives_local": "14:00"}
    kept = a_row(**cells | {"flight_number": "7005"})
    gone = a_row(**cells | {"flight_number": "7006", "arrives_local": "13:30"})
    faulty = a_row(**cells | {"flight_number": "7007"})
    foreign = a_row(**cells | {"flight_number": "7008", "carrier": "EY"})
    await timetable.take(kept, gone, faulty, foreign)
    (lost, *_) = await timetable.flights("LH7006")
    order_id = await world.place(country)
    assert await world.legs(order_id) == [lost["id"]]
    kept = a_row(
        **cells | {"flight_number": "7005", "weekdays": "1234567", "valid_to": "2026-12-31"}
    )
    faulty = a_row(**cells | {"flight_number": "7007", "vehicle": "?"})

    done = await timetable.take(kept, faulty, mode="replace")

    assert (done["flights_cancelled"], done["rows_failed"]) == (16, 1)
    for number, status in (
        ("LH7005", "scheduled"), ("LH7006", "cancelled"), ("LH7007", "scheduled"),
        ("EY7008", "scheduled"),
    ):  # fmt: skip
        assert {flight["status"] for flight in await timetable.flights(number)} == {status}
    assert [event.type for event in await world.events(str(lost["id"]))] == [
        "routing.flight.cancelled"
    ]
    assert (await world.shipment(order_id)).state == "waiting"
    await timetable.rebook()
    assert (await world.shipment(order_id)).state == "booked"


async def test_a_flight_comes_back_with_a_file_that_has_it_again(timetable: Timetable) -> None:
    end, _ = await timetable.airport()
    cells = CELLS | {"carrier": "EK", "destination": end, "arrives_local": "14:00"}
    one, two = (a_row(**cells | {"flight_number": number}) for number in ("7010", "7011"))
    await timetable.take(one, two)
    await timetable.take(one, mode="replace")
    assert {flight["status"] for flight in await timetable.flights("EK7011")} == {"cancelled"}

    done = await timetable.take(one, two)

    assert (done["schedules_new"], done["flights_changed"]) == (1, 16)
    flights = await timetable.flights("EK7011")
    assert {flight["status"] for flight in flights} == {"scheduled"}
    assert [event.type for event in await timetable.world.events(str(flights[0]["id"]))] == [
        "routing.flight.cancelled",
        "routing.flight.rescheduled",
    ]


async def test_what_an_operator_cancelled_stays_cancelled(
    timetable: Timetable, client: AsyncClient, operator: dict[str, str]
) -> None:
    end, _ = await timetable.airport()
    cells = CELLS | {"flight_number": "7012", "destination": end}
    await timetable.take(a_row(**cells, arrives_local="14:00"))
    first, *_ = await timetable.flights("SQ7012")
    await client.post(f"/v1/flights/{first['id']}:cancel", json={"reason": "fog"}, headers=operator)

    await timetable.take(a_row(**cells, arrives_local="15:00"))

    flights = await timetable.flights("SQ7012")
    assert [flight["status"] for flight in flights] == ["cancelled"] + ["scheduled"] * 15


async def test_capacity_is_kept_at_what_is_booked_and_the_row_says_so(
    timetable: Timetable,
) -> None:
    world = timetable.world
    end, country = await timetable.airport()
    cells = CELLS | {"flight_number": "7013", "destination": end, "arrives_local": "14:00"}
    await timetable.take(a_row(**cells))
    first, *_ = await timetable.flights("SQ7013")
    await world.place(country, weight_g=20_000, volume_cm3=9_000)

    done = await timetable.take(
        a_row(flight_number="7014"), a_row(**cells | {"payload_kg": 10, "volume_dm3": 50})
    )

    assert done["findings"] == 1
    (error,) = await timetable.errors(str(done["id"]))
    assert error["code"] == "routing.timetable.capacity_kept_at_booked"
    assert (error["line"], error["severity"], error["column"]) == ("3", "warning", "payload_kg")
    assert "20" in error["detail"]
    flights = await timetable.flights("SQ7013")
    assert [flight["capacity_g"] for flight in flights[:2]] == [20_000, 10_000]
    assert flights[0]["remaining_g"] == 0
    assert flights[0]["id"] == first["id"]


async def test_flights_that_are_closed_are_never_touched(timetable: Timetable) -> None:
    world = timetable.world
    end, _ = await timetable.airport()
    cells = CELLS | {"flight_number": "7015", "destination": end}
    await timetable.take(a_row(**cells, arrives_local="14:00"))
    first, *_ = await timetable.flights("SQ7015")
    await world.close(str(first["id"]))

    done = await timetable.take(a_row(**cells, arrives_local="16:00"))

    before = [flight for flight in await timetable.flights("SQ7015") if flight["id"] == first["id"]]
    assert before[0]["arrives_at"] == first["arrives_at"]
    assert done["flights_changed"] == 15
    (error,) = await timetable.errors(str(done["id"]))
    assert error["code"] == "routing.timetable.flight_not_changed"


async def test_a_through_flight_moves_as_one_and_goods_aboard_keep_their_place(
    timetable: Timetable,
) -> None:
    world = timetable.world
    via, _ = await timetable.airport()
    end, country = await timetable.airport()

    def legs(first: str, second: str) -> tuple[str, str]:
        cells = CELLS | {"flight_number": "7016"}
        return (
            a_row(**cells | {"departs_local": "20:00"}, destination=via, arrives_local=first),
            a_row(
                **cells | {"departs_local": second}, leg=2, origin=via, destination=end,
                arrives_local="23:00",
            ),
        )  # fmt: skip

    await timetable.take(*legs("14:00", "20:00"))
    order_id = await world.place(country)
    held = await world.legs(order_id)
    assert len(held) == 2

    done = await timetable.take(*legs("16:00", "17:00"))

    assert done["flights_changed"] == 32
    assert (await world.shipment(order_id)).state == "booked"
    await timetable.flights("SQ7016")


async def test_findings_of_rows_come_as_csv_in_the_language_asked_for(
    timetable: Timetable, client: AsyncClient, operator: dict[str, str]
) -> None:
    done = await timetable.take(a_row(origin="ZZZ"), a_row(carrier="SQ", vehicle=""))

    errors = await timetable.errors(str(done["id"]))

    assert [(error["line"], error["column"]) for error in errors] == [
        ("2", "origin"), ("3", "vehicle"),
    ]  # fmt: skip
    address = f"/v1/timetable-imports/{done['id']}/errors"
    chinese = await client.get(address, headers={**operator, "Accept-Language": "zh-CN"})
    assert "网络中没有机场 ZZZ" in chinese.text


async def test_what_is_no_timetable_fails_as_a_whole(
    timetable: Timetable, client: AsyncClient, operator: dict[str, str]
) -> None:
    answer = await client.post(
        "/v1/timetable-imports",
        content=b"a,b\n1,2\n",
        headers={**operator, "Content-Type": "text/csv"},
    )
    await timetable.work()

    failed = await timetable.read(str(answer.json()["id"]))

    assert failed["status"] == "failed"
    assert failed["failure"]["code"] == "routing.timetable.columns_wrong"
    # It may be sent again: perhaps something was mended since.
    assert (
        await client.post(
            "/v1/timetable-imports",
            content=b"a,b\n1,2\n",
            headers={**operator, "Content-Type": "text/csv"},
        )
    ).json()["id"] != failed["id"]
    await timetable.work()
