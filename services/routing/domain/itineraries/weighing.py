"""What the goods of one wish mean for every class of carriages: may it take them, and with what
emissions. Worked out once for each class, and spread over its carriages.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

import numpy as np

from services.routing.domain.acceptance.goods import Consignment
from services.routing.domain.acceptance.rules import AcceptanceRules
from services.routing.domain.acceptance.verdict import Verdict, together
from services.routing.domain.acceptance.verdicts import LegClass as JudgedLeg
from services.routing.domain.acceptance.verdicts import judge_of
from services.routing.domain.emissions.co2e import leg_co2e_g
from services.routing.domain.itineraries.arrays import Flags, Indices, Ints
from services.routing.domain.itineraries.facts import ClassFacts, KindsOfLegs


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """Whether legs take the goods, for stretches of days in which the same rules hold.

    `since` are the first days (k, ordinal), `is_allowed` is by class (k × c), `judges` give the
    verdict on a leg in each stretch.
    """

    facts: ClassFacts
    since: Ints
    is_allowed: Flags
    judges: Sequence[Callable[[JudgedLeg], Verdict]]

    @classmethod
    def of(
        cls, facts: ClassFacts, rules: AcceptanceRules, goods: Consignment, first: date, last: date
    ) -> Self:
        """For departures on the days from `first` to `last`."""
        days = rules.turning_days(first, last)
        judges = [judge_of(rules, goods, day) for day in days]
        return cls(
            facts,
            np.array([day.toordinal() for day in days], np.int64),
            np.stack(
                [
                    _by_class(facts, judge, facts.alike(rules, day))
                    for judge, day in zip(judges, days, strict=True)
                ]
            ),
            judges,
        )

    def usable(self, class_of: Indices, departs_on: Ints) -> Flags:
        """By carriage: whether all its legs take the goods."""
        if len(self.since) == 1:
            usable: Flags = self.is_allowed[0][class_of]
        else:
            usable = self.is_allowed[self._stretch(departs_on), class_of]
        return usable

    def verdict(self, class_number: int, departs_on: int) -> Verdict:
        judge = self.judges[int(self._stretch(np.array([departs_on], np.int64))[0])]
        return together(*map(judge, self.facts.judged_of_class(class_number)))

    def _stretch(self, departs_on: Ints) -> Ints:
        return np.maximum(np.searchsorted(self.since, departs_on, "right") - 1, 0)


def _by_class(facts: ClassFacts, judge: Callable[[JudgedLeg], Verdict], legs: KindsOfLegs) -> Flags:
    if not len(facts.first):
        return np.zeros(0, np.bool_)
    is_allowed = np.array([judge(kind).is_allowed for kind in legs.kinds], np.bool_)
    return np.logical_and.reduceat(is_allowed[legs.kind_of], facts.first)


def co2e_g_by_class(facts: ClassFacts, weight_g: int) -> Ints:
    """Well to wheel; each leg is rounded by itself, so that legs add up to their total."""
    if not len(facts.first):
        return np.zeros(0, np.int64)
    return np.add.reduceat(leg_co2e_g(weight_g, facts.wtw_ug_per_g), facts.first)
