"""The rulebook of a merchant on a day: from the registrations of enterprises, the regime of that
day, and the tables that all declarations share.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from services.customs.domain.declarations.codes import CodeTables
from services.customs.domain.declarations.findings import Finding
from services.customs.domain.declarations.rulebook import Rulebook
from services.customs.domain.declarations.terms import terms_of
from services.customs.domain.documents.kinds import MESSAGE_TYPE, DocumentKind
from services.customs.domain.messages.parties import Party, nobody
from services.customs.domain.messages.senders import SendingPlan
from services.customs.domain.messages.values import CHINA
from services.customs.domain.regimes.regime import District, Mode, RegimeTables, StatisticsFlag
from services.customs.domain.registrations.findings import PartyFinding
from services.customs.domain.registrations.registration import Registration
from services.customs.domain.registrations.resolution import Place, parties_for
from services.customs.domain.tariff.tariff import Tariff

# Goods of consumers' orders leave by retail export, as simplified lists.
_MODE: Final = "9610"
_FLAG: Final = "A"


@dataclass(frozen=True)
class Books:
    """What the rulebooks of all merchants share. `place`: where lists are declared."""

    codes: CodeTables
    tariff: Tariff
    platforms: Mapping[str, Party]
    regimes: RegimeTables
    plan: SendingPlan
    place: Place
    mode: Mode = _MODE
    flag: StatisticsFlag = _FLAG

    @property
    def sends_orders(self) -> bool:
        return MESSAGE_TYPE[DocumentKind.ORDER] in self.plan.sends

    def district_on(self, now: datetime) -> District:
        """Where lists are declared, by the rules of the day in China."""
        return self.regimes.district_on(self.place.customs_code, now.astimezone(CHINA).date())

    def rulebook(
        self, own: Sequence[Registration], parks: Sequence[Registration], day: date
    ) -> Rulebook:
        """`own`, `parks`: of each registration the version that applies on the day in China.

        Raises RegimeUnknown, DistrictUnknown: the tables do not reach that day.
        """
        regime = self.regimes.regime_on(self.mode, day)
        parties = parties_for(own, parks, regime, day, place=self.place)
        unnamed: tuple[Finding, ...] = ()
        if isinstance(parties, tuple):
            unnamed = tuple(map(_finding, parties))
            parties = nobody(self.place.customs_code, self.place.port_code)
        terms = terms_of(regime, self.flag, self.regimes.district_on(self.place.customs_code, day))
        assert terms is not None, "retail export knows simplified lists"
        sends = self.plan.sends
        return Rulebook(
            parties,
            self.codes,
            self.tariff,
            self.platforms,
            terms,
            self.plan,
            tuple(one for one in regime.predecessors if MESSAGE_TYPE[one] in sends),
            unnamed,
        )


def _finding(one: PartyFinding) -> Finding:
    params = {**one.params, "role": one.role.value}
    return Finding(one.code, params, mover=one.owner)
