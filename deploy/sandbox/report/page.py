"""The report of a day as a page for people, a hundred columns wide."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from deploy.sandbox.day.faults import Killed
from deploy.sandbox.day.outage import PortOutage
from deploy.sandbox.ledgers.checks import LedgerCheck
from deploy.sandbox.report.day_report import (
    ClerkCounts,
    DayFigures,
    DayReport,
    DeskCounts,
    FirstPass,
    FlightCounts,
    PhaseTimes,
    ReasonGroup,
    RequestCounts,
    SkippedTime,
    SliceCounts,
)
from deploy.sandbox.report.promises import promise_table
from deploy.sandbox.report.refusals import RefusalShown

_TOP: Final = 10


def page(report: DayReport) -> str:
    took = " · ".join(f"{name} {seconds:.0f} s" for name, seconds in report.seconds.items())
    lines = ["", f"  {report.title}", "", *_row("really took", took)]
    lines += _skipped_lines(report.skipped)
    if report.clerk is not None:
        lines += _clerk_lines(report.clerk)
    lines += _slice_lines(report.slice)
    lines += _order_lines(report.figures)
    lines += _customs_lines(report)
    lines += ["", f"  {'phase':<34}{'orders':>8}{'p50':>10}{'p95':>10}   really p50 / p95"]
    lines += [_phase_line(phase) for phase in report.figures.phases if phase.orders]
    lines += ["", *_event_lines(report.figures)]
    lines += _row("requests", _answers(report.requests))
    lines += promise_table(report.promises)
    lines += _reason_lines(report.figures.reasons)
    if report.refusal is not None:
        lines += refusal_lines(report.refusal)
    lines += _fault_lines(report.faults)
    lines += ["", *_check_lines(report.checks)]
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


def _skipped_lines(skipped: SkippedTime) -> list[str]:
    if not skipped.moves:
        return []
    hours = f"{skipped.hours:.0f} business hours of mere waiting"
    return _row("", f"{hours} were skipped in {skipped.moves} steps")


def _clerk_lines(clerk: ClerkCounts) -> list[str]:
    faults = sum(clerk.findings.values())
    text = (
        f"{clerk.rows} rows in Chinese: {faults} faults found in a dry run, {clerk.written}"
        f" imported, {clerk.corrected} corrected in the file of failed rows; sent once more, it"
        f" wrote {clerk.written_again} ({clerk.took_s:.0f} s: {clerk.timeline})"
    )
    return _row("spreadsheet", text)


def _slice_lines(books: SliceCounts) -> list[str]:
    size = f"{books.invoices:,} invoices, {books.rows:,} rows"
    lines = _row("slice", f"{books.file}: {size}; replayed in one business day")
    lines += _row("  invoices", _listed(books.buckets))
    if books.refused:
        lines += _row("  refused", _listed(books.refused))
    if books.cancellations_refused:
        lines += _row("  cancellations", f"refused: {_listed(books.cancellations_refused)}")
    return lines + _row("  rows dropped", _listed(books.dropped))


def _order_lines(figures: DayFigures) -> list[str]:
    orders, trade = figures.orders, figures.trade
    missed = f"{orders.rebooked:,} missed a flight and took a later one"
    return [
        *_row("orders", f"{orders.accepted:,} accepted"),
        *_row("  by state", _listed(orders.by_state)),
        *_row("  by market", _listed(orders.by_market, _TOP)),
        *_row("  on the way", f"{orders.back_ordered_at_first:,} back-ordered at first, {missed}"),
        *_row("declarations", _listed(figures.declarations.by_state)),
        *_row("  by channel", _listed(figures.declarations.by_channel)),
        *_row("security lanes", _listed(figures.lanes)),
        *_flight_lines(figures.flights),
        *_row("trade volume", _sums(trade.by_currency)),
        *_row("  by market", _sums(trade.by_market)),
        *_row("  by belt", _sums(trade.by_belt)),
    ]


def _customs_lines(report: DayReport) -> list[str]:
    lines = ["", "  customs", *_row("  first pass", _first_pass(report.figures.first_pass))]
    if report.figures.first_pass.returns:
        lines += _row("  returned for", _listed(report.figures.first_pass.returns, _TOP))
    if report.desk is not None:
        lines += _desk_lines(report.desk)
    if report.outage is not None:
        lines += _row("  port outage", _outage(report.outage))
    if report.evidence is not None:
        lines += _row("  evidence", f"block {report.evidence.number:,}, {report.evidence.hash}")
    return lines


def _first_pass(first: FirstPass) -> str:
    if first.share is None:
        return "customs has decided nothing"
    return (
        f"{first.accepted:,} of {first.decided:,} lists accepted as they came ({first.share:.1%})"
    )


def _desk_lines(desk: DeskCounts) -> list[str]:
    repaired = " · ".join(f"{number} {status}" for number, status in desk.repaired.items())
    cancelled = " · ".join(f"{number} {status}" for number, status in desk.taken_back.items())
    return [
        *_row("  declared again", f"after a return and a repair: {repaired or 'none'}"),
        *_row("  CEB605", f"taken back under review: {cancelled or 'none'}"),
    ]


def _outage(outage: PortOutage) -> str:
    after = outage.taken_after_min
    end = "not all taken" if after is None else f"all taken {after:.0f} min after"
    return (
        f"shut for {outage.minutes:.0f} min: {outage.messages:,} messages waited and"
        f" {outage.answers:,} answers; {end}"
    )


def _flight_lines(flights: FlightCounts) -> list[str]:
    text = (
        f"{flights.from_the_park} from the park with {flights.tonnes} t in "
        f"{flights.shipments:,} shipments, {flights.onward} onward"
    )
    most = list(flights.tonnes_by_destination.items())[:_TOP]
    shown = " · ".join(f"{iata} {tonnes} t" for iata, tonnes in most)
    return _row("flights", text) + (_row("  to", shown) if shown else [])


def _phase_line(phase: PhaseTimes) -> str:
    line = (
        f"  {phase.name:<34}{phase.orders:>8,}"
        f"{_duration(phase.p50_s):>10}{_duration(phase.p95_s):>10}"
    )
    if phase.real_p50_s is not None:
        line += f"   {phase.real_p50_s:.2f} s / {phase.real_p95_s:.2f} s"
    return line


def _duration(seconds: float) -> str:
    """Business time, in the unit a person would say it in."""
    if seconds < 3600:
        return f"{seconds / 60:.0f} min"
    hours = seconds / 3600
    return f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.1f} days"


def _event_lines(figures: DayFigures) -> list[str]:
    webhooks, kafka = figures.webhooks, figures.kafka
    delivered = f"{webhooks.delivered:,} delivered, {webhooks.retries:,} retries"
    return [
        *_row("webhooks", f"{delivered} ({webhooks.failed_on_purpose} failed on purpose)"),
        *_row("kafka", f"{kafka.events:,} events, {kafka.duplicates:,} duplicates"),
    ]


def _answers(requests: RequestCounts) -> str:
    answered, resent = sum(requests.answers.values()), sum(requests.resent.values())
    why = f" ({_listed(requests.resent, 4)})" if resent else ""
    return f"{answered:,} answered, {resent:,} sent again{why}"


def _reason_lines(reasons: Sequence[ReasonGroup]) -> list[str]:
    if not reasons:
        return []
    lines = ["", "  what did not arrive, and why"]
    for group in reasons[:_TOP]:
        lines += _row(f"  {group.orders:>5} {group.state}", group.example[:200])
    if len(reasons) > _TOP:
        lines += _row("", f"{len(reasons) - _TOP} more in report.json")
    return lines


def refusal_lines(refusal: RefusalShown) -> list[str]:
    lines = ["", f"  a refusal with its fix: {refusal.what}"]
    lines += _row("  why", f"{refusal.detail} ({refusal.code})")
    lines += _row("  fix", refusal.fix)
    for n, alternative in enumerate(refusal.alternatives):
        lines += _row("" if n else "  instead", alternative)
    return lines


def _fault_lines(faults: Sequence[Killed]) -> list[str]:
    if not faults:
        return []
    return ["", "  killed in the middle of the day"] + [
        f"    {killed.process:<18} kill -9 at {killed.at}, "
        + (f"back after {killed.back_after_s} s" if killed.back_after_s else "not seen back")
        for killed in faults
    ]


def _check_lines(checks: Sequence[LedgerCheck]) -> list[str]:
    lines = ["  checks"]
    for check in checks:
        lines.append(f"    {'ok  ' if check.ok else 'FAIL'}  {check.name} ({check.detail})")
        lines += [f"            {line}" for line in check.differing]
    held = sum(check.ok for check in checks)
    verdict = "the day is in order" if held == len(checks) else "the day is NOT in order"
    return [*lines, "", f"  {held} of {len(checks)} checks hold: {verdict}."]
