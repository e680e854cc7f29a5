"""What the park promises each store, and how it kept its promises. Pure: two answers of routing go
in, a line for each open store comes out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Body: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class PromiseLine:
    """Shares of ready times, from 0 to 1, at the gateway and at the door; None: nothing is
    delivered to that country. `faults`: broken promises by who broke them.
    """

    store: str
    gateway_next_day: float | None
    gateway_48h: float | None
    door_next_day: float | None
    door_48h: float | None
    due: int
    kept: int
    late: int
    overdue: int
    faults: Mapping[str, int]


def promise_lines(promises: Body, grades: Body) -> tuple[PromiseLine, ...]:
    """`promises`: GET /v1/promises, `grades`: GET /v1/promise-grades. A store without a promise
    that was due has zeros.
    """
    graded = {row["store"]: row for row in grades["grades"] if row["carrier"] is None}
    return tuple(_line(store, graded.get(store["store"])) for store in promises["stores"])


def _line(store: Body, grade: Body | None) -> PromiseLine:
    region = store["region"]
    gateway, door = (region["gateway"], region["door"]) if region else ({}, {})
    faults = grade["faults"] if grade else {}
    return PromiseLine(
        store=store["store"],
        gateway_next_day=gateway.get("next_day"),
        gateway_48h=gateway.get("within_48h"),
        door_next_day=door.get("next_day"),
        door_48h=door.get("within_48h"),
        due=grade["due"] if grade else 0,
        kept=grade["kept"] if grade else 0,
        late=grade["late"] if grade else 0,
        overdue=grade["overdue"] if grade else 0,
        faults={who: count for who, count in faults.items() if count},
    )


def promise_table(lines: Sequence[PromiseLine]) -> list[str]:
    """Two columns of shares for next day and 48 hours, then what became of promises."""
    if not lines:
        return []
    head = f"  {'promises':<8}{'gateway: next day':>18}{'48 h':>6}{'door: next day':>15}{'48 h':>6}"
    head += f"{'due':>6}{'kept':>6}{'late':>6}{'overdue':>8}   whose fault"
    return ["", head, *(_shown(line) for line in lines)]


def _shown(line: PromiseLine) -> str:
    shares = (
        f"{_percent(line.gateway_next_day):>18}{_percent(line.gateway_48h):>6}"
        f"{_percent(line.door_next_day):>15}{_percent(line.door_48h):>6}"
    )
    counts = f"{line.due:>6}{line.kept:>6}{line.late:>6}{line.overdue:>8}"
    faults = " · ".join(f"{who} {count}" for who, count in line.faults.items())
    return f"  {line.store:<8}{shares}{counts}   {faults}".rstrip()


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"
