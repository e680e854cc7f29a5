"""The report of a day: what is counted, and what people see of it."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from deploy.sandbox.day.faults import Killed
from deploy.sandbox.day.outage import PortOutage
from deploy.sandbox.ledgers.audit import audit
from deploy.sandbox.ledgers.catalog_orders import CatalogOrder
from deploy.sandbox.ledgers.checks import slice_checks
from deploy.sandbox.report.day_report import (
    DayFigures,
    DayReport,
    DeskCounts,
    EvidenceHead,
    FirstPass,
    RequestCounts,
    SkippedTime,
    SliceCounts,
    WorldCounts,
)
from deploy.sandbox.report.figures import figures
from deploy.sandbox.report.page import page
from shared.kafka.reading import StoredRecord
from tests.unit.sandbox.day_records import (
    AT,
    CATALOG,
    DECLARATIONS,
    FLIGHTS,
    ledger_of,
    listed,
    log_of_a_day,
    record,
)


def figures_of(
    orders: list[CatalogOrder], *more: StoredRecord, since: timedelta = timedelta(0)
) -> DayFigures:
    found = audit([*log_of_a_day(), *more], {})
    return figures(
        orders,
        belts={"mer_1": "home_furnishing"},
        found=found,
        ledger=ledger_of(found),
        flights_since=AT + since,
        rate=1440.0,
    )


@pytest.fixture
def report() -> DayReport:
    return DayReport(
        title="One day",
        finished_at="2026-11-27T08:00:00Z",
        business_time="2026-11-24T08:00:00Z",
        rate=1440.0,
        run="run",
        seconds={"set-up": 30.5, "day of orders": 60.1},
        skipped=SkippedTime(95.5, 41),
        unfinished="",
        slice=SliceCounts(
            file="orders.csv.gz",
            invoices=3,
            rows=40,
            buckets={"sent": 2, "refused": 1},
            refused={"catalog.order.unknown_country": 1},
            cancellations_refused={},
            dropped={"service code, not goods": 4},
        ),
        figures=figures_of(list(CATALOG.values())),
        world=WorldCounts({}, 0, (), {}, {}, {}, 0, 0),
        examples={"delivered": "ord_1"},
        requests=RequestCounts(answers={"200": 5}, resent={"TimeoutError": 2}),
        checks=tuple(slice_checks(3, {"sent": 2, "refused": 1})),
    )


# -- figures ----------------------------------------------------------------------------------


def test_figures_count_the_day() -> None:
    made = figures_of(list(CATALOG.values()))

    assert made.orders.by_state == {"delivered": 1, "backordered": 1}
    assert made.orders.back_ordered_at_first == 1
    assert made.lanes == {"lane 2": 1}
    assert made.declarations.by_channel == {"green": 1}
    assert made.trade.by_belt == {"home_furnishing GBP": "25.00"}


def said(number: int, *words: str) -> list[StoredRecord]:
    """What customs said of the list of order `number`, in this order."""
    return [
        record(
            DECLARATIONS, f"customs.declaration.{word}", f"dec_{number}", version, 20 + version,
            order_id=f"ord_{number}", status=word, channel=None, detail="价格偏低",
            at=AT.isoformat(),
        )
        for version, word in enumerate(words, 1)
    ]  # fmt: skip


def test_a_list_passes_at_first_if_customs_first_word_is_no_return() -> None:
    orders = [listed(f"ord_{number}", "delivered") for number in (4, 5, 6, 7)]
    made = figures_of(
        orders,
        *said(4, "submitted", "accepted", "released"),
        *said(5, "submitted", "returned", "submitted", "accepted"),
        *said(6, "submitted", "inspection", "returned"),
        *said(7, "submitted"),
    ).first_pass

    assert (made.decided, made.accepted) == (3, 2)
    assert made.returns == {"价格偏低": 2}


def test_flights_of_earlier_runs_and_empty_ones_are_left_out() -> None:
    onward = record(
        FLIGHTS, "routing.flight.departed", "flt_2", 1, 20, mode="air", flight_number="O3702",
        origin="LGG", destination="MAD", shipments=1, gross_weight_g=1, departed_at=AT.isoformat(),
    )  # fmt: skip
    assert onward.envelope is not None
    data = json.loads(onward.envelope.data) | {"shipments": 0}
    empty = record(FLIGHTS, "routing.flight.departed", "flt_3", 1, 21, **data)

    today = figures_of([], onward, empty).flights
    later = figures_of([], onward, empty, since=timedelta(hours=1)).flights

    assert (today.from_the_park, today.onward, today.shipments, today.tonnes) == (1, 1, 1, 2.5)
    assert today.tonnes_by_destination == {"LGG": 2.5}
    assert (later.from_the_park, later.onward) == (1, 0)


def test_a_phase_has_real_seconds_only_where_the_park_works_alone() -> None:
    phases = {phase.name: phase for phase in figures_of(list(CATALOG.values())).phases}

    declared, departed = phases["accepted to declared"], phases["released to departed"]
    assert (declared.orders, declared.p50_s, declared.real_p50_s) == (1, 180, 0.125)
    assert (departed.orders, departed.real_p50_s) == (1, None)


def test_a_phase_that_no_order_went_through_has_no_times() -> None:
    phases = {phase.name: phase for phase in figures_of([CATALOG["ord_2"]]).phases}

    assert all(phase.orders == 0 for phase in phases.values())


def test_reasons_that_differ_only_in_numbers_are_one_group() -> None:
    held = [listed(f"ord_{n}", "held", f"Lacks {n} of 6 pieces.") for n in range(3)]
    silent = listed("ord_9", "unroutable")

    groups = figures_of([*held, silent, listed("ord_8", "delivered", "ignored")]).reasons

    assert [(g.state, g.orders, g.example) for g in groups] == [
        ("held", 3, "Lacks 0 of 6 pieces."),
        ("unroutable", 1, "no reason given"),
    ]


def test_trade_is_summed_by_currency_and_market_the_largest_first() -> None:
    small = replace(listed("ord_1", "delivered"), country="FR", amount=Decimal("1.10"))
    dollars = replace(small, id="ord_2", country="US", currency="USD", merchant_id="mer_x")

    trade = figures_of([small, dollars, *[listed("ord_3", "booked")] * 2]).trade

    assert list(trade.by_currency.items()) == [("GBP", "26.10"), ("USD", "1.10")]
    assert next(iter(trade.by_market)) == "DE GBP"
    assert trade.by_belt["? USD"] == "1.10"


# -- the page ---------------------------------------------------------------------------------


def test_page_says_what_matters_and_fits_the_screen(report: DayReport) -> None:
    killed = (Killed("customs-api", "10:00:00", 7, 2.5), Killed("kafka", "10:01:00", 8))

    shown = page(replace(report, faults=killed))

    assert "delivered 1 · backordered 1" in shown
    assert "catalog.order.unknown_country 1" in shown
    assert "96 business hours of mere waiting were skipped in 41 steps" in shown
    assert "customs-api        kill -9 at 10:00:00, back after 2.5 s" in shown
    assert "kafka              kill -9 at 10:01:00, not seen back" in shown
    assert "Not enough: 22086 0/6." in shown
    assert "5 answered, 2 sent again (TimeoutError 2)" in shown
    assert "1 of 1 checks hold: the day is in order." in shown
    assert max(map(len, shown.splitlines())) <= 110


def test_page_has_a_part_about_customs(report: DayReport) -> None:
    passed = FirstPass(decided=200, accepted=198, returns={"价格偏低": 2})
    told = replace(
        report,
        figures=replace(report.figures, first_pass=passed),
        outage=PortOutage(60.0, messages=31, answers=12, taken_after_min=2.4),
        evidence=EvidenceHead(812, "ab" * 32),
        desk=DeskCounts({"1-run~603:100": "released"}, {"2-run~603:300": "cancelled"}),
    )

    shown = page(told)

    assert "198 of 200 lists accepted as they came (99.0%)" in shown
    assert "价格偏低 2" in shown
    waited = "shut for 60 min: 31 messages waited and 12 answers; all taken 2 min after"
    assert waited in " ".join(shown.split())
    assert f"block 812, {'ab' * 32}" in shown
    assert "after a return and a repair: 1-run~603:100 released" in shown
    assert "taken back under review: 2-run~603:300 cancelled" in shown
    assert "not all taken" in page(replace(told, outage=PortOutage(60.0, 31)))


def test_page_shows_a_failed_check_with_what_differs(report: DayReport) -> None:
    failed = replace(report, checks=tuple(slice_checks(3, {"sent": 2})))

    shown = page(failed)

    assert "FAIL  every invoice of the slice is in one bucket" in shown
    assert "3 invoices, 2 in the buckets" in shown
    assert "0 of 1 checks hold: the day is NOT in order." in shown


def test_page_of_an_uneventful_day_leaves_out_what_did_not_happen(report: DayReport) -> None:
    quiet = replace(
        report,
        skipped=SkippedTime(),
        slice=replace(report.slice, refused={}),
        figures=replace(report.figures, reasons=()),
    )

    shown = page(quiet)

    for absent in ("skipped", "    refused", "what did not arrive", "killed in the middle"):
        assert absent not in shown


def test_page_names_ten_markets_and_counts_the_rest(report: DayReport) -> None:
    markets = {f"M{n:02}": 20 - n for n in range(13)}
    orders = replace(report.figures.orders, by_market=markets)

    shown = page(replace(report, figures=replace(report.figures, orders=orders)))

    assert "M09 11 · 3 more" in shown
    assert "M10" not in shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(90, "2 min"), (3600, "1.0 h"), (172_799, "48.0 h"), (172_800, "2.0 days")],
)
def test_page_says_a_duration_in_the_unit_a_person_would(
    report: DayReport, seconds: int, shown: str
) -> None:
    phase = replace(report.figures.phases[0], p50_s=seconds, p95_s=0)

    made = page(replace(report, figures=replace(report.figures, phases=(phase,))))

    assert f"{shown:>10}     0 min" in made


# -- report.json ------------------------------------------------------------------------------


def test_report_for_programs_has_the_figures_beside_the_verdict(report: DayReport) -> None:
    fields = json.loads(report.as_json())

    assert fields["ok"] is True
    assert fields["orders"]["accepted"] == 2
    assert fields["slice"]["buckets"] == {"sent": 2, "refused": 1}
    assert fields["checks"][0]["ok"] is True
    assert "figures" not in fields


def test_report_is_not_ok_when_one_check_fails(report: DayReport) -> None:
    checks = (*report.checks, *slice_checks(3, {"sent": 2}))

    failed = replace(report, checks=checks)

    assert not failed.ok
    assert json.loads(failed.as_json())["ok"] is False
