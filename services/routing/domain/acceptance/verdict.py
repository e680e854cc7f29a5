"""What is said of goods on a leg: it takes them, takes them on conditions, or refuses them."""

from dataclasses import dataclass
from typing import Final

from services.routing.domain.network.refusal import Refusal
from shared.kernel.words import Words


@dataclass(frozen=True, slots=True)
class Condition:
    """What the shipper has yet to say or to do before the goods are handed over. `code` is stable,
    `detail` says what is not known, `fix` what has to be true.
    """

    code: str
    detail: Words
    fix: Words


@dataclass(frozen=True, slots=True)
class Verdict:
    """A refusal comes without conditions: meeting them would not help."""

    refusal: Refusal | None = None
    conditions: tuple[Condition, ...] = ()

    @property
    def is_allowed(self) -> bool:
        return self.refusal is None


ALLOWED: Final = Verdict()


def refused(code: str, detail: Words, fix: Words) -> Verdict:
    return Verdict(Refusal(code, detail, fix))


def on_condition(code: str, detail: Words, fix: Words) -> Verdict:
    return Verdict(conditions=(Condition(code, detail, fix),))


def together(*verdicts: Verdict) -> Verdict:
    """The first refusal, or all conditions, each once."""
    conditions: dict[Condition, None] = {}
    for verdict in verdicts:
        if verdict.refusal is not None:
            return verdict
        conditions.update(dict.fromkeys(verdict.conditions))
    return Verdict(conditions=tuple(conditions)) if conditions else ALLOWED
