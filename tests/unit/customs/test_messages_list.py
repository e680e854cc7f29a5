"""The export list as a message: each field has its source, and the message is complete."""

from xml.etree import ElementTree as ET

import pytest

from services.customs.domain.declarations.export_list import draw_up_list, export_list_document
from services.customs.domain.messages.document import Document
from services.customs.domain.messages.kinds.kind import DOCUMENTS_PER_MESSAGE_MAX, NAMESPACE
from services.customs.domain.messages.kinds.lists import CEB603
from services.customs.domain.messages.message import OutgoingMessage, compose, transfer_of
from services.customs.domain.messages.numbering import new_guid
from services.customs.domain.messages.senders import Sender
from tests.support.customs import NOW, PARTIES, RULEBOOK, a_line, a_waybill, an_order

NS = f"{{{NAMESPACE}}}"


def a_document(**waybill: object) -> Document:
    order = an_order(a_line(1, quantity=6, unit_price_minor=255))
    papers = a_waybill(order, **waybill)
    export = draw_up_list(order, papers, cop_no="AL" + "0" * 26, rulebook=RULEBOOK)
    return export_list_document(export, guid="G" * 36, app_time=NOW, parties=PARTIES)


def test_the_head_names_document_parties_and_way() -> None:
    assert {name: value for name, value in a_document().head.items() if value} == {
        "guid": "G" * 36,
        "appType": "1",
        "appTime": "20261123023000",
        "appStatus": "2",
        "customsCode": "4700",
        "ebpCode": PARTIES.platform.code,
        "ebpName": PARTIES.platform.name,
        "orderNo": "ord_1",
        "logisticsCode": PARTIES.carrier.code,
        "logisticsName": PARTIES.carrier.name,
        "logisticsNo": "AL26112200001",
        "copNo": "AL" + "0" * 26,
        "ieFlag": "E",
        "portCode": "4700",
        "ieDate": "20261123",
        "statisticsFlag": "A",
        "agentCode": PARTIES.declarant.code,
        "agentName": PARTIES.declarant.name,
        "ebcCode": PARTIES.merchant.code,
        "ebcName": PARTIES.merchant.name,
        "ownerCode": PARTIES.merchant.code,
        "ownerName": PARTIES.merchant.name,
        "tradeMode": "9610",
        "trafMode": "5",
        "country": "304",
        "POD": "304",
        "freight": "0",
        "fCurrency": "303",
        "fFlag": "3",
        "insuredFee": "0",
        "iCurrency": "303",
        "iFlag": "3",
        "wrapType": "2",
        "packNo": "1",
        "grossWeight": "1.38",
        "netWeight": "1.08",
    }


def test_a_line_has_code_quantity_weight_and_value() -> None:
    (line,) = a_document().lines

    assert {name: value for name, value in line.items() if value} == {
        "gnum": "1",
        "itemNo": "SKU-1",
        "gcode": "9405500000",
        "gname": "白色心形烛台",
        "gmodel": "无品牌||玻璃",
        "barCode": "无",
        "country": "304",
        "currency": "303",
        "qty": "6",
        "qty1": "1.08",
        "unit": "011",
        "unit1": "035",
        "price": "2.55",
        "totalPrice": "15.3",
    }


def test_a_list_without_a_known_flight_is_dated_by_its_submission() -> None:
    head = a_document(departs_at=None, flight_number=None).head

    assert (head["ieDate"], head["voyageNo"]) == ("20261123", None)


def test_goods_that_leave_by_road_say_so() -> None:
    assert a_document(mode="road").head["trafMode"] == "4"


def a_message(documents: list[Document]) -> OutgoingMessage:
    return compose(
        CEB603,
        documents,
        guid=new_guid(),
        declaration_ids=["dec_1", "dec_2"],
        transfer=transfer_of(Sender.of_declarant(PARTIES)),
    )


def test_a_message_holds_its_documents_and_who_sends_it() -> None:
    message = a_message([a_document(), a_document()])

    root = ET.fromstring(message.body.encode())
    assert root.get("guid") == message.guid
    assert len(root.findall(f"{NS}Inventory")) == message.documents == 2
    assert message.declaration_ids == ("dec_1", "dec_2")
    transfer = root[-1]
    assert {child.tag.removeprefix(NS): child.text for child in transfer} == {
        "copCode": PARTIES.declarant.code,
        "copName": PARTIES.declarant.name,
        "dxpMode": "DXP",
        "dxpId": PARTIES.dxp_id,
        "note": message.note,
    }
    assert message.note.startswith("unsigned")


@pytest.mark.parametrize("count", [0, DOCUMENTS_PER_MESSAGE_MAX + 1])
def test_a_message_without_documents_or_with_too_many_is_not_written(count: int) -> None:
    with pytest.raises(AssertionError):
        a_message([a_document()] * count)
