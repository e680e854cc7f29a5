"""By which numbers messages name what belongs to a declaration."""

from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.evidence.ownership import EvidencedDocument, own_numbers
from services.customs.domain.evidence.pieces import OwnNumber


def a_document(kind: DocumentKind, number: str, invt_no: str | None = None) -> EvidencedDocument:
    return EvidencedDocument("doc_1", kind, "PARTY", number, invt_no)


def test_every_list_and_its_number_at_customs() -> None:
    documents = [
        a_document(DocumentKind.LIST, "A1"),
        a_document(DocumentKind.LIST, "A2", "I2"),  # the first was cloned
        a_document(DocumentKind.CANCELLATION, "C1"),
        a_document(DocumentKind.RETURN, "R1"),
    ]

    assert own_numbers(documents, house_waybill="W1") == (
        OwnNumber("coElNo", "R1"),
        OwnNumber("copNo", "A1"),
        OwnNumber("copNo", "A2"),
        OwnNumber("copNo", "C1"),
        OwnNumber("invtNo", "I2"),
        OwnNumber("logisticsNo", "W1"),
    )


def test_the_number_of_an_order_is_own_with_its_platform_only() -> None:
    documents = [a_document(DocumentKind.ORDER, "1001")]

    assert own_numbers(documents, house_waybill=None) == (OwnNumber("orderNo", "1001", "PARTY"),)


def test_the_number_of_a_document_of_the_park_is_nobodys_own() -> None:
    documents = [
        a_document(DocumentKind.DEPARTURE, "D1"),
        a_document(DocumentKind.BILL, "B1"),
        a_document(DocumentKind.ARRIVAL, "E1"),
        a_document(DocumentKind.SUMMARY, "S1"),
    ]

    assert own_numbers(documents, house_waybill=None) == ()
