"""`make route-bench`: what its tables may look like, and its answers against the rule of the task.

The oracle works on rows of the timetable: a row may follow a row of its own trip with the next
number, or any row that departs no earlier than arrival and connection time.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from deploy.bench.routes.__main__ import main
from deploy.bench.routes.answers import COLUMNS, Answer, answer_all
from deploy.bench.routes.files import Flight, TableQuery, read_queries, read_timetable

TIMETABLE_HEADER = (
    "trip,leg,flight,carrier,origin,destination,departs_at,arrives_at,price_minor_per_kg,"
    "co2e_g_per_kg,capacity_kg"
)
QUERY_HEADER = "id,origin,destination,ready_at,weight_kg,connection_min,legs_max"


def stays_aboard(before: Flight, after: Flight) -> bool:
    return (
        before.trip == after.trip
        and after.leg == before.leg + 1
        and after.origin == before.destination
        and after.departs_s >= before.arrives_s
    )


def ways(flights: Sequence[Flight], query: TableQuery) -> Iterator[tuple[Flight, ...]]:
    open_ways: list[tuple[Flight, ...]] = [
        (flight,)
        for flight in flights
        if flight.origin == query.origin and flight.departs_s >= query.ready_s
    ]
    while open_ways:
        way = open_ways.pop()
        if len(way) > query.legs_max or any(f.capacity_kg < query.weight_kg for f in way):
            continue
        yield way
        last = way[-1]
        for flight in flights:
            changes = (
                flight.origin == last.destination
                and flight.departs_s >= last.arrives_s + 60 * query.connection_min
            )
            if changes or stays_aboard(last, flight):
                open_ways.append((*way, flight))


def vector(way: Sequence[Flight], query: TableQuery) -> tuple[int, int, int, int]:
    return (
        way[-1].arrives_s,
        sum(flight.price_minor_per_kg for flight in way) * query.weight_kg,
        sum(flight.co2e_g_per_kg for flight in way) * query.weight_kg,
        len(way),
    )


def front(flights: Sequence[Flight], query: TableQuery) -> list[tuple[int, int, int, int]]:
    found = {
        vector(way, query)
        for way in ways(flights, query)
        if way[-1].destination == query.destination != query.origin
    }
    return sorted(
        one
        for one in found
        if not any(
            two != one and all(a <= b for a, b in zip(two, one, strict=True)) for two in found
        )
    )


def some_flights(chance: Random, *, trips: int) -> list[Flight]:
    """Trips of some legs, now and then with a gap, a jump elsewhere or a leg that is too early."""
    flights = []
    for trip in range(trips):
        at_s, place = chance.randrange(12) * 600, chance.randrange(4)
        for leg in range(1, chance.choice((1, 1, 2, 3, 4)) + 1):
            destination = chance.randrange(4)
            arrives_s = at_s + chance.choice((0, 600, 1200))
            flight = Flight(
                f"T{trip}",
                leg,
                f"A{place}",
                f"A{destination}",
                at_s,
                arrives_s,
                str(arrives_s),
                chance.randrange(5),
                chance.randrange(5),
                chance.choice((5, 10)),
            )
            if chance.random() < 0.9:
                flights.append(flight)
            place = destination if chance.random() < 0.9 else chance.randrange(4)
            at_s = arrives_s + chance.choice((-600, 0, 0, 600))
    chance.shuffle(flights)
    return flights


def a_query(chance: Random, number: int) -> TableQuery:
    return TableQuery(
        f"q{number}",
        f"A{chance.randrange(4)}",
        f"A{chance.randrange(4)}",
        chance.randrange(6) * 600,
        chance.choice((1, 5, 6, 10)),
        chance.choice((0, 0, 10, 15)),
        chance.randrange(1, 6),
    )


@pytest.mark.parametrize("seed", range(40))
def test_answers_are_those_of_enumeration(seed: int) -> None:
    chance = Random(seed)
    flights = some_flights(chance, trips=6)
    queries = [a_query(chance, number) for number in range(8)]
    of_query: dict[str, list[Answer]] = {query.id: [] for query in queries}

    for answer in answer_all(flights, queries):
        of_query[answer.id].append(answer)

    by_name = {f"{flight.trip}:{flight.leg}": flight for flight in flights}
    for query in queries:
        answers = of_query[query.id]
        found = [(int(a.arrives_at), a.price_minor, a.co2e_g, a.legs) for a in answers]
        assert found == front(flights, query), query
        for answer in answers:
            way = tuple(by_name[name] for name in answer.itinerary.split(">"))
            assert way in set(ways(flights, query)), query
            assert vector(way, query)[1:] == (answer.price_minor, answer.co2e_g, answer.legs)


def write(path: Path, header: str, *rows: str, end: str = "\n", start: str = "") -> Path:
    path.write_text(start + end.join([header, *rows]) + end, encoding="utf-8", newline="")
    return path


def test_instants_are_iso_or_seconds_and_come_back_as_they_were(tmp_path: Path) -> None:
    rows = [
        "T1,1,XX1,XX,A,B,2026-01-01T00:00:00Z,2026-01-01T01:00:00Z,3,1,100",
        "T2,1,XX2,XX,A,B,2026-01-01 00:00,2026-01-01 02:00,2,1,100",
        "T3,1,XX3,XX,A,B,2026-01-01T01:00:00+01:00,2026-01-01T04:00:00+01:00,1,1,100",
        "T4,1,XX4,XX,A,B,1767225600,1767240000,0,1,100",
    ]
    timetable = write(tmp_path / "t.csv", TIMETABLE_HEADER, *rows)
    queries = write(tmp_path / "q.csv", QUERY_HEADER, "q1,A,B,2026-01-01T00:00:00,7,30,2")
    out = tmp_path / "answers.csv"

    assert main([str(timetable), str(queries), str(out)]) == 0

    with out.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [
            list(COLUMNS),
            ["q1", "2026-01-01T01:00:00Z", "21", "7", "1", "T1:1"],
            ["q1", "2026-01-01 02:00", "14", "7", "1", "T2:1"],
            ["q1", "2026-01-01T04:00:00+01:00", "7", "7", "1", "T3:1"],
            ["q1", "1767240000", "0", "7", "1", "T4:1"],
        ]
    midnight = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
    assert {flight.departs_s for flight in read_timetable(timetable)} == {midnight}


def test_a_table_may_come_from_a_spreadsheet(tmp_path: Path) -> None:
    header = "note,legs_max,connection_min,weight_kg,ready_at,destination,origin,id"
    path = write(
        tmp_path / "q.csv",
        header,
        '"a, ""b""",2,30,7,0,"B", A ,q1',
        "",
        ",,,,,,,",
        "x,2.0,30,7,0,B,A,q2",
        end="\r\n",
        start="\ufeff",
    )

    first = TableQuery("q1", "A", "B", 0, 7, 30, 2)
    assert read_queries(path) == [first, replace(first, id="q2")]


