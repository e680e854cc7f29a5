"""The codes that the office answers faults with: tables 7-1 and 7-2 of the specification.

Table 7-2 has none of its own for movements, tallies and summaries (507, 509, 607, 215, 701), and
few for the export list. There the office takes those of a near family: the bonded receipt, the
order, or the platform's 2001.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

# Faults that pass: whoever gets one sends the document again.
TRANSIENT: Final = frozenset(
    """4 -301013 -401011 -505015 -621017 -621020 -621021 -621022 -621023 -623027 -625019 -625110
    -625116 -800004""".split()
)
FORMAT: Final = "-1"  # of a whole message: the text has the code of table 7-1


@dataclass(frozen=True, slots=True)
class Codes:
    """`faulty`: a field is wrong · `stale`: older than what is stored · `there`: the number exists
    · `unknown`: a change of what is not there · `unfit`: its state does not allow it · `signature`
    missing or wrong."""

    faulty: str
    stale: str
    there: str
    unknown: str
    unfit: str
    signature: str = "-1004"


_MOVEMENT: Final = Codes("-2001", "-800005", "-800003", "-2002", "-2999")
CODES: Final[Mapping[str, Codes]] = {
    "CEB303": Codes("-301008", "-301014", "-301010", "-301009", "-301011"),
    "CEB403": Codes("-401009", "-401012", "-401007", "-401006", "-401008"),
    "CEB505": Codes("-504011", "-505016", "-504015", "-504014", "-504016"),
    "CEB603": Codes("-621008", "-301014", "-621004", "-621006", "-621010", "-621028"),
    "CEB605": Codes("-623001", "-301014", "-623009", "-623003", "-623005", "-623016"),
    "CEB213": Codes("-625001", "-301014", "-625022", "-625016", "-625032", "-625005"),
    **dict.fromkeys(("CEB215", "CEB507", "CEB509", "CEB607", "CEB701"), _MOVEMENT),
}


def info(code: str, text: str) -> str:
    """As returnInfo writes it; at most 1,000 characters."""
    return f"[Code:{code.removeprefix('-') if len(code) < 6 else code};Desc:{text[:900]}]"
