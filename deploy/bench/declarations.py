"""Search and lists of five million declarations by REST, and the open work among them: what a page
takes by each filter, for a large, a small and a tiny merchant and for the whole park. What is
looked for by a number is another one each time. `BENCH_DATA` keeps the declarations.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import asyncpg

from deploy.bench.declared import (
    DAYS,
    END,
    LARGE,
    PER_FLIGHT,
    PER_ORDER_NUMBER,
    SMALL,
    TINY,
    fill,
)
from deploy.bench.loading import large_database
from deploy.bench.paging import customs
from deploy.bench.rig import Figure, folder
from shared.db import roles
from shared.kernel.identity import PARK

DECLARATIONS: Final = int(os.environ.get("LIST_DECLARATIONS", "5000000"))
WHOSE: Final = {"large": LARGE, "small": SMALL, "tiny": TINY, "park": PARK}
# So many different values of a number.
_VALUES: Final = 46


@dataclass(frozen=True, slots=True)
class Case:
    """`asked`: the parameters, or several that are taken in turn; `goes_on`: page after page."""

    name: str
    asked: Mapping[str, object] | Sequence[Mapping[str, object]] = field(default_factory=dict)
    goes_on: bool = False


def searches(declarations: int = DECLARATIONS) -> Iterator[Case]:
    """A value that many declarations have, one that few have, and one that none has."""
    numbers = [1 + place * (declarations - 2) // _VALUES for place in range(_VALUES)]
    yield Case("nothing")
    yield Case("nothing, page after page", goes_on=True)
    yield Case("order_id", [{"order_id": f"ord_{_hex(n)}"} for n in numbers])
    yield Case(
        "order_number", [{"order_number": str(1000 + n // PER_ORDER_NUMBER)} for n in numbers]
    )
    yield Case("house_waybill", [{"house_waybill": f"EHU{_hex(n)[-8:].upper()}"} for n in numbers])
    yield Case("cop_no", [{"cop_no": f"AL{_hex(n)[-26:]}"} for n in numbers])
    yield Case("invt_no", [{"invt_no": f"I{_hex(n)[-17:]}"} for n in numbers])
    yield Case("invt_no of none", {"invt_no": "I0"})
    yield Case("flight_id", [{"flight_id": _flight(n)} for n in numbers])
    yield Case(
        "flight_id and status", [{"flight_id": _flight(n), "status": "closed"} for n in numbers]
    )
    newest = {"flight_id": _flight(declarations - PER_FLIGHT)}
    yield Case("flight_id, page after page", newest, goes_on=True)
    for status in ("closed", "withdrawn", "released", "inspection", "returned", "send_failed"):
        yield Case(f"status {status}", {"status": status})
    for status in ("closed", "withdrawn"):
        yield Case(f"status {status}, page after page", {"status": status}, goes_on=True)
    for channel in ("green", "red", "blue"):
        yield Case(f"channel {channel}", {"channel": channel})
    for first, last in ((DAYS, 1), (700, 600), (1, 0)):
        window = {"created_from": _before(first), "created_to": _before(last)}
        yield Case(f"created {first} to {last} days ago", window)
    window = {"created_from": _before(700), "created_to": _before(600)}
    yield Case("created long ago, page after page", window, goes_on=True)
    for status in ("closed", "released", "returned"):
        yield Case(f"created long ago, {status}", {**window, "status": status})
    yield Case("created long ago, red", {**window, "channel": "red"})
    for channel, status in (
        ("red", "returned"),
        ("red", "closed"),
        ("green", "inspection"),
        ("blue", "closed"),
    ):
        yield Case(f"{channel} and {status}", {"channel": channel, "status": status})
    yield Case(
        "created long ago, red and returned", {**window, "channel": "red", "status": "returned"}
    )


def works(declarations: int = DECLARATIONS) -> Iterator[Case]:
    yield Case("nothing")
    for owner in ("customs", "lane", "merchant", "us"):
        yield Case(f"owner {owner}", {"owner": owner})
    yield Case("code correction", {"code": "correction"})
    yield Case("lane", {"lane": 2})
    yield Case("flight_id", {"flight_id": _flight(declarations - PER_FLIGHT)})
    yield Case("due_before", {"due_before": _before(3)})


def _hex(number: int) -> str:
    return f"{number:032x}"


def _flight(number: int) -> str:
    return f"flt_{_hex(number // PER_FLIGHT)}"


def _before(days: float) -> str:
    return (END - timedelta(days=days)).isoformat()


async def _fill(connection: asyncpg.Connection) -> None:
    await fill(connection, DECLARATIONS)


def measure() -> list[Figure]:
    with (
        folder() as home,
        large_database(
            home, f"declarations-{DECLARATIONS}", _fill, services=("catalog", "customs")
        ) as (server, dsn),
        customs(dsn, server.dsn(user=roles.app_role("customs"), database="airlane"), home) as pages,
    ):
        return [
            figure
            for path, cases in (("/v1/declarations", searches()), ("/v1/work", works()))
            for case in cases
            for figure in pages.figures(path, case.name, case.asked, WHOSE, goes_on=case.goes_on)
        ]
