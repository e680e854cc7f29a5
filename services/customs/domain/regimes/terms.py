"""The terms of a list, from the regime table."""

from typing import Literal

from services.customs.domain.declarations.terms import Terms
from services.customs.domain.regimes.regime import District, Regime


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
