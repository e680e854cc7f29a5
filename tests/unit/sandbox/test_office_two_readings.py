"""Two readings of one specification agree: what the park's own code writes is read by the office,
and has no fault there.
"""

from collections.abc import Callable

import pytest

from deploy.sandbox.customs_office.inbound.papers import Signed, Upload
from deploy.sandbox.customs_office.inbound.reading import read_upload
from services.customs.domain.declarations.export_list import draw_up_list, export_list_document
from services.customs.domain.departures.report import DepartedShipment, draw_up_reports
from services.customs.domain.messages.kinds.lists import CEB603
from services.customs.domain.messages.kinds.movements import CEB509
from services.customs.domain.messages.message import compose
from services.customs.domain.messages.signing.algorithms import Algorithm
from services.customs.domain.messages.signing.signature import signed
from tests.support.customs import NOW, PARTIES, RULEBOOK, a_line, a_waybill, an_order
from tests.support.signing import a_signature, an_rsa_pair


def a_list_of_the_park() -> str:
    order = an_order(a_line(1, quantity=6, unit_price_minor=255), a_line(2))
    export = draw_up_list(order, a_waybill(order), cop_no="AL" + "0" * 26, rulebook=RULEBOOK)
    document = export_list_document(export, guid="0" * 36, app_time=NOW, parties=PARTIES)
    return compose(CEB603, [document], ["dec_1"], parties=PARTIES).body


def a_departure_of_the_park() -> str:
    shipment = DepartedShipment("dec_1", NOW, "flt_1", "O31", "999-00000001", "HWB1", "air")
    (report,) = draw_up_reports([shipment], parties=PARTIES, now=NOW)
    return compose(CEB509, report.documents, report.declaration_ids, parties=PARTIES).body


def read(body: str) -> Upload:
    return read_upload(body.encode(), "x")


@pytest.mark.parametrize("make", [a_list_of_the_park, a_departure_of_the_park])
def test_a_message_of_the_park_has_no_fault(make: Callable[[], str]) -> None:
    upload = read(make())

    assert [paper.faults for paper in upload.papers] == [()]
    assert upload.says_it_is_unsigned


@pytest.mark.parametrize("make", [a_list_of_the_park, a_departure_of_the_park])
def test_a_signature_of_the_park_is_valid(make: Callable[[], str]) -> None:
    body = make()
    signature = a_signature(body, an_rsa_pair())

    assert read(signed(body, signature)).signed is Signed.VALID
    assert signature.algorithm is Algorithm.RSA_SHA1
