"""Codes, parties, numbers, receipts' texts, lane assignment, what is missing."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import services.customs.worker as worker_module
from services.customs.domain.declarations.codes import parse_code_tables
from services.customs.domain.declarations.facts import (
    CancelFact,
    DossierFacts,
    OrderFact,
    ShipmentFact,
)
from services.customs.domain.declarations.missing import Progress, missing
from services.customs.domain.declarations.phase import Phase
from services.customs.domain.lanes.assignment import Lane, assign_lanes, expected_wait
from services.customs.domain.messages.numbering import cop_no, guid_text
from services.customs.domain.messages.parties import credit_code_check_character, is_party_code
from services.customs.domain.receipts.receipt import parse_return_info, parse_return_time
from services.customs.domain.receipts.retry import Retry, retry_class
from services.customs.settings import Settings
from shared.kernel.clock import monotonic_s
from shared.kernel.country import is_country
from shared.kernel.ids import new_id
from shared.kernel.money import MINOR_DIGITS
from shared.settings import SettingsError

CSV = worker_module.CODES.read_text(encoding="utf-8")


def test_code_tables_are_iso_on_one_side_and_customs_on_the_other() -> None:
    codes = parse_code_tables(CSV)
    assert all(is_country(iso) for iso in codes.country)
    assert all(iso in MINOR_DIGITS for iso in codes.currency)
    assert (codes.currency["CNY"], codes.currency["USD"]) == ("142", "502")
    assert (codes.country["CN"], codes.country["GB"], codes.country["TW"]) == ("142", "303", "143")
    assert len(set(codes.currency.values())) == len(codes.currency)


@pytest.mark.parametrize(
    "row", ["country,DE,304,德国,listed", "country,XX,1,x,x", "planet,XX,101,x,x"]
)
def test_a_bad_code_row_is_refused(row: str) -> None:
    with pytest.raises(ValueError, match="bad row"):
        parse_code_tables(f"{CSV}{row}\n")


def test_party_codes() -> None:
    assert is_party_code("91110000600037341L")  # a published example
    assert not is_party_code("91110000600037341M")
    assert is_party_code("4201960ABC")
    assert not is_party_code("42019")
    assert not is_party_code("91110000600037341I")


def test_default_parties_have_valid_check_characters() -> None:
    settings = Settings(database_url="postgresql://nowhere/none")
    parties = worker_module.rulebook_of(settings).parties
    for party in (parties.declarant, parties.merchant, parties.platform, parties.carrier):
        assert credit_code_check_character(party.code[:17]) == party.code[17]


def test_a_wrong_check_character_stops_the_worker_with_a_line() -> None:
    settings = Settings(database_url="postgresql://nowhere/none", carrier_code="91420700MAA1RL004X")
    with pytest.raises(SettingsError, match="CUSTOMS_CARRIER_CODE"):
        worker_module.rulebook_of(settings)


@given(st.sets(st.integers(0, 2**128 - 1), max_size=20))
def test_cop_numbers_fit_and_differ_as_ids_do(values: set[int]) -> None:
    numbers = {cop_no(f"dec_{value:032x}") for value in values}
    assert len(numbers) == len(values)
    assert all(len(number) == 28 and number.isalnum() for number in numbers)


def test_guids_are_upper_case() -> None:
    assert guid_text("0193abcd" + "0" * 24) == "0193ABCD-0000-0000-0000-000000000000"


@pytest.mark.parametrize(
    ("info", "code", "text"),
    [
        ("[Code:1301;Desc:系统异常]", "1301", "系统异常"),
        ("x[Code:1200;Desc:a;b] y", "1200", "a;b"),
        ("plain words", None, "plain words"),
        ("[Code:;Desc:]", None, ""),
        ("", None, ""),
        ("[Code:1301;x;Desc:y]", None, "[Code:1301;x;Desc:y]"),
        ("[Code:1[Code:2;Desc:y]", "2", "y"),
        ("[Code:1;Desc:never closed", None, "[Code:1;Desc:never closed"),
    ],
)
def test_return_info_is_taken_apart(info: str, code: str | None, text: str) -> None:
    parsed = parse_return_info(info)
    assert (parsed.code, parsed.text) == (code, text)


@pytest.mark.parametrize("piece", ["[Code:", "[Code:1;Desc:", ";Desc:", "]"])
def test_return_info_costs_no_more_than_its_length(piece: str) -> None:
    start_s = monotonic_s()
    parse_return_info(piece * 100_000)
    assert monotonic_s() - start_s < 5, "minutes when every piece is searched from every piece"


def test_return_times() -> None:
    instant = datetime(2026, 11, 22, 8, 30, 0, 123000, tzinfo=UTC)
    assert parse_return_time("20261122163000123") == instant
    assert parse_return_time("2026-11-22T16:30:00.123+08:00") == instant
    assert parse_return_time("20261122163000") == instant.replace(microsecond=0)
    for wrong in ("", "2026-11-22T16:30:00", "20261122", "now"):
        with pytest.raises(ValueError):  # noqa: PT011 - any of several
            parse_return_time(wrong)


def test_retry_classes() -> None:
    assert retry_class("4", "") is Retry.TRANSIENT
    assert retry_class("-800004", "") is Retry.TRANSIENT
    assert retry_class("-1", "[Code:1002;Desc:expired]") is Retry.SECURITY
    assert retry_class("-301001", "") is Retry.DATA
    assert retry_class("-401012", "") is Retry.STALE
    assert retry_class("-999999", "") is Retry.UNCLASSIFIED


lanes = st.lists(st.integers(1, 100), min_size=1, max_size=4).map(
    lambda rates: [Lane(number, rate) for number, rate in enumerate(rates, start=1)]
)


@given(lanes, st.lists(st.integers(0, 50), min_size=4, max_size=4), st.integers(0, 60))
def test_each_parcel_joins_the_lane_with_the_least_expected_wait(
    park: list[Lane], queues: list[int], parcels: int
) -> None:
    lengths = {lane.lane: queues[lane.lane - 1] for lane in park}
    assigned = assign_lanes(park, lengths, parcels=parcels)
    assert len(assigned) == parcels
    for number in assigned:
        waits = {lane.lane: expected_wait(lane, lengths[lane.lane]) for lane in park}
        assert waits[number] == min(waits.values())
        lengths[number] += 1


def a_progress(phase: Phase, **changes: object) -> Progress:
    values: dict[str, object] = {
        "phase": phase,
        "has_order": True,
        "has_waybill": True,
        "is_unroutable": False,
        "is_cancelled": False,
        "is_screened": False,
        "is_held": False,
        "has_departed": False,
        "departure_reported": False,
    }
    return Progress(**{**values, **changes})  # type: ignore[arg-type]


def codes(progress: Progress) -> list[str]:
    return [one.code for one in missing(progress)]


def test_missing_at_each_step() -> None:
    assert codes(a_progress(Phase.DRAFT, has_waybill=False)) == ["waybill"]
    assert codes(a_progress(Phase.DRAFT, has_waybill=False, is_unroutable=True)) == ["route"]
    assert codes(a_progress(Phase.DRAFT, has_order=False)) == ["order"]
    assert codes(a_progress(Phase.BLOCKED)) == ["correction"]
    assert codes(a_progress(Phase.QUEUED))[:3] == ["transmission", "receipt_120", "receipt_800"]
    assert codes(a_progress(Phase.ACCEPTED))[:2] == ["receipt_800", "screening"]
    assert codes(a_progress(Phase.INSPECTION))[0] == "customs_decision"
    assert codes(a_progress(Phase.RETURNED)) == ["redeclaration"]
    assert codes(a_progress(Phase.RELEASED, is_held=True))[0] == "recheck"
    done = a_progress(Phase.RELEASED, is_screened=True, has_departed=True, departure_reported=True)
    assert codes(done) == ["receipt_899"]
    assert codes(a_progress(Phase.CLOSED)) == []


@pytest.mark.parametrize(
    ("phase", "first"),
    [
        (Phase.DRAFT, "receipt_120"),
        (Phase.BLOCKED, "correction"),
        (Phase.VALIDATED, "receipt_120"),
        (Phase.QUEUED, "transmission"),
        (Phase.SIGNED, "receipt_120"),
        (Phase.TRANSMITTED, "receipt_120"),
        (Phase.STAGED, "receipt_120"),
        (Phase.DECLARING, "receipt_120"),
        (Phase.SENT, "receipt_120"),
        (Phase.SEND_FAILED, "repair"),
        (Phase.REJECTED_TECHNICAL, "repair"),
        (Phase.RETURNED, "redeclaration"),
        (Phase.ACCEPTED, "receipt_800"),
        (Phase.MANUAL_REVIEW, "customs_decision"),
        (Phase.INSPECTION, "customs_decision"),
        (Phase.CONCLUDED, "receipt_800"),
        (Phase.RELEASED, "screening"),
        (Phase.CLOSED, None),
        (Phase.WITHDRAWN, None),
        (Phase.CANCEL_REQUESTED, "receipt_120"),
    ],
)
def test_what_comes_next_in_each_phase(phase: Phase, first: str | None) -> None:
    """With both documents there and the parcel not screened yet."""
    found = missing(a_progress(phase))
    assert next((one.code for one in found), None) == first
    for one in found:
        for english, chinese in zip(one.words("en"), one.words("zh-CN"), strict=True):
            assert english.isascii()
            assert any("\u4e00" <= character <= "\u9fff" for character in chinese)


def test_facts_of_one_slice_merge_to_the_newest() -> None:
    first = DossierFacts(
        "ord_1", "mer_1", order=OrderFact(2, {"v": 2}), shipment=ShipmentFact(2, "shp_0")
    )
    second = DossierFacts(
        "ord_1",
        "mer_1",
        order=OrderFact(1, {"v": 1}),
        shipment=ShipmentFact(3, "shp_1"),
        cancel=CancelFact("gone", datetime(2026, 1, 1, tzinfo=UTC)),
    )
    merged = first.merged(second)
    assert merged.order == OrderFact(2, {"v": 2})
    assert merged.shipment == ShipmentFact(3, "shp_1")
    assert merged == second.merged(first)


def test_expected_wait_counts_the_parcel_itself() -> None:
    assert expected_wait(Lane(1, 60), 0) == timedelta(minutes=1)


def test_new_ids_give_numbers_in_order() -> None:
    numbers = [cop_no(new_id("dec")) for _ in range(5)]
    assert numbers == sorted(numbers)
