"""`make route-bench`: every query's exact front over (arrival, price, CO2e, legs), into a file.

`files.py` says what the tables look like. The answers are `id,arrives_at,price_minor,co2e_g,legs,
itinerary`, one row for each distinct vector of the front; instants are written as the timetable
writes them.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from deploy.bench.routes.answers import answer_all, write_answers
from deploy.bench.routes.files import BadTable, read_queries, read_timetable


def main(arguments: Sequence[str] | None = None) -> int:
    """2: a table is wrong, and nothing was written."""
    parser = argparse.ArgumentParser(prog="python -m deploy.bench.routes", description=__doc__)
    for name in ("timetable", "queries", "out"):
        parser.add_argument(name, type=Path)
    given = parser.parse_args(arguments)
    began = time.perf_counter()
    try:
        flights, queries = read_timetable(given.timetable), read_queries(given.queries)
        answers = answer_all(flights, queries)
        write_answers(given.out, answers)
    except BadTable as error:
        print("\n".join(error.faults), file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{given.out}: {error.strerror}", file=sys.stderr)
        return 2
    print(
        f"{len(queries)} queries over {len(flights)} flights: {len(answers)} itineraries in"
        f" {given.out} ({time.perf_counter() - began:.1f} s)"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
