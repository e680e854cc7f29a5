"""The three-document match: a sound order passes, and each fault is found under its own code."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.customs.domain.declarations.documents import OrderDocument, Waybill
from services.customs.domain.declarations.export_list import (
    ExportList,
    draw_up_list,
    export_list_document,
)
from services.customs.domain.declarations.finding_kinds import KINDS
from services.customs.domain.declarations.findings import (
    Finding,
    finding_from_json,
    finding_to_json,
)
from services.customs.domain.declarations.match import match_documents
from services.customs.domain.declarations.match_fields import field_findings
from services.customs.domain.messages.faults import faults
from services.customs.domain.messages.kinds.lists import CEB603
from tests.support.customs import CODES, NOW, PARTIES, RULEBOOK, a_line, a_waybill, an_order


def a_list(order: OrderDocument, waybill: Waybill) -> ExportList:
    return draw_up_list(order, waybill, cop_no="AL" + "0" * 26, rulebook=RULEBOOK)


def found(order: OrderDocument, waybill: Waybill | None = None) -> set[str]:
    waybill = waybill or a_waybill(order)
    findings = match_documents(order, waybill, a_list(order, waybill), RULEBOOK)
    return {finding.code.removeprefix("customs.match.") for finding in findings}


def test_an_order_without_faults_matches() -> None:
    assert found(an_order()) == set()


def test_line_numbers_may_have_gaps_the_list_has_none() -> None:
    order = an_order(a_line(7), a_line(3))
    export = a_list(order, a_waybill(order))

    assert [(line.gnum, line.item_no) for line in export.lines] == [(1, "SKU-3"), (2, "SKU-7")]
    assert found(order) == set()


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (an_order(a_line(1), a_line(1)), "line_repeated"),
        (an_order(*(a_line(n) for n in range(1, 102))), "too_many_lines"),
        (replace(an_order(), lines=(), total_minor=0, gross_weight_g=0), "no_lines"),
        (an_order(a_line(quantity=0)), "quantity"),
        (an_order(a_line(quantity=-3)), "quantity"),
        (an_order(a_line(unit_price_minor=0), a_line(2)), "value_zero"),
        (an_order(total_minor=1), "order_total"),
        (an_order(a_line(net_weight_g=0)), "net_weight"),
        (an_order(a_line(net_weight_g=500)), "gross_weight"),
        (an_order(gross_weight_g=99), "order_weight"),
        (an_order(currency="XPF"), "currency_without_code"),
        (an_order(country="AQ"), "country_without_code"),
        (an_order(country="CN"), "destination_is_china"),
        (an_order(a_line(hs_code="770000")), "hs_code"),
        (an_order(a_line(hs_code="98765")), "hs_code"),
        (an_order(a_line(hs_code="9405५०")), "hs_code"),
        (an_order(a_line(sku="S" * 21)), "item_number"),
    ],
)
def test_each_fault_of_an_order_has_its_finding(order: OrderDocument, code: str) -> None:
    assert code in found(order)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"gross_weight_g": 1}, "waybill_weight"),
        ({"country": "FR"}, "destination_differs"),
        ({"order_id": "ord_2"}, "order_number"),
    ],
)
def test_each_difference_of_the_waybill_has_its_finding(change: dict[str, Any], code: str) -> None:
    order = an_order()

    assert found(order, a_waybill(order, **change)) == {code}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"waybill_no": "other"}, "waybill_number"),
        ({"order_no": "other"}, "order_number"),
    ],
)
def test_a_list_that_names_other_documents_is_found(change: dict[str, Any], code: str) -> None:
    order = an_order()
    waybill = a_waybill(order)
    export = replace(a_list(order, waybill), **change)
    codes = {finding.code for finding in match_documents(order, waybill, export, RULEBOOK)}

    assert codes == {f"customs.match.{code}"}


def test_a_list_with_wrong_sums_or_numbers_is_found() -> None:
    order = an_order()
    waybill = a_waybill(order)
    export = a_list(order, waybill)
    first = replace(export.lines[0], total_minor=1, gnum=2)
    broken = replace(export, lines=(first, *export.lines[1:]))
    codes = {finding.code for finding in match_documents(order, waybill, broken, RULEBOOK)}

    assert codes == {
        "customs.match.line_total",
        "customs.match.line_numbering",
        "customs.match.order_total",
    }


orders = st.builds(
    lambda lines, currency, country: an_order(
        *(replace(line, line=n) for n, line in enumerate(lines, start=1)),
        currency=currency,
        country=country,
    ),
    st.lists(
        st.builds(
            a_line,
            quantity=st.integers(1, 100_000),
            unit_price_minor=st.integers(1, 10**7),
            hs_code=st.sampled_from(["940550", "61091000", "8517130000"]),
            net_weight_g=st.integers(1, 5_000),
            gross_weight_g=st.integers(5_000, 9_000),
            title_zh=st.text(
                st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60
            ).map("灯{}".format),
        ),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(sorted(CODES.currency)),
    st.sampled_from(sorted(set(CODES.country) - {"CN"})),
)


@given(orders)
def test_what_matches_can_be_written_and_its_sums_are_exact(order: OrderDocument) -> None:
    waybill = a_waybill(order)
    export = a_list(order, waybill)

    assert match_documents(order, waybill, export, RULEBOOK) == ()

    document = export_list_document(export, guid="0" * 36, app_time=NOW, parties=PARTIES)

    assert faults(CEB603, document) == ()

    for line in document.lines:
        price, quantity = Decimal(line["price"] or ""), Decimal(line["qty"] or "")
        assert price * quantity == Decimal(line["totalPrice"] or "")
    weights = [
        Decimal(line[f"qty{n}"] or "")
        for line in document.lines
        for n in (1, 2)
        if line[f"unit{n}"] == "035"
    ]

    assert sum(weights, Decimal(0)) == Decimal(document.head["netWeight"] or "")


def test_field_faults_become_findings() -> None:
    order = an_order(a_line(title_zh="灯" * 251))
    export = a_list(order, a_waybill(order))
    document = export_list_document(export, guid="0" * 36, app_time=NOW, parties=PARTIES)
    (finding,) = field_findings(document)

    assert finding.params["place"] == "InventoryList[1].gname"
    assert "250" in finding.text("en")


def test_amounts_follow_the_currency() -> None:
    order = an_order(a_line(unit_price_minor=1250, quantity=2), currency="JPY")
    export = a_list(order, a_waybill(order))
    document = export_list_document(export, guid="0" * 36, app_time=NOW, parties=PARTIES)

    assert document.lines[0]["price"] == "1250"
    assert document.lines[0]["currency"] == "116"
    # 18:30 UTC is already the next day in China.
    assert document.head["ieDate"] == "20261123"


def test_every_finding_is_worded_in_both_languages() -> None:
    for code in KINDS:
        finding = finding_from_json(finding_to_json(Finding(code, {"line": 1})))
        for locale in ("en", "zh-CN"):
            assert finding.text(locale)
            assert finding.fix(locale)
        assert finding.text("en") != finding.text("zh-CN")


faulty_orders = st.builds(
    lambda lines, changes: an_order(*lines, **changes),
    st.lists(
        st.builds(
            a_line,
            st.integers(1, 3),
            quantity=st.integers(-1, 3),
            unit_price_minor=st.integers(0, 2),
            hs_code=st.sampled_from(["940550", "770000", "x"]),
            net_weight_g=st.sampled_from([0, 100, 500]),
            sku=st.sampled_from(["SKU-1", "S" * 21]),
        ),
        min_size=1,
        max_size=3,
    ),
    st.fixed_dictionaries(
        {},
        optional={
            "country": st.sampled_from(["CN", "AQ", "FR"]),
            "currency": st.sampled_from(["XPF", "JPY"]),
            "total_minor": st.just(1),
            "gross_weight_g": st.just(1),
        },
    ),
)


@given(faulty_orders, st.fixed_dictionaries({}, optional={"country": st.just("IT")}))
def test_every_fault_is_worded_with_nothing_left_to_fill_in(
    order: OrderDocument, waybill: dict[str, Any]
) -> None:
    papers = a_waybill(order, **waybill)

    findings = match_documents(order, papers, a_list(order, papers), RULEBOOK)

    for finding in findings:
        for locale in ("en", "zh-CN"):
            assert "{" not in finding.text(locale) + finding.fix(locale)
