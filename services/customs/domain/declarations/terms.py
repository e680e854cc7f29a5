"""What the regime makes of a list: the parts of it that drawing up and the match need."""

from dataclasses import dataclass
from typing import Final, Literal

from services.customs.domain.regimes.regime import District, Regime

BONDED: Final = "1210"


@dataclass(frozen=True, slots=True)
class Terms:
    """`mode`: tradeMode. `order_type`: E retail, B business to business, W overseas warehouse.
    `statistics_flag`: A simplified, B declared by a summary. `hs_digits`: how many digits of a code
    must be known. `value_cap_minor`: in fen; None: there is none. `names_flight`: the list has the
    flight; else CEB607 brings it, and a parcel that is booked again keeps its list. `version`: of
    the regime.
    """

    mode: str
    order_type: Literal["E", "B", "W"]
    statistics_flag: Literal["A", "B"]
    hs_digits: int
    value_cap_minor: int | None
    names_flight: bool
    version: str


# Retail export by a simplified list, which no summary follows; no receipt of payment since GACC
# announcement 167/2024.
RETAIL: Final = Terms("9610", "E", "A", 4, None, False, "9610/2024-12-15")


def terms_of(regime: Regime, flag: Literal["A", "B"], district: District) -> Terms | None:
    """The terms of lists under a regime in a district; None: the regime does not know the flag."""
    rule = regime.statistics_rule(flag)
    if rule is None:
        return None
    return Terms(
        mode=regime.mode,
        order_type=regime.order_type,
        statistics_flag=flag,
        hs_digits=rule.hs_digits,
        value_cap_minor=None if regime.value_cap is None else regime.value_cap.amount_minor,
        names_flight=district.flight_in_list,
        version=regime.version,
    )
