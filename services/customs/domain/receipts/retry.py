"""What kind of fault a failed upload had, and so what helps.

The codes are those of tables 7-1 (platform, four digits) and 7-2 (port, negative) of the interface
specification, edition 202205, and 1301, which customs writes into the text of an answer. Table 7-2
has no codes of its own for the export list, its cancellation and the return: theirs are those of
the import messages CEB621, 623 and 625, and unknown ones must be expected.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from services.customs.domain.receipts.receipt import parse_return_info


class Retry(StrEnum):
    """Which remedy a fault has. Those of PASSING need nobody."""

    TRANSIENT = "transient"  # send it again later
    DATA = "data"  # correct the document first
    SECURITY = "security"  # look at the key that signs
    CERTIFICATE = "certificate"  # the certificate is not the declaring party's
    STALE = "stale"  # the port has a newer message: nothing to do
    TOO_MUCH = "too_much"  # send it again with fewer others in its message; of a CEB900, too
    TOO_LARGE = "too_large"  # it was alone in its message: it cannot be divided by itself
    ALREADY_THERE = "already_there"  # an earlier upload arrived: nothing to do
    STATE = "state"  # the document at customs is in a state that does not allow this
    UNKNOWN_DOCUMENT = "unknown_document"  # a change or deletion of a document customs lacks
    NOT_FOUND = "not_found"  # something that the document refers to is not there
    SEVERAL_FOUND = "several_found"  # it refers to more than one
    EMPTY = "empty"  # the message is empty or unreadable
    UNDELIVERABLE = "undeliverable"  # the way to the port refuses it, or no key may sign it
    UNCLASSIFIED = "unclassified"  # a code that this table lacks: a person decides


class Family(StrEnum):
    """Which message a code of table 7-2 is about, by its range."""

    ENTERPRISE = "enterprise"
    ORDER = "order"
    PAYMENT = "payment"
    WAYBILL = "waybill"
    WAYBILL_STATUS = "waybill_status"
    LIST = "list"
    CANCEL = "cancel"
    RETURN = "return"
    BONDED_RECEIPT = "bonded_receipt"


# What goes again by itself.
PASSING: Final = frozenset({Retry.TRANSIENT, Retry.TOO_MUCH})

# TOO_LARGE and UNDELIVERABLE have none: they follow from the message that was refused.
# -621027 stands twice in table 7-2: a line number that repeats, and a document that could not be
# saved. Both are looked into by a person, so it is here with the first. -505015 and -505016 belong
# to the waybill status of the import side; the port may use them for a waybill, too.
CODES_BY_RETRY: Final[Mapping[Retry, tuple[str, ...]]] = MappingProxyType(
    {
        Retry.TRANSIENT: (
            *"4 3001 3002 3003 3999 1301".split(),
            *"-301013 -401011 -505015".split(),
            *"-621017 -621020 -621021 -621022 -621023".split(),
            *"-623011 -623018 -623019 -623020 -623022 -623027".split(),
            *"-625017 -625018 -625019 -625029 -625030 -625110 -625116".split(),
            "-800004",
        ),
        Retry.DATA: (
            *"0001 0002 0999 2001 2002 2999 -10101 -10102".split(),
            *"-301001 -301002 -301008".split(),
            *"-621000 -621024 -621027 -623000".split(),
            *"-625006 -625008 -625009 -625023 -625031 -625200".split(),
            "-800000",
        ),
        Retry.SECURITY: (
            *"1001 1002 1003 1004 1999".split(),
            *"-621025 -621026 -621028 -621029".split(),
            *"-623016 -623017 -623029".split(),
            *"-625005 -625027 -625028 -625208".split(),
        ),
        Retry.CERTIFICATE: (
            *"-621015 -621016 -623021 -623026".split(),
            *"-625013 -625020 -625021 -625113 -625114".split(),
        ),
        Retry.STALE: tuple("-301014 -401012 -505016 -800005".split()),
        Retry.TOO_MUCH: tuple(
            "-301015 -401013 -504013 -505013 -505017 -621030 -623008 -800006".split()
        ),
        Retry.TOO_LARGE: (),
        Retry.ALREADY_THERE: (
            *"-301010 -401007 -504012 -504015 -505012".split(),
            *"-621004 -623009 -625022 -625033 -800003".split(),
        ),
        Retry.STATE: tuple(
            "-301011 -401008 -504016 -621010 -621011 -621012 -623005 -623013".split()
        ),
        Retry.UNKNOWN_DOCUMENT: tuple("-301009 -401006 -504014".split()),
        Retry.NOT_FOUND: (
            *"-301003 -301004 -301005 -401001 -401002 -401004".split(),
            *"-621006 -621019 -623003 -623004".split(),
            *"-625016 -625032 -625204 -625209".split(),
        ),
        Retry.SEVERAL_FOUND: tuple("-301006 -401003".split()),
        Retry.EMPTY: tuple("-301007 -401005 -504000 -504010 -505000 -505010 -625003".split()),
        Retry.UNDELIVERABLE: (),
        Retry.UNCLASSIFIED: (),
    }
)
# What the document says is at fault, or does not fit what customs has: sent again as it is, it will
# fail again.
CONTENT_AT_FAULT: Final = frozenset(
    {
        Retry.DATA,
        Retry.STATE,
        Retry.UNKNOWN_DOCUMENT,
        Retry.NOT_FOUND,
        Retry.SEVERAL_FOUND,
    }
)
# A person may correct it. A code that this table lacks may be of any kind: who reads it decides.
CORRECTABLE: Final = CONTENT_AT_FAULT | {Retry.TOO_LARGE, Retry.UNCLASSIFIED}
_CLASSES: Final = {code: retry for retry, codes in CODES_BY_RETRY.items() for code in codes}

# Ranges of table 7-2, both ends included.
_RANGES: Final = (
    (10101, 10199, Family.ENTERPRISE),
    (301000, 301999, Family.ORDER),
    (401000, 401999, Family.PAYMENT),
    (504000, 504999, Family.WAYBILL),
    (505000, 505999, Family.WAYBILL_STATUS),
    (621000, 621999, Family.LIST),
    (623000, 623999, Family.CANCEL),
    (625000, 625999, Family.RETURN),
    (800000, 800999, Family.BONDED_RECEIPT),
)
_DIGITS_MAX: Final = 9


def retry_class(return_status: str, return_info: str) -> Retry:
    """For a failed upload (4 or a negative status): the code in the text decides, else the
    status.
    """
    code = parse_return_info(return_info).code
    for candidate in (code, return_status.removeprefix("-"), return_status):
        if candidate is not None and candidate in _CLASSES:
            return _CLASSES[candidate]
    return Retry.UNCLASSIFIED


def family_of(return_status: str) -> Family | None:
    """None: in no range of the table."""
    digits = return_status.removeprefix("-")
    if digits == return_status or not digits.isascii() or not digits.isdecimal():
        return None
    if len(digits) > _DIGITS_MAX:
        return None
    number = int(digits)
    return next((family for low, high, family in _RANGES if low <= number <= high), None)
