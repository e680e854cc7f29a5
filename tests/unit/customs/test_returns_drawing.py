"""CEB213 and CEB215, drawn from the list that the goods left with."""

from dataclasses import replace

import pytest

from services.customs.domain.declarations.drawing.dossier import draw_up
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.messages.document import Document, FieldFault
from services.customs.domain.messages.faults import faults
from services.customs.domain.messages.kinds.registry import KINDS
from services.customs.domain.messages.numbering import short_no
from services.customs.domain.messages.parties import Party
from services.customs.domain.returns.drawing import (
    AskedReturn,
    country_code_of,
    draw_return,
    draw_tally,
)
from services.customs.domain.returns.errors import TallyNotAllowed
from services.customs.domain.returns.kept import require_tally
from services.customs.domain.returns.quantities import all_of, return_lines, returnable_lines
from shared.kernel.errors import Invalid
from shared.kernel.ids import new_id
from tests.support.customs import CODES, NOW, RULEBOOK, a_waybill, an_order

ASKED = AskedReturn(
    lines=None,
    reason="买家退货",
    country="DE",
    bill_no="016-12345675",
    voyage_no="O37002",
    mode="air",
)
UPLOAD = {"guid": "0" * 36, "appTime": "20261122163000"}


def the_list() -> Document:
    order = an_order()
    drawn = draw_up(order, a_waybill(order), cop_no="AL1", rulebook=RULEBOOK, now=NOW)
    (found,) = (one for one in drawn.documents if one.kind is DocumentKind.LIST)
    return found.parts[0]


def returned(asked: AskedReturn = ASKED) -> Document:
    exported = the_list()
    lines = returnable_lines(exported, [])
    drawn = draw_return(
        new_id("doc"),
        asked,
        exported,
        return_lines(lines, all_of(lines)),
        invt_no="470020261000000001",
        country_code=country_code_of(asked.country, CODES.country),
        return_mode="9661",
    )
    assert drawn.party_code == exported.head["agentCode"]
    return drawn.parts[0]


def faults_of(message_type: str, document: Document) -> tuple[FieldFault, ...]:
    return faults(KINDS[message_type], Document({**document.head, **UPLOAD}, document.lines))


def test_the_application_is_what_the_interface_wants() -> None:
    document, exported = returned(), the_list()
    assert faults_of("CEB213", document) == ()
    head = document.head
    assert (head["ieFlag"], head["tradeMode"], head["trafMode"]) == ("I", "9661", "5")
    assert head["logisticsNo"] == exported.head["logisticsNo"]
    assert [one["gcode"] for one in document.lines] == [one["gcode"] for one in exported.lines]
    assert head["country"] == CODES.country["DE"]


def test_the_tally_names_the_parcel_under_the_same_number() -> None:
    application = returned(replace(ASKED, house_waybill="RT998877"))
    number = application.head["coElNo"] or ""
    drawn = draw_tally(
        application, operator=Party("4201960001", "场站"), number=number, location="A3", note=None
    )
    (document,) = drawn.parts
    assert faults_of("CEB215", document) == ()
    assert (drawn.party_code, drawn.number) == ("4201960001", number)
    assert document.head["logisticsNo"] == "RT998877"
    assert document.lines == ()


@pytest.mark.parametrize("country", ["CN", "XX"])
def test_goods_come_from_a_country_that_is_not_china_and_has_a_code(country: str) -> None:
    with pytest.raises(Invalid) as refusal:
        country_code_of(country, CODES.country)
    assert refusal.value.problems[0].pointer == "/from_country"


def test_numbers_have_twenty_characters_and_differ() -> None:
    numbers = {short_no(new_id("doc")) for _ in range(5_000)}
    assert len(numbers) == 5_000
    assert {len(one) for one in numbers} == {20}


@pytest.mark.parametrize("phase", DocumentPhase)
def test_a_tally_needs_an_application_that_is_at_the_port(phase: DocumentPhase) -> None:
    elsewhere = {"queued", "withdrawn", "returned", "send_failed", "rejected_technical"}
    if phase.value in elsewhere:
        with pytest.raises(TallyNotAllowed):
            require_tally(phase)
    else:
        require_tally(phase)