GOOD = "T1,1,XX1,XX,A,B,0,60,3,1,100"


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([GOOD, "T2,1,XX1,XX,A,B,0,60,3,1"], "t.csv:3: it has 10 cells and the header has 11"),
        ([GOOD, GOOD], "t.csv:3: it has the same name as line 2"),
        (["T1,0,XX1,XX,A,B,0,60,3,1,100"], "t.csv:2: leg is 0, not one from 1 to"),
        (["T1,1,XX1,XX,,B,0,60,3,1,100"], "t.csv:2: origin is empty"),
        (["T1,1,XX1,XX,A,B,60,0,3,1,100"], "t.csv:2: it arrives before it departs"),
        (["T1,1,XX1,XX,A,B,soon,60,3,1,100"], "t.csv:2: departs_at is 'soon', not an instant"),
        (["T1,1,XX1,XX,A,B,0,60,3.5,1,100"], "price_minor_per_kg is '3.5', not a whole number"),
        (["T1,1,XX1,XX,A,B,0,60,-3,1,100"], "price_minor_per_kg is -3, not one from 0 to"),
        (['"T1,1'], "t.csv:2: unexpected end of data"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rows: list[str], fault: str
) -> None:
    timetable = write(tmp_path / "t.csv", TIMETABLE_HEADER, *rows)
    queries = write(tmp_path / "q.csv", QUERY_HEADER, "q1,A,B,0,7,30,2")

    assert main([str(timetable), str(queries), str(tmp_path / "out.csv")]) == 2

    assert fault in capsys.readouterr().err
    assert {path.name for path in tmp_path.iterdir()} == {"t.csv", "q.csv"}


def test_a_missing_column_and_a_missing_file_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    timetable = write(tmp_path / "t.csv", TIMETABLE_HEADER.replace("leg,", ""))
    arguments = [str(timetable), str(tmp_path / "none.csv"), str(tmp_path / "out.csv")]

    assert main(arguments) == 2
    assert "t.csv:1: the header has no leg" in capsys.readouterr().err

    write(timetable, TIMETABLE_HEADER)
    assert main(arguments) == 2
    assert "none.csv: " in capsys.readouterr().err


@pytest.mark.parametrize("query", ["q1,A,Z,0,7,30,2", "q1,A,A,0,7,30,2", "q1,A,B,0,7,30,0"])
def test_a_query_without_a_way_has_no_row(tmp_path: Path, query: str) -> None:
    timetable = write(tmp_path / "t.csv", TIMETABLE_HEADER, GOOD, "T2,1,XX2,XX,B,A,120,180,3,1,100")
    queries = write(tmp_path / "q.csv", QUERY_HEADER, query)
    out = tmp_path / "out.csv"

    assert main([str(timetable), str(queries), str(out)]) == 0

    assert out.read_text() == ",".join(COLUMNS) + "\n"


def test_a_timetable_without_flights_is_no_error(tmp_path: Path) -> None:
    timetable = write(tmp_path / "t.csv", TIMETABLE_HEADER)
    queries = write(tmp_path / "q.csv", QUERY_HEADER, "q1,A,B,0,7,30,2")

    assert main([str(timetable), str(queries), str(tmp_path / "out.csv")]) == 0
