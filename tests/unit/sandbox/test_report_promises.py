"""The promise table of the demo's report: what is promised, and what became of it."""

from typing import Any

from deploy.sandbox.report.promises import PromiseLine, promise_lines, promise_table


def a_store(code: str, **region: Any) -> dict[str, Any]:
    return {"store": code, "country": code, "region": region or None}


def a_grade(store: str | None, carrier: str | None, **counts: int) -> dict[str, Any]:
    faults = {"merchant": 0, "customs": counts.pop("customs", 0), "unknown": 0}
    zeros = {"due": 0, "kept": 0, "late": 0, "overdue": 0}
    return {"store": store, "carrier": carrier, "faults": faults} | zeros | counts


PROMISES = {
    "stores": [
        a_store(
            "DE",
            gateway={"next_day": 0.75, "within_48h": 1.0},
            door={"next_day": 0.0, "within_48h": 0.125},
        ),
        a_store("AU"),
    ]
}
GRADES = {
    "grades": [
        a_grade(None, None, due=9, kept=9),
        a_grade("DE", None, due=4, kept=2, late=1, overdue=1, customs=2),
        a_grade("DE", "EH", due=3, kept=3),
    ]
}


def test_each_store_has_its_shares_and_its_grades_over_all_carriers() -> None:
    germany, australia = promise_lines(PROMISES, GRADES)

    assert germany == PromiseLine("DE", 0.75, 1.0, 0.0, 0.125, 4, 2, 1, 1, {"customs": 2})
    assert australia == PromiseLine("AU", None, None, None, None, 0, 0, 0, 0, {})


def test_the_table_is_a_line_for_each_store_within_a_hundred_columns() -> None:
    _, head, germany, australia = promise_table(promise_lines(PROMISES, GRADES))

    assert germany.split() == ["DE", "75%", "100%", "0%", "12%", "4", "2", "1", "1", "customs", "2"]
    assert australia.split() == ["AU", "-", "-", "-", "-", "0", "0", "0", "0"]
    assert max(len(line) for line in (head, germany, australia)) <= 100
    assert promise_table(()) == []
