"""What to do about a failed submission."""

from enum import StrEnum
from typing import Final

from services.customs.domain.receipts.receipt import parse_return_info


class Retry(StrEnum):
    """TRANSIENT: send it again later · DATA: correct it first · SECURITY: look at the signature ·
    STALE: nothing, customs has a newer message · UNCLASSIFIED: a person decides.
    """

    TRANSIENT = "transient"
    DATA = "data"
    SECURITY = "security"
    STALE = "stale"
    UNCLASSIFIED = "unclassified"


# Interface specification, tables 7-1 and 7-2. Platform codes come as return status or as the
# code within the text; port codes are negative and have six digits.
_CLASSES: Final[dict[str, Retry]] = (
    dict.fromkeys(
        "4 3001 3002 3003 3999 1301 -301013 -401011 -505015 -621017 -800004".split(),
        Retry.TRANSIENT,
    )
    | dict.fromkeys(
        "0001 0002 2001 2002 -10101 -10102 -301001 -301002 -301008 -301010".split(), Retry.DATA
    )
    | dict.fromkeys("1001 1002 1003 1004 -621028 -621029".split(), Retry.SECURITY)
    | dict.fromkeys("-301014 -401012 -505016".split(), Retry.STALE)
)


def retry_class(return_status: str, return_info: str) -> Retry:
    """For a failed submission (4 or a negative status): the code in the text decides, else the
    status.
    """
    code = parse_return_info(return_info).code
    for candidate in (code, return_status.removeprefix("-"), return_status):
        if candidate is not None and candidate in _CLASSES:
            return _CLASSES[candidate]
    return Retry.UNCLASSIFIED
