"""Two readings of one specification agree: what the park's own code writes is read by the office,
and has no fault there; what the office writes is read by the park, and names the right document.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from deploy.sandbox.customs_office.answers.writing import wrap, write_message
from deploy.sandbox.customs_office.desk import Desk
from deploy.sandbox.customs_office.inbound.papers import Signed, Upload
from deploy.sandbox.customs_office.inbound.reading import read_upload
from services.customs.domain.declarations.export_list import draw_up_list, export_list_document
from services.customs.domain.documents.kinds import MESSAGE_TYPE
from services.customs.domain.documents.stored import NewDocument
from services.customs.domain.messages.document import Document
from services.customs.domain.messages.envelope import write_envelope
from services.customs.domain.messages.kinds.kind import MessageKind
from services.customs.domain.messages.kinds.lists import CEB603
from services.customs.domain.messages.kinds.registry import KINDS
from services.customs.domain.messages.message import compose, transfer_of
from services.customs.domain.messages.numbering import new_guid
from services.customs.domain.messages.samples import samples_of
from services.customs.domain.messages.senders import Sender
from services.customs.domain.messages.signing.algorithms import Algorithm
from services.customs.domain.messages.signing.signature import signed
from services.customs.domain.messages.values import compact_time
from services.customs.domain.movements.arrival import ArrivedParcel, draw_up_arrivals
from services.customs.domain.movements.bill import BoundParcel, draw_up_bills
from services.customs.domain.movements.departure import DepartedParcel, draw_up_departures
from services.customs.domain.receipts.answers import read_receipts
from services.customs.domain.receipts.receipt import DocumentKey, Receipt
from services.customs.domain.receipts.summary_result import SummaryResult
from tests.support import uploads as ceb
from tests.support.customs import NOW, PARTIES, RULEBOOK, a_line, a_waybill, an_order, site_of
from tests.support.signing import a_signature, an_rsa_pair
from tests.unit.sandbox.office_desk import a_day


def a_message(kind: MessageKind, document: Document) -> str:
    message = compose(
        kind,
        [document],
        guid=new_guid(),
        declaration_ids=["dec_1"],
        transfer=transfer_of(Sender.of_declarant(PARTIES)),
    )
    return message.body


def a_list_of_the_park() -> str:
    order = an_order(a_line(1, quantity=6, unit_price_minor=255), a_line(2))
    export = draw_up_list(order, a_waybill(order), cop_no="AL" + "0" * 26, rulebook=RULEBOOK)
    document = export_list_document(export, guid="0" * 36, app_time=NOW, parties=PARTIES)
    return a_message(CEB603, document)


def a_departure_of_the_park() -> str:
    parcel = DepartedParcel("dec_1", NOW, "flt_1", "O31", "999-00000001", "HWB1", "air")
    return uploaded(draw_up_departures([parcel], parties=site_of(PARTIES), real_now=NOW))


def an_arrival_of_the_park() -> str:
    parcel = ArrivedParcel("dec_1", "HWB1", "air", "鄂G12345", "4700A", "999-00000001")
    return uploaded(draw_up_arrivals([parcel], parties=site_of(PARTIES), real_now=NOW))


def a_bill_of_the_park() -> str:
    bound = ("flt_1", "O31", "999-00000001", Decimal("1.25"), None)
    parcel = BoundParcel("dec_1", "HWB1", "air", *bound)
    return uploaded(draw_up_bills([parcel], parties=site_of(PARTIES), real_now=NOW))


def uploaded(drawn: tuple[NewDocument, ...]) -> str:
    (document,) = drawn
    (part,) = document.drawn.parts
    head = {**part.head, "guid": new_guid(), "appTime": compact_time(NOW)}
    kind = KINDS[MESSAGE_TYPE[document.drawn.kind]]
    return a_message(kind, Document(head, part.lines))


OF_THE_PARK = [
    a_list_of_the_park,
    a_departure_of_the_park,
    an_arrival_of_the_park,
    a_bill_of_the_park,
]


SAMPLES = {sample.name: sample for kind in KINDS.values() for sample in samples_of(kind)}
# A value as long as it may be, but of the form of another: a sum, the code of an enterprise.
OF_THE_WIDEST = ("totalPrice is not", "goodsValue is not", "ownerCode cannot be")


def read(body: str) -> Upload:
    return read_upload(body.encode(), "x")


@pytest.mark.parametrize("make", OF_THE_PARK)
def test_a_message_of_the_park_has_no_fault(make: Callable[[], str]) -> None:
    upload = read(make())

    assert [paper.faults for paper in upload.papers] == [()]
    assert upload.says_it_is_unsigned


@pytest.mark.parametrize("make", OF_THE_PARK)
def test_a_signature_of_the_park_is_valid(make: Callable[[], str]) -> None:
    body = make()
    signature = a_signature(body, an_rsa_pair())

    assert read(signed(body, signature)).signed is Signed.VALID
    assert signature.algorithm is Algorithm.RSA_SHA1


@pytest.mark.parametrize("name", SAMPLES)
def test_the_parks_samples_have_no_fault(name: str) -> None:
    sample = SAMPLES[name]
    bare = read(sample.message)
    enveloped = read(write_envelope(sample.envelope(sample.message)))

    faults = [fault for paper in bare.papers for fault in paper.faults]
    if "fullest" in name:
        faults = [one for one in faults if not any(text in one for text in OF_THE_WIDEST)]
    assert faults == []
    assert enveloped.papers == bare.papers


# Table E: what of the document its receipt repeats, and so finds it by.
KEYS = {
    "CEB304": (ceb.PLATFORM, {"ORD-1", "ORD-2"}),
    "CEB404": (ceb.SHOP, {"ORD-1"}),
    "CEB506": (ceb.CARRIER, {"W1", "W2"}),
    "CEB508": (ceb.SITE, {"AR0001"}),
    "CEB510": (ceb.CARRIER, {"DP0001"}),
    "CEB604": (ceb.AGENT, {"AL1~120", "AL2~800"}),
    "CEB606": (ceb.AGENT, {"CX0001"}),
    "CEB608": (ceb.AGENT, {"MB0001"}),
    "CEB702": (ceb.AGENT, {"SU0001"}),
    "CEB214": (ceb.AGENT, {"RT0001"}),
    "CEB216": (ceb.SITE, {"RT0001"}),
}


def test_the_park_reads_every_answer_and_finds_its_document() -> None:
    by_kind = defaultdict(list)
    for planned in a_day():
        by_kind[planned.answer.kind.message].append(planned.answer)
    later = NOW + timedelta(days=30)

    for message, answers in by_kind.items():
        text = write_message(answers)
        for body in (text, wrap(text, message, at=NOW, receiver="DXPENT0000000000")):
            read_back = read_receipts(body.encode(), later)
            if message == "CEB792":
                assert [type(one) for one in read_back] == [SummaryResult] * len(answers)
                continue
            party, numbers = KEYS[message]
            keys = [one.key for one in read_back if isinstance(one, Receipt)]
            assert len(keys) == len(answers)
            assert set(keys) == {DocumentKey(party, number) for number in numbers}


def test_the_park_finds_the_message_that_a_ceb900_is_about() -> None:
    body = a_list_of_the_park()
    (planned,) = Desk(1).take(body.replace("ebpName", "ebpNome").encode(), "x", NOW)

    (receipt,) = read_receipts(write_message([planned.answer]).encode(), NOW + timedelta(days=1))

    assert isinstance(receipt, Receipt)
    assert receipt.key == DocumentKey("", read(body).guid)
