"""The day's report as a page that a person likes to read; what it shows is counted in `figures`."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any, Final

from deploy.sandbox.ledgers.checks import LedgerCheck

Report = dict[str, Any]

_TOP: Final = 10


def as_json(report: Report) -> str:
    return json.dumps(report, indent=1, ensure_ascii=False) + "\n"


def checks_as_dicts(checks: Iterable[LedgerCheck]) -> list[Report]:
    return [asdict(check) | {"differing": list(check.differing)} for check in checks]


def page(report: Report) -> str:
    """The report as a person likes to read it, 80 columns wide."""
    lines = ["", f"  {report['title']}", ""]
    took = " · ".join(f"{name} {seconds:.0f} s" for name, seconds in report["seconds"].items())
    lines += _row("really took", took)
    if (passed_over := report["passed_over"])["moves"]:
        hours, moves = passed_over["hours"], passed_over["moves"]
        lines += _row(
            "", f"{hours:.0f} business hours of mere waiting were passed over in {moves} steps"
        )
    lines += _slice_lines(report["slice"])
    orders, declarations = report["orders"], report["declarations"]
    lines += _row("orders", f"{orders['accepted']:,} accepted")
    lines += _row("  by state", _listed(orders["by_state"]))
    lines += _row("  by market", _listed(orders["by_market"], _TOP))
    missed = f"{orders['rebooked']:,} missed a flight and took a later one"
    lines += _row(
        "  on the way", f"{orders['back_ordered_at_first']:,} back-ordered at first, {missed}"
    )
    lines += _row("declarations", _listed(declarations["by_state"]))
    lines += _row("  by channel", _listed(declarations["by_channel"]))
    lines += _row("security lanes", _listed(report["lanes"]))
    lines += _flight_lines(report["flights"])
    lines += _row("trade volume", _sums(report["trade"].get("by_currency", {})))
    lines += _row("  by market", _sums(report["trade"].get("by_market", {})))
    lines += _row("  by belt", _sums(report["trade"].get("by_belt", {})))
    lines += ["", f"  {'phase':<34}{'orders':>8}{'p50':>10}{'p95':>10}   really p50 / p95"]
    lines += [_phase_line(phase) for phase in report["phases"] if phase["orders"]]
    webhooks, kafka = report["webhooks"], report["kafka"]
    told = f"{webhooks['delivered']:,} delivered, {webhooks['tried_again']:,} tried again"
    lines += ["", *_row("webhooks", f"{told} ({webhooks['failed_on_purpose']} failed on purpose)")]
    lines += _row("kafka", f"{kafka['events']:,} events, {kafka['told_again']:,} told again")
    lines += _row("doors", _answers(report["doors"]))
    lines += _reason_lines(report["reasons"])
    lines += _fault_lines(report["faults"])
    lines += ["", "  checks"]
    for check in report["checks"]:
        lines.append(
            f"    {'ok  ' if check['ok'] else 'FAIL'}  {check['name']} ({check['detail']})"
        )
        lines += [f"            {line}" for line in check["differing"]]
    held = sum(check["ok"] for check in report["checks"])
    verdict = "the day is in order" if report["ok"] else "the day is NOT in order"
    lines += ["", f"  {held} of {len(report['checks'])} checks hold: {verdict}."]
    return "\n".join(lines)


def _row(name: str, text: str) -> list[str]:
    """`name   text`, broken at 100 columns."""
    rows, line = [], ""
    for word in text.split(" "):
        if line and len(line) + len(word) > 78:
            rows.append(line)
            line = ""
        line = f"{line} {word}" if line else word
    rows.append(line)
    return [f"  {name if at == 0 else '':<18} {row}" for at, row in enumerate(rows)]


def _listed(counts: Mapping[str, int], most: int = 99) -> str:
    shown = [f"{name} {count:,}" for name, count in list(counts.items())[:most]]
    if len(counts) > most:
        shown.append(f"{len(counts) - most} more")
    return " · ".join(shown) or "none"


def _sums(amounts: Mapping[str, str]) -> str:
    shown = [f"{key} {Decimal(value):,}" for key, value in list(amounts.items())[:6]]
    return " · ".join(shown) or "none"


def _slice_lines(books: Report) -> list[str]:
    size = f"{books['invoices']:,} invoices, {books['rows']:,} rows"
    lines = _row("slice", f"{books['file']}: {size}; replayed in one business day")
    lines += _row("  invoices", _listed(books["buckets"]))
    for name in ("refused", "cancellations_refused"):
        if books[name]:
            lines += _row(f"  {name.replace('_', ' ')}"[:18], _listed(books[name]))
    return lines + _row("  rows dropped", _listed(books["dropped"]))


def _flight_lines(flights: Report) -> list[str]:
    text = (
        f"{flights['from_the_park']} from the park with {flights['tonnes']} t in "
        f"{flights['shipments']:,} shipments, {flights['onward']} onward"
    )
    to = {iata: f"{tonnes} t" for iata, tonnes in flights["tonnes_by_destination"].items()}
    shown = " · ".join(f"{iata} {tonnes}" for iata, tonnes in list(to.items())[:_TOP])
    return _row("flights", text) + (_row("  to", shown) if shown else [])


def _phase_line(phase: Report) -> str:
    line = (
        f"  {phase['name']:<34}{phase['orders']:>8,}"
        f"{_duration(phase['p50_s']):>10}{_duration(phase['p95_s']):>10}"
    )
    if "real_p50_s" in phase:
        line += f"   {phase['real_p50_s']:.2f} s / {phase['real_p95_s']:.2f} s"
    return line


def _duration(seconds: float) -> str:
    """Business time, in the unit a person would say it in."""
    if seconds < 3600:
        return f"{seconds / 60:.0f} min"
    hours = seconds / 3600
    return f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.1f} days"


def _answers(doors: Report) -> str:
    answered = sum(doors["answers"].values())
    again = sum(doors["resent"].values())
    return f"{answered:,} requests answered, {again:,} sent again" + (
        f" ({_listed(doors['resent'], 4)})" if again else ""
    )


def _reason_lines(reasons: Sequence[Report]) -> list[str]:
    if not reasons:
        return []
    lines = ["", "  what did not arrive, and why"]
    for reason in reasons[:_TOP]:
        lines += _row(f"  {reason['orders']:>5} {reason['state']}", reason["example"][:200])
    if len(reasons) > _TOP:
        lines += _row("", f"{len(reasons) - _TOP} more in report.json")
    return lines


def _fault_lines(faults: Sequence[Report]) -> list[str]:
    if not faults:
        return []
    return ["", "  killed in the middle of the day"] + [
        f"    {fault['process']:<18} kill -9 at {fault['at']}, "
        + (f"back after {fault['back_after_s']} s" if fault["back_after_s"] else "not seen back")
        for fault in faults
    ]
