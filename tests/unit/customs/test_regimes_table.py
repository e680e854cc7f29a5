"""What the tables of regimes say on which day, and that a wrong row stops the start."""

from dataclasses import replace
from datetime import date

import pytest

from services.customs.clients.reference import regime_files, regime_tables
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.messages.parties import PartyRole
from services.customs.domain.regimes.errors import DistrictUnknown, RegimeUnknown
from services.customs.domain.regimes.regime import Condition, RegimeTables, Whose
from services.customs.domain.regimes.table import parse_regimes
from shared.kernel.money import Money

BEFORE, SINCE = date(2024, 12, 14), date(2024, 12, 15)
MODES = ("1210", "9610", "9710", "9810")


@pytest.fixture
def tables() -> RegimeTables:
    return regime_tables()


@pytest.mark.parametrize("mode", ["9610", "1210"])
def test_a_receipt_of_payment_comes_before_retail_lists_until_announcement_167(
    tables: RegimeTables, mode: str
) -> None:
    until, since = (tables.regime_on(mode, day) for day in (BEFORE, SINCE))

    assert until.needs_payment
    assert since.predecessors == (DocumentKind.ORDER, DocumentKind.WAYBILL)
    # Nothing of a payment is left: neither the document nor its enterprise.
    assert until.party_rule(PartyRole.PAYMENT) is not None
    assert since.party_rule(PartyRole.PAYMENT) is None
    assert until.version != since.version


@pytest.mark.parametrize(
    ("mode", "order_type", "return_mode", "flags", "cap"),
    [
        ("9610", "E", "9661", {"A": 4, "B": 10}, None),
        ("1210", "E", "1261", {"B": 10}, None),
        ("9710", "B", "9661", {"A": 6}, Money(500_000, "CNY")),
        ("9810", "W", "9661", {"A": 6}, Money(500_000, "CNY")),
    ],
)
def test_each_mode_has_its_order_type_codes_and_cap(
    tables: RegimeTables,
    mode: str,
    order_type: str,
    return_mode: str,
    flags: dict[str, int],
    cap: Money | None,
) -> None:
    regime = tables.regime_on(mode, SINCE)

    assert (regime.order_type, regime.return_mode) == (order_type, return_mode)
    assert {rule.flag: rule.hs_digits for rule in regime.statistics} == flags
    assert regime.value_cap == cap


def test_only_retail_lists_name_the_parks_enterprise_as_the_seller(tables: RegimeTables) -> None:
    whose = {}
    for mode in MODES:
        rule = tables.regime_on(mode, SINCE).party_rule(PartyRole.FIRM)
        whose[mode] = rule and rule.whose

    assert {mode for mode, one in whose.items() if one is Whose.OWN_OR_PARK} == {"9610"}
    assert tables.regime_on("1210", SINCE).party_rule(PartyRole.AREA) is not None


def test_the_simplified_list_needs_every_condition(tables: RegimeTables) -> None:
    simplified = tables.regime_on("9610", SINCE).statistics_rule("A")
    assert simplified is not None
    all_but_one = frozenset(Condition) - {Condition.NO_REFUND}

    assert simplified.unmet(frozenset(Condition)) == frozenset()
    assert simplified.unmet(all_but_one) == {Condition.NO_REFUND}
    assert tables.regime_on("9610", SINCE).statistics_rule("C") is None


@pytest.mark.parametrize(("mode", "day"), [("0110", SINCE), ("9710", date(2020, 6, 30))])
def test_a_mode_that_the_day_does_not_have_is_named(
    tables: RegimeTables, mode: str, day: date
) -> None:
    with pytest.raises(RegimeUnknown) as refused:
        tables.regime_on(mode, day)

    assert refused.value.params["mode"] == mode
    assert "9610" in str(refused.value.params["modes"])


def test_a_district_has_its_own_row_that_of_its_city_or_the_usual(tables: RegimeTables) -> None:
    assert tables.district_on("4700", SINCE).is_loaded_after_inspection
    assert not tables.district_on("4700", BEFORE).is_loaded_after_inspection
    assert tables.district_on("5100", SINCE).code == "*"
    with pytest.raises(DistrictUnknown):
        tables.district_on("4700", date(2013, 1, 1))


def test_returns_are_free_by_the_day_of_export(tables: RegimeTables) -> None:
    last = tables.relief_for("9610", date(2027, 12, 31))

    assert last is not None
    assert last.within_months == 6
    assert tables.relief_for("9610", date(2025, 12, 31)) is None
    assert tables.relief_for("9610", date(2028, 1, 1)) is None


def test_a_version_changes_with_the_rules_and_not_with_their_sources() -> None:
    files, tables = regime_files(), regime_tables()
    simplified = "9610,A,2014-02-10,,6"
    reworded = parse_regimes(replace(files, regimes=files.regimes.replace("GACC 12/2014", "12")))
    changed = parse_regimes(
        replace(files, statistics=files.statistics.replace("9610,A,2014-02-10,,4", simplified))
    )

    def versions(of: RegimeTables) -> dict[str, str]:
        return {mode: of.regime_on(mode, SINCE).version for mode in MODES}

    assert versions(reworded) == versions(tables)
    assert {m for m, v in versions(changed).items() if v != versions(tables)[m]} == {"9610"}


@pytest.mark.parametrize(
    ("file", "row"),
    [
        ("regimes", "9610,2025-01-01,,E,,order waybill,9661,sourced,overlaps"),
        ("regimes", "9999,2025-01-01,,E,,order waybill,9661,sourced,without flags and parties"),
        ("regimes", "9611,2025-01-01,,X,,order waybill,9661,sourced,order type"),
        ("statistics", "9610,A,2026-01-01,,6,,sourced,begins inside of a regime"),
        ("statistics", "9610,A,2014-02-10,,6,,sourced,twice"),
        ("parties", "9610,owner,2014-02-10,,own,,yes,sourced,twice"),
        ("statistics", "9610,C,2014-02-10,,4,,sourced,flag"),
        ("parties", "9610,shop,2014-02-10,,own,,yes,sourced,role"),
        ("parties", "9610,owner,2014-02-10,,own,,yes,sourced,"),
        ("districts", "4799,2014-02-10,2014-02-10,yes,yes,no,no,sourced,no day"),
        ("districts", "4799,2014-02-10,,maybe,yes,no,no,sourced,neither yes nor no"),
        ("reliefs", "9610,2026-01-01,2028-01-01,six,sourced,number"),
    ],
)
def test_a_row_that_cannot_be_right_is_refused(file: str, row: str) -> None:
    files = regime_files()
    with pytest.raises(ValueError, match=r"regimes|inside"):
        parse_regimes(replace(files, **{file: f"{getattr(files, file)}{row}\n"}))


def test_a_mode_whose_lists_could_name_no_platform_is_refused() -> None:
    files = regime_files()
    without = [line for line in files.parties.splitlines() if "9710,ecommerce_platform" not in line]
    with pytest.raises(ValueError, match="names its owner"):
        parse_regimes(replace(files, parties="\n".join(without)))
