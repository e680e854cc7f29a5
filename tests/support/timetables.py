"""Timetable files for tests, a row at a time; and a small network that they fly in."""

from typing import Final

from services.routing.clients.network_files import DATA, read_network
from services.routing.domain.timetable.files import TimetableFile, read_timetable
from services.routing.domain.timetable.rows import COLUMNS

_NETWORK: Final = read_network(DATA)
AIRPORTS: Final = {airport.iata: airport for airport in _NETWORK.airports}
VEHICLES: Final = {vehicle.vehicle: vehicle for vehicle in _NETWORK.vehicles}
_ROW: Final = {
    "carrier": "LH",
    "flight_number": "8400",
    "valid_from": "2026-11-30",
    "valid_to": "2026-12-20",
    "weekdays": "1.3.5..",
    "leg": "1",
    "origin": "EHU",
    "destination": "SZX",
    "departs_local": "23:30",
    "departs_day": "0",
    "arrives_local": "01:20",
    "arrives_day": "1",
    "vehicle": "B763F",
    "payload_kg": "",
    "volume_dm3": "",
    "basis": "synthetic",
    "source": "made up for a test",
    "as_of": "2026-11-28",
}


def a_row(**cells: object) -> str:
    return ",".join(str({**_ROW, **cells}[name]) for name in COLUMNS)


def a_timetable(*rows: str) -> bytes:
    """The first row is line 2."""
    return "\n".join([",".join(COLUMNS), *rows, ""]).encode()


def read(*rows: str) -> TimetableFile:
    return read_timetable(
        a_timetable(*rows), airports=AIRPORTS, carriers=["LH", "EK"], vehicles=VEHICLES
    )
