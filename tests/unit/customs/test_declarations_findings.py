"""Every finding of the match: what produces it, where it points, and what its repair does."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import from_json, to_json

from services.customs.domain.declarations.documents import OrderDocument, Payment, Waybill
from services.customs.domain.declarations.drawing.dossier import (
    DrawnDossier,
    draw_up,
    order_number_finding,
)
from services.customs.domain.declarations.export_list import draw_up_list, export_list_document
from services.customs.domain.declarations.finding_kinds import KINDS
from services.customs.domain.declarations.findings import (
    Finding,
    FindingJson,
    errors_of,
    finding_from_json,
    finding_to_json,
)
from services.customs.domain.declarations.match import check_list, match_payment
from services.customs.domain.declarations.repairs import (
    BASES,
    Repair,
    RepairBasis,
    apply_repairs,
    repair_from_json,
    repair_to_json,
)
from services.customs.domain.declarations.rulebook import Rulebook
from services.customs.domain.declarations.terms import RETAIL, Terms
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.messages.parties import Parties, Party
from services.customs.domain.registrations.findings import KINDS as PARTY_KINDS
from services.customs.domain.tariff.tariff import Tariff, parse_tariff
from tests.support.contradictions import AT_CUSTOMS
from tests.support.customs import (
    CODES,
    NOW,
    PARTIES,
    RULEBOOK,
    TARIFF,
    a_line,
    a_waybill,
    an_order,
)

BONDED = replace(RETAIL, mode="1210", statistics_flag="B")
CAPPED = Terms("9710", "B", "A", 6, 500_000, False, "9710/test")


def checked(
    order: OrderDocument,
    waybill: Waybill | None = None,
    *,
    parties: Parties = PARTIES,
    tariff: Tariff = TARIFF,
    terms: Terms = RETAIL,
    first: Mapping[str, Any] | None = None,
    **changes: Any,
) -> tuple[Finding, ...]:
    """`changes`: of the list as it was drawn up, `first`: of its first line."""
    rulebook = Rulebook(parties, CODES, tariff, {}, terms)
    papers = waybill or a_waybill(order)
    export = draw_up_list(order, papers, cop_no="AL" + "0" * 26, rulebook=rulebook)
    if first is not None:
        changes["lines"] = (replace(export.lines[0], **first), *export.lines[1:])
    export = replace(export, **changes)
    document = export_list_document(export, guid="G" * 36, app_time=NOW, parties=parties)
    return check_list(order, papers, export, document, rulebook)


def a_tariff(*rows: str) -> Tariff:
    text = "\n".join(("prefix,unit1,unit2,elements,controls,basis", *rows))
    tariff, faults = parse_tariff(text, TARIFF.units, TARIFF.nomenclature)
    assert not faults
    return tariff


def one(**changes: Any) -> OrderDocument:
    return an_order(a_line(1, **changes))


ORDER = an_order()
METRES = a_tariff("94,030,,品牌=brand!,,test")
TWO_UNITS = a_tariff("9405500010,035,,,,test", "9405500090,007,,,,test")
STRANGE = Party("91420700MAA1RL001X", "错误企业")

# Code → the findings of a dossier that has this fault, and the pointer of its finding.
CASES: Mapping[str, tuple[tuple[Finding, ...], str]] = {
    "no_lines": (
        checked(an_order(total_minor=0, net_weight_g=0, gross_weight_g=0, lines=())),
        "/order/lines",
    ),
    "too_many_lines": (
        checked(an_order(*(a_line(n) for n in range(1, 102)))),
        "/order/lines",
    ),
    "line_repeated": (checked(an_order(a_line(2), a_line(2))), "/order/lines/1/line"),
    "line_numbering": (checked(ORDER, first={"gnum": 2}), "/list/lines"),
    "line_differs": (checked(ORDER, first={"item_no": "OTHER"}), "/list/lines/0/itemNo"),
    "quantity": (checked(one(quantity=0)), "/order/lines/0/quantity"),
    "value_zero": (checked(one(unit_price_minor=0)), "/order/lines/0/unit_price_minor"),
    "line_total": (checked(ORDER, first={"total_minor": 1}), "/list/lines/0/totalPrice"),
    "order_total": (checked(an_order(total_minor=1)), "/order/total_minor"),
    "net_weight": (checked(one(net_weight_g=0)), "/list/netWeight"),
    "gross_weight": (checked(one(gross_weight_g=100)), "/list/grossWeight"),
    "order_weight": (
        checked(an_order(gross_weight_g=9), a_waybill(ORDER)),
        "/order/gross_weight_g",
    ),
    "order_net_weight": (checked(an_order(net_weight_g=9)), "/order/net_weight_g"),
    "line_weights": (checked(one(legal_quantity_1="99")), "/list/netWeight"),
    "waybill_weight": (
        checked(ORDER, a_waybill(ORDER, gross_weight_g=1)),
        "/waybill/gross_weight_g",
    ),
    "waybill_number": (checked(ORDER, waybill_no="OTHER"), "/list/logisticsNo"),
    "order_number": (checked(ORDER, a_waybill(ORDER, order_id="ord_2")), "/waybill/order_id"),
    "pieces": (checked(ORDER, a_waybill(ORDER, pieces=0)), "/waybill/pieces"),
    "destination_differs": (checked(ORDER, a_waybill(ORDER, country="FR")), "/waybill/country"),
    "destination_is_china": (checked(an_order(country="CN")), "/order/country"),
    "country_without_code": (checked(an_order(country="AQ")), "/order/country"),
    "currency_without_code": (checked(an_order(currency="XPF")), "/order/currency"),
    "hs_code": (checked(one(hs_code="9405.50")), "/order/lines/0/hs_code"),
    "hs_subheading": (checked(one(hs_code="940500")), "/order/lines/0/hs_code"),
    "hs_digits": (
        checked(one(), terms=replace(RETAIL, statistics_flag="B", hs_digits=10)),
        "/order/lines/0/hs_code",
    ),
    "not_in_tariff": (
        checked(one(), tariff=a_tariff("61,011,035,,,test")),
        "/order/lines/0/hs_code",
    ),
    "tariff_digits": (checked(one(), tariff=TWO_UNITS), "/order/lines/0/hs_code"),
    "controls": (
        checked(one(), tariff=a_tariff("94,035,,品牌=brand!,licence,test")),
        "/order/lines/0/hs_code",
    ),
    "item_number": (checked(one(sku="S" * 21)), "/list/lines/0/itemNo"),
    "item_record": (
        checked(
            one(hs_code="9405500000"),
            terms=BONDED,
            parties=replace(PARTIES, area=PARTIES.merchant, ems_no="T4700W000001"),
        ),
        "/order/lines/0/item_record_no",
    ),
    "bonded_area": (checked(one(item_record_no="R1"), terms=BONDED), "/list/emsNo"),
    "name_missing": (checked(one(title_zh=None)), "/order/lines/0/title_zh"),
    "name_generic": (checked(one(title_zh="配件")), "/list/lines/0/gname"),
    "brand_missing": (checked(one(brand=None)), "/order/lines/0/brand"),
    "element_missing": (
        checked(one(hs_code="701399", material=None)),
        "/order/lines/0/material",
    ),
    "element_unknown": (checked(one(material=None)), "/order/lines/0/material"),
    "bar_code": (checked(one(gtin="6901234567890")), "/order/lines/0/gtin"),
    "legal_quantity": (checked(one(), tariff=METRES), "/order/lines/0/legal_quantity_1"),
    "legal_units": (
        checked(
            ORDER,
            first={
                "legal": replace(
                    draw_up_list(ORDER, a_waybill(ORDER), cop_no="A", rulebook=RULEBOOK)
                    .lines[0]
                    .legal,
                    unit1="036",
                )
            },
        ),
        "/list/lines/0/unit1",
    ),
    "party_code": (checked(ORDER, parties=replace(PARTIES, merchant=STRANGE)), "/list/ebcCode"),
    "value_cap": (
        checked(an_order(a_line(unit_price_minor=100_000), currency="CNY"), terms=CAPPED),
        "/order/total_minor",
    ),
    "value_cap_unknown": (checked(ORDER, terms=CAPPED), "/order/total_minor"),
    "field": (checked(one(title_zh="灯" * 251)), "/list/lines/0/gname"),
}
PAYMENT = Payment("ord_1", None, "示例支付", "P1", ORDER.total_minor, "GBP", NOW)
PAYMENT_CASES: Mapping[str, tuple[tuple[Finding, ...], str]] = {
    "payment_order": (
        match_payment(ORDER, replace(PAYMENT, order_id="ord_2")),
        "/payment/order_id",
    ),
    "payment_charge": (
        match_payment(ORDER, replace(PAYMENT, charge_minor=1)),
        "/payment/charge_minor",
    ),
}


def drawn(*before: DocumentKind) -> DrawnDossier:
    rulebook = replace(RULEBOOK, sends_before=before)
    return draw_up(ORDER, a_waybill(ORDER), cop_no="A", rulebook=rulebook, now=NOW)


def of_another_order() -> tuple[Finding, ...]:
    number = drawn(DocumentKind.ORDER).order_number
    takers = {(PARTIES.platform.code, "ord_1"): "dec_2"}
    assert order_number_finding("dec_2", number, takers) is None
    assert order_number_finding("dec_1", number, {}) is None
    assert order_number_finding("dec_1", drawn().order_number, takers) is None
    finding = order_number_finding("dec_1", number, takers)
    assert finding is not None
    return (finding,)


SENDING_CASES: Mapping[str, tuple[tuple[Finding, ...], str]] = {
    "order_number_taken": (of_another_order(), "/order/order_number"),
    "payment_missing": (drawn(DocumentKind.PAYMENT).findings, "/payment"),
}
ALL_CASES = {**CASES, **PAYMENT_CASES, **SENDING_CASES, **AT_CUSTOMS}
# Faults that come with another of their own.
COMPANIONS = {
    "line_total": {"order_total"},
    "quantity": {"net_weight"},
}


def test_every_kind_of_finding_has_a_case() -> None:
    own = {code for code in KINDS if code not in PARTY_KINDS}
    assert {f"customs.match.{code}" for code in ALL_CASES} == own


def test_what_is_in_order_has_no_finding() -> None:
    assert checked(ORDER) == ()
    assert match_payment(ORDER, PAYMENT) == ()


@pytest.mark.parametrize("code", ALL_CASES)
def test_a_fault_is_found_at_its_place_and_blamed_on_nothing_else(code: str) -> None:
    findings, pointer = ALL_CASES[code]
    codes = {finding.code.removeprefix("customs.match.") for finding in findings}

    assert codes - COMPANIONS.get(code, set()) == {code}, codes
    assert pointer in {one.pointer for one in findings if one.code == f"customs.match.{code}"}


WARNINGS = {"name_generic", "element_unknown", "bar_code", "value_cap_unknown"}


@pytest.mark.parametrize("code", ALL_CASES)
def test_what_customs_would_return_is_an_error(code: str) -> None:
    assert (errors_of(ALL_CASES[code][0]) == ()) == (code in WARNINGS)


def test_whose_move_it_is() -> None:
    owners = {code: KINDS[f"customs.match.{code}"].owner for code in ALL_CASES}

    assert {code for code, owner in owners.items() if owner == "logistics"} == {
        "waybill_weight",
        "order_number",
        "pieces",
        "destination_differs",
    }
    assert {code for code, owner in owners.items() if owner == "park"} == {
        "line_numbering",
        "line_differs",
        "line_total",
        "waybill_number",
        "country_without_code",
        "legal_units",
        "party_code",
        "bonded_area",
        "payment_missing",
    }


REPAIRED = [
    ("line_repeated", an_order(a_line(2), a_line(2)), 3),
    ("order_total", an_order(total_minor=1), 3060),
    ("order_weight", an_order(gross_weight_g=9), 2760),
    ("order_net_weight", an_order(net_weight_g=9), 2160),
    ("hs_code", one(hs_code="9405.50"), "940550"),
    ("name_missing", one(title_zh=None), "灯具、台灯、吊灯、灯串、烛台、灯罩"),
    ("name_missing", one(title_zh="Lamp", title=" 台灯  A "), "台灯 A"),
    ("brand_missing", one(brand=" "), "无品牌"),
    ("bar_code", one(gtin="123"), None),
]


@pytest.mark.parametrize(("code", "order", "value"), REPAIRED)
def test_a_suggested_repair_removes_its_finding(
    code: str, order: OrderDocument, value: str | int | None
) -> None:
    waybill = a_waybill(
        order, gross_weight_g=sum(x.gross_weight_g * x.quantity for x in order.lines)
    )
    (finding,) = checked(order, waybill)
    assert (finding.code, finding.repair is not None) == (f"customs.match.{code}", True)
    repair = cast("Repair", finding.repair)
    assert (repair.pointer, repair.value) == (finding.pointer, value)

    assert checked(apply_repairs(order, [repair]), waybill) == ()


def test_every_code_that_suggests_a_repair_is_among_those_that_are_tried() -> None:
    suggesting = {
        finding.code.removeprefix("customs.match.")
        for findings, _ in ALL_CASES.values()
        for finding in findings
        if finding.repair is not None
    }

    assert suggesting == {code for code, _, _ in REPAIRED}


def test_a_code_of_no_subheading_is_not_guessed() -> None:
    (finding,) = checked(one(hs_code="9405.00"))

    assert finding.repair is None


def test_a_measured_quantity_repairs_what_is_not_known() -> None:
    (finding,) = checked(one(), tariff=METRES)
    repair = Repair(cast("str", finding.pointer), "2.5")

    assert checked(apply_repairs(one(), [repair]), tariff=METRES) == ()


@pytest.mark.parametrize("code", ALL_CASES)
def test_a_finding_is_the_same_after_it_was_stored(code: str) -> None:
    for finding in ALL_CASES[code][0]:
        stored = cast("FindingJson", from_json(to_json(finding_to_json(finding))))

        assert finding_from_json(stored) == finding


def test_a_finding_of_an_older_row_is_read() -> None:
    stored: FindingJson = {"code": "customs.match.no_lines", "params": {}}

    assert finding_from_json(stored) == Finding("customs.match.no_lines")


@pytest.mark.parametrize("basis", RepairBasis)
def test_every_basis_is_worded_and_stored(basis: RepairBasis) -> None:
    repair = Repair("/order/country", "DE", basis)

    assert BASES[basis].en != BASES[basis].zh
    assert repair_from_json(repair_to_json(repair)) == repair


texts = st.none() | st.text(max_size=12) | st.sampled_from(["无", "灯", "6901234567892", "|||"])
numbers = st.integers(-(10**20), 10**20) | st.integers(-2, 3)
wild_lines = st.builds(
    a_line,
    numbers,
    sku=st.text(max_size=25),
    title=st.text(max_size=12),
    quantity=numbers,
    unit_price_minor=numbers,
    hs_code=st.text(max_size=12) | st.sampled_from(["940550", "93", "6109100010", "٩٤٠٥٥٠"]),
    net_weight_g=numbers,
    gross_weight_g=numbers,
    title_zh=texts,
    brand=texts,
    material=texts,
    gtin=texts,
    specification=st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2),
    legal_quantity_1=texts,
    legal_quantity_2=texts | st.sampled_from(["1e5", "NaN", "-1", "Infinity", "0.000001"]),
)
wild_orders = st.builds(
    an_order,
    wild_lines,
    wild_lines,
    currency=st.text(max_size=4) | st.just("GBP"),
    country=st.text(max_size=3) | st.just("DE"),
    store=texts,
    order_number=texts,
)


@given(wild_orders, numbers, st.sampled_from([RETAIL, BONDED, CAPPED]))
def test_whatever_the_documents_say_nothing_raises(
    order: OrderDocument, weight: int, terms: Terms
) -> None:
    waybill = a_waybill(order, gross_weight_g=weight, pieces=weight)
    findings = checked(order, waybill, terms=terms)

    for finding in findings:
        assert str(finding.pointer).startswith(("/order/", "/waybill/", "/list/"))
        if finding.repair is not None:
            order = apply_repairs(order, [finding.repair])
