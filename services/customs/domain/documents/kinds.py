"""The business documents of the message set, and the messages that carry them and their receipts.

Source: interface specification of the export message set, edition 202205, chapter of messages.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class DocumentKind(StrEnum):
    ORDER = "order"
    PAYMENT = "payment"
    WAYBILL = "waybill"
    LIST = "list"  # the export list: the declaration itself
    CANCELLATION = "cancellation"  # of a list
    ARRIVAL = "arrival"  # the goods are in the supervised site
    BILL = "bill"  # which lists go on which master waybill and flight
    DEPARTURE = "departure"  # the goods have left the country
    RETURN = "return"  # exported goods come back
    TALLY = "tally"  # of a returned parcel, at the site
    SUMMARY = "summary"  # of a month's released lists


MESSAGE_TYPE: Final[Mapping[DocumentKind, str]] = MappingProxyType(
    {
        DocumentKind.ORDER: "CEB303",
        DocumentKind.PAYMENT: "CEB403",
        DocumentKind.WAYBILL: "CEB505",
        DocumentKind.LIST: "CEB603",
        DocumentKind.CANCELLATION: "CEB605",
        DocumentKind.ARRIVAL: "CEB507",
        DocumentKind.BILL: "CEB607",
        DocumentKind.DEPARTURE: "CEB509",
        DocumentKind.RETURN: "CEB213",
        DocumentKind.TALLY: "CEB215",
        DocumentKind.SUMMARY: "CEB701",
    }
)
RECEIPT_TYPE: Final[Mapping[DocumentKind, str]] = MappingProxyType(
    {
        DocumentKind.ORDER: "CEB304",
        DocumentKind.PAYMENT: "CEB404",
        DocumentKind.WAYBILL: "CEB506",
        DocumentKind.LIST: "CEB604",
        DocumentKind.CANCELLATION: "CEB606",
        DocumentKind.ARRIVAL: "CEB508",
        DocumentKind.BILL: "CEB608",
        DocumentKind.DEPARTURE: "CEB510",
        DocumentKind.RETURN: "CEB214",
        DocumentKind.TALLY: "CEB216",
        DocumentKind.SUMMARY: "CEB702",
    }
)
# Kinds that may be sent in parts under one number. Their receipts name the part (msgSeqNo).
SPLIT_KINDS: Final = frozenset(
    {DocumentKind.ARRIVAL, DocumentKind.BILL, DocumentKind.DEPARTURE, DocumentKind.SUMMARY}
)
