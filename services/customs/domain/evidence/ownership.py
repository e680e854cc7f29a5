"""By which numbers messages name what belongs to one declaration."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from services.customs.domain.documents.kinds import MESSAGE_TYPE, DocumentKind
from services.customs.domain.evidence.pieces import KEY_ELEMENT, OwnNumber

# Their numbers are the shops': another platform or firm may have the same.
_OF_A_PARTY: Final = frozenset({DocumentKind.ORDER, DocumentKind.PAYMENT})
# Documents of the park are about many declarations. Their lines name a parcel or a list.
_SHARED: Final = frozenset(
    {DocumentKind.ARRIVAL, DocumentKind.BILL, DocumentKind.DEPARTURE, DocumentKind.SUMMARY}
)


@dataclass(frozen=True, slots=True)
class EvidencedDocument:
    """A document about the declaration, alone or with others. `invt_no`: customs' of a list."""

    id: str
    kind: DocumentKind
    party_code: str
    number: str
    invt_no: str | None


def own_numbers(
    documents: Iterable[EvidencedDocument], *, house_waybill: str | None
) -> tuple[OwnNumber, ...]:
    found = {OwnNumber("logisticsNo", house_waybill)} if house_waybill else set()
    for document in documents:
        if document.kind not in _SHARED:
            party = document.party_code if document.kind in _OF_A_PARTY else ""
            element = KEY_ELEMENT[MESSAGE_TYPE[document.kind]]
            found.add(OwnNumber(element, document.number, party))
        if document.kind is DocumentKind.LIST and document.invt_no:
            found.add(OwnNumber("invtNo", document.invt_no))
    return tuple(sorted(found, key=lambda one: (one.element, one.number, one.party_code)))
