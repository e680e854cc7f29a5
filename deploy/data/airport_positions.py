"""`airport-positions.csv`: where OurAirports places the airports of the network.

The second source that `airports.csv` is compared with when it is built.
"""

from pathlib import Path
from typing import Final

from deploy.data.airports import needed_airports
from deploy.data.csv_files import csv_bytes
from deploy.data.ourairports import AS_OF, MADE_FROM, read_airports

_COLUMNS: Final = ("iata", "latitude_deg", "longitude_deg", "source", "as_of", "basis")


def build(source: Path, data: Path) -> bytes:
    """`source`: the data of the package `ourairports`."""
    listed = read_airports(source)
    rows = [
        (code, f"{at[0]:.5f}", f"{at[1]:.5f}", MADE_FROM, AS_OF, "reported")
        for code in sorted(needed_airports(data))
        if code in listed
        for at in [listed[code].position]
    ]
    return csv_bytes(_COLUMNS, rows, "\n")
