"""Order, waybill and receipt of payment as documents, and what a dossier without errors holds."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.customs.clients.reference import platforms
from services.customs.domain.declarations.documents import OrderDocument, Payment
from services.customs.domain.declarations.drawing.order import order_document
from services.customs.domain.declarations.drawing.payment import payment_document
from services.customs.domain.declarations.drawing.waybill import goods_info, waybill_document
from services.customs.domain.declarations.export_list import (
    ExportList,
    draw_up_list,
    export_list_document,
)
from services.customs.domain.declarations.findings import errors_of
from services.customs.domain.declarations.match import check_list
from services.customs.domain.declarations.rulebook import Rulebook
from services.customs.domain.declarations.terms import RETAIL
from services.customs.domain.messages.faults import faults
from services.customs.domain.messages.kinds.lists import CEB603
from services.customs.domain.messages.kinds.trade import CEB303, CEB403, CEB505
from tests.support.customs import CODES, NOW, PARTIES, TARIFF, a_line, a_waybill, an_order

RULEBOOK = Rulebook(PARTIES, CODES, TARIFF, platforms())
GUID = "0" * 36
PREFIX = {"guid": GUID, "appType": "1", "appTime": "20261123023000", "appStatus": "2"}


def a_list(order: OrderDocument, rulebook: Rulebook = RULEBOOK) -> ExportList:
    return draw_up_list(order, a_waybill(order), cop_no="AL" + "0" * 26, rulebook=rulebook)


SOLD = an_order(
    a_line(5, gtin="6901234567892", hs_code="940521", specification={"light_source": "LED"}),
    store="DE",
    order_number="305-1234567-1234567",
)


def test_the_order_of_a_marketplace() -> None:
    document = order_document(a_list(SOLD), guid=GUID, app_time=NOW, parties=PARTIES)

    assert document.head == PREFIX | {
        "orderType": "E",
        "orderNo": "305-1234567-1234567",
        "ebpCode": "无",
        "ebpName": "amazon.de",
        "ebcCode": PARTIES.merchant.code,
        "ebcName": PARTIES.merchant.name,
        "goodsValue": "15.3",
        "freight": "0",
        "currency": "303",
    }
    (line,) = document.lines
    assert line == {
        "gnum": "1",
        "itemNo": "SKU-5",
        "itemName": "白色心形烛台",
        "itemDescribe": "White hanging heart T-light holder",
        "barCode": "6901234567892",
        "unit": "001",
        "currency": "303",
        "qty": "6",
        "price": "2.55",
        "totalPrice": "15.3",
    }
    assert faults(CEB303, document) == ()


def test_the_list_of_a_lamp_has_two_legal_units_and_its_elements() -> None:
    document = export_list_document(a_list(SOLD), guid=GUID, app_time=NOW, parties=PARTIES)
    (line,) = document.lines

    assert (line["unit"], line["unit1"], line["unit2"]) == ("001", "001", "035")
    assert (line["qty"], line["qty1"], line["qty2"]) == ("6", "6", "1.08")
    assert (line["gname"], line["gmodel"]) == ("白色心形烛台", "无品牌||玻璃|LED")
    assert line["barCode"] == "6901234567892"
    assert (document.head["orderNo"], document.head["ebpCode"]) == (SOLD.order_number, "无")


def test_a_parcel_that_is_booked_again_keeps_its_list() -> None:
    def drawn(rulebook: Rulebook, **changes: object) -> object:
        waybill = a_waybill(SOLD, **changes)
        export = draw_up_list(SOLD, waybill, cop_no="AL1", rulebook=rulebook)
        return export_list_document(export, guid=GUID, app_time=NOW, parties=PARTIES)

    named = replace(RULEBOOK, terms=replace(RETAIL, names_flight=True))
    assert drawn(RULEBOOK) == drawn(RULEBOOK, flight_number="CV8", flight_id="flt_2")
    assert drawn(named) != drawn(named, flight_number="CV8", flight_id="flt_2")


def test_the_house_waybill() -> None:
    waybill = a_waybill(SOLD, pieces=2)
    document = waybill_document(
        waybill, a_list(SOLD), guid=GUID, app_time=NOW, parties=PARTIES, app_type="2"
    )

    assert document.head == PREFIX | {
        "appType": "2",
        "logisticsCode": PARTIES.carrier.code,
        "logisticsName": PARTIES.carrier.name,
        "logisticsNo": waybill.house_waybill,
        "freight": "0",
        "insuredFee": "0",
        "currency": "303",
        "grossWeight": "1.38",
        "packNo": "2",
        "goodsInfo": "白色心形烛台",
        "ebcCode": PARTIES.merchant.code,
        "ebcName": PARTIES.merchant.name,
    }
    assert faults(CEB505, document) == ()


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["灯", "灯", "杯"], "灯；杯"),
        (["灯" * 100, "杯" * 97], "灯" * 100 + "；" + "杯" * 97),
        (["灯" * 100, "杯" * 99, "碗"], "灯" * 100 + "等"),
        (["灯" * 300], "灯" * 199 + "等"),
    ],
)
def test_the_goods_of_a_waybill_have_whole_names(names: list[str], text: str) -> None:
    assert goods_info(names) == text
    assert len(goods_info(names)) <= 200


def test_the_receipt_of_payment() -> None:
    at = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
    payment = Payment(SOLD.order_id, None, "示例支付", "P1", 1530, "GBP", at)
    document = payment_document(
        SOLD,
        payment,
        platform=RULEBOOK.platform_of(SOLD.store),
        guid=GUID,
        app_time=NOW,
        parties=PARTIES,
        codes=CODES,
    )

    assert document.head == PREFIX | {
        "ebpCode": "无",
        "ebpName": "amazon.de",
        "ebcCode": PARTIES.merchant.code,
        "ebcName": PARTIES.merchant.name,
        "orderNo": "305-1234567-1234567",
        "payCode": None,
        "payName": "示例支付",
        "payNo": "P1",
        "charge": "15.3",
        "currency": "303",
        "accountingDate": "20261123000000",
    }
    assert faults(CEB403, document) == ()


MINOR = {"JPY": 0, "KRW": 0}
words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=70)
orders = st.builds(
    lambda lines, **facts: an_order(
        *(replace(line, line=n) for n, line in enumerate(lines, start=3)), **facts
    ),
    st.lists(
        st.builds(
            a_line,
            quantity=st.integers(1, 100_000),
            unit_price_minor=st.integers(1, 10**7),
            hs_code=st.sampled_from(sorted(TARIFF.nomenclature.subheadings)),
            net_weight_g=st.integers(1, 5_000),
            gross_weight_g=st.integers(4_990, 9_000),
            title=words,
            title_zh=words.map("灯{}".format),
            brand=words.map("B{}".format),
            material=words.map("M{}".format) | st.none(),
            gtin=st.sampled_from([None, "6901234567892", "123"]),
            specification=st.dictionaries(st.sampled_from(["model", "use", "size"]), words),
            sku=st.text("AB1-", min_size=1, max_size=21),
        ),
        min_size=1,
        max_size=4,
    ),
    currency=st.sampled_from(sorted(CODES.currency)),
    country=st.sampled_from(sorted(CODES.country)),
    store=st.sampled_from([None, "DE", "direct"]),
    order_number=st.text("0123456789-", min_size=1, max_size=61) | st.none(),
)


@given(orders)
def test_without_errors_every_field_passes_and_the_sums_are_those_of_the_order(
    order: OrderDocument,
) -> None:
    waybill, export = a_waybill(order), a_list(order)
    of_list = export_list_document(export, guid=GUID, app_time=NOW, parties=PARTIES)
    if errors_of(check_list(order, waybill, export, of_list, RULEBOOK)):
        return
    of_order = order_document(export, guid=GUID, app_time=NOW, parties=PARTIES)
    of_waybill = waybill_document(waybill, export, guid=GUID, app_time=NOW, parties=PARTIES)

    assert faults(CEB603, of_list) == faults(CEB303, of_order) == faults(CEB505, of_waybill) == ()

    one = Decimal(1).scaleb(-MINOR.get(order.currency, 2))
    total = sum((line.unit_price_minor * line.quantity for line in order.lines), 0) * one
    weights = [line.net_weight_g * line.quantity for line in order.lines]
    gross = sum(line.gross_weight_g * line.quantity for line in order.lines)
    assert Decimal(of_order.head["goodsValue"] or "") == total
    assert Decimal(of_list.head["netWeight"] or "") * 1000 == sum(weights)
    assert Decimal(of_list.head["grossWeight"] or "") * 1000 == gross
    assert of_list.head["grossWeight"] == of_waybill.head["grossWeight"]
    for line, sold, weight in zip(of_list.lines, order.lines, weights, strict=True):
        assert Decimal(line["totalPrice"] or "") == sold.unit_price_minor * sold.quantity * one
        assert Decimal(line["price"] or "") * Decimal(line["qty"] or "") == Decimal(
            line["totalPrice"] or ""
        )
        for n in (1, 2):
            amount = line[f"qty{n}"]
            expected = weight / Decimal(1000) if line[f"unit{n}"] == "035" else sold.quantity
            assert amount is None or Decimal(amount) == expected
        assert (line["qty2"] is None) == (line["unit2"] is None)
    for ours, theirs in zip(of_order.lines, of_list.lines, strict=True):
        for name in ("gnum", "itemNo", "qty", "price", "totalPrice", "currency", "unit"):
            assert ours[name] == theirs[name]
