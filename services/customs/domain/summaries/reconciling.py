"""What became of each line of the lists in a summary, by the results of customs (CEB792).

A result is one part of a declaration; a newer one (opDate) of the same part replaces it. Neither
their order nor how often they came makes a difference.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.customs.domain.receipts.summary_result import SummaryResult, SummaryResultLine

# matched: in the list and in a declaration · missing: in no declaration so far · unexpected: in a
# declaration, and not in our lists, or in another place already
LineStatus = Literal["matched", "missing", "unexpected"]


@dataclass(frozen=True, slots=True, order=True)
class LineKey:
    """Of a line of a list: its number there is `gnum`."""

    invt_no: str
    gnum: str


@dataclass(frozen=True, slots=True)
class ReconciledLine:
    """`gcode`: of the list, `declared_gcode`: of the declaration; empty where there is none."""

    key: LineKey
    status: LineStatus
    gcode: str
    declared_gcode: str
    logistics_no: str
    decl_seq_no: str
    gseqno: str
    entry_id: str
    dec_state: str


@dataclass(frozen=True, slots=True)
class Declared:
    """A formal declaration that was made of our lists. `dec_state`: customs' own code, whatever it
    is. `received`: how many of its `parts` have come.
    """

    decl_seq_no: str
    entry_id: str
    dec_state: str
    op_date: datetime
    parts: int
    received: int


def newest_parts(results: Iterable[SummaryResult]) -> list[SummaryResult]:
    """Of each part of each declaration the newest, in their order."""
    found: dict[tuple[str, int], SummaryResult] = {}
    for one in sorted(results, key=_age):
        found[one.decl_seq_no, one.part] = one
    return [found[key] for key in sorted(found)]


def _age(one: SummaryResult) -> tuple[datetime, str, str, str]:
    # The instant decides; the rest only makes the order total.
    return one.op_date, one.dec_state, one.entry_id, repr(one.lines)


def declared(results: Iterable[SummaryResult]) -> tuple[Declared, ...]:
    """By decl_seq_no."""
    found: dict[str, list[SummaryResult]] = {}
    for one in newest_parts(results):
        found.setdefault(one.decl_seq_no, []).append(one)
    made = []
    for decl_seq_no, parts in found.items():
        last = max(parts, key=_age)
        entry_id = last.entry_id or next((one.entry_id for one in parts if one.entry_id), "")
        made.append(
            Declared(
                decl_seq_no,
                entry_id,
                last.dec_state,
                last.op_date,
                max(one.parts for one in parts),
                len(parts),
            )
        )
    return tuple(made)


def reconcile(
    expected: Iterable[tuple[LineKey, str, str]], results: Iterable[SummaryResult]
) -> tuple[ReconciledLine, ...]:
    """`expected`: key, gcode and logisticsNo of each line of our lists. By list and number."""
    ours = {key: (gcode, logistics_no) for key, gcode, logistics_no in expected}
    found: list[ReconciledLine] = []
    matched: set[LineKey] = set()
    seen: set[tuple[str, SummaryResultLine]] = set()
    for part in newest_parts(results):
        for line in sorted(part.lines, key=lambda one: (one.invt_no, one.gnum, one.gseqno)):
            if (part.decl_seq_no, line) in seen:
                continue
            seen.add((part.decl_seq_no, line))
            key = LineKey(line.invt_no, line.gnum)
            is_ours = key in ours and key not in matched
            matched.add(key)
            found.append(
                ReconciledLine(
                    key,
                    "matched" if is_ours else "unexpected",
                    ours[key][0] if key in ours else "",
                    line.gcode,
                    line.logistics_no or (ours[key][1] if key in ours else ""),
                    part.decl_seq_no,
                    line.gseqno,
                    part.entry_id,
                    part.dec_state,
                )
            )
    found += (
        ReconciledLine(key, "missing", gcode, "", logistics_no, "", "", "", "")
        for key, (gcode, logistics_no) in ours.items()
        if key not in matched
    )
    return tuple(sorted(found, key=order_of))


def order_of(line: ReconciledLine) -> tuple[str, str, str, str]:
    number = line.key.gnum.zfill(5)
    return line.key.invt_no, number, line.decl_seq_no, line.gseqno
