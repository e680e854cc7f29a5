"""The documents of a return: the application (CEB213), drawn from the list that the goods left
with, and the tally of the parcel at the site (CEB215). Interface specification, edition 202205.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.customs.domain.documents.content import DrawnDocument
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.messages.document import Document, Values
from services.customs.domain.messages.kinds.rules import CHINA_CODE
from services.customs.domain.messages.numbering import short_no
from services.customs.domain.messages.parties import Party
from services.customs.domain.messages.values import traf_mode
from services.customs.domain.returns.errors import ReturnCountryUnknown, ReturnFromChina
from services.customs.domain.returns.quantities import AskedLine
from shared.kernel.errors import refuse

_DECLARED: Final = {"appType": "1", "appStatus": "2"}
_INBOUND: Final = "I"
# Written into both documents as they are in the list.
_COPIED: Final = (
    "customsCode",
    "ebpCode",
    "ebpName",
    "ebcCode",
    "ebcName",
    "logisticsCode",
    "logisticsName",
    "agentCode",
    "agentName",
    "portCode",
)
_COPIED_TO_TALLY: Final = (
    "customsCode",
    "logisticsCode",
    "logisticsName",
    "logisticsNo",
    "invtNo",
    "coElNo",
    "billNo",
    "ieFlag",
    "trafMode",
    "trafName",
    "voyageNo",
)


@dataclass(frozen=True, slots=True)
class AskedReturn:
    """`lines` None: all that can still come back. `country`: ISO code of where the parcel was
    dispatched. `bill_no`: master waybill of the way back, or its house waybill where there is no
    master. `house_waybill` None: that of the way out. `mode`: air or road. `replaces`: a return
    that the port refused, which this one stands for.
    """

    lines: tuple[AskedLine, ...] | None
    reason: str
    country: str
    bill_no: str
    voyage_no: str
    mode: str
    house_waybill: str | None = None
    means: str | None = None
    note: str | None = None
    accepts_duty: bool = False
    replaces: str | None = None


def country_code_of(country: str, codes: Mapping[str, str]) -> str:
    """Customs' code. Raises Invalid for China, and for a country that is in no table."""
    code = codes.get(country)
    if code is None:
        refuse([ReturnCountryUnknown.at("/from_country", country=country)])
    if code == CHINA_CODE:
        refuse([ReturnFromChina.at("/from_country")])
    assert code is not None
    return code


def draw_return(
    document_id: str,
    asked: AskedReturn,
    exported: Document,
    lines: tuple[Values, ...],
    *,
    invt_no: str,
    country_code: str,
    return_mode: str,
) -> DrawnDocument:
    """`return_mode`: tradeMode of the return, by the regime under which the goods left."""
    given = exported.head
    number = short_no(document_id)
    head = _DECLARED | {name: given.get(name) for name in _COPIED}
    head |= {
        "logisticsNo": asked.house_waybill or given.get("logisticsNo"),
        "coElNo": number,
        "invtNo": invt_no,
        "tradeMode": return_mode,
        "billNo": asked.bill_no,
        "ieFlag": _INBOUND,
        "trafMode": traf_mode(asked.mode),
        # The means of transport is known by the flight where nothing else is said.
        "trafName": asked.means or asked.voyage_no,
        "reason": asked.reason,
        "country": country_code,
        "voyageNo": asked.voyage_no,
        "note": asked.note,
    }
    return DrawnDocument(
        DocumentKind.RETURN, given.get("agentCode") or "", number, (Document(head, lines),)
    )


def draw_tally(
    returned: Document, operator: Party, *, number: str, location: str | None, note: str | None
) -> DrawnDocument:
    """Of the parcel of a return, as the operator of the site has seen it. `number`: the return's
    own for the first tally.
    """
    given = returned.head
    head = _DECLARED | {name: given.get(name) for name in _COPIED_TO_TALLY}
    head |= {
        "operatorCode": operator.code,
        "operatorName": operator.name,
        "coElNo": number,
        "location": location,
        "note": note,
    }
    return DrawnDocument(DocumentKind.TALLY, operator.code, number, (Document(head),))
