"""Which list of a declaration counts. A list that was refused or returned is declared again under a
new number. Customs may enter the old one all the same, since answers come late and uploads wait:
then the parcel must not be declared twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.customs.domain.documents.chains import may_be_entered
from services.customs.domain.documents.document import DocumentFacts
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.phases import ENTERED, DocumentPhase
from services.customs.domain.documents.state import DocumentState


@dataclass(frozen=True, slots=True)
class Lists:
    """`current`: the one that counts. `surplus`: others that customs has, and has not cancelled.
    `is_at_customs`: it has one of them, or may still take one that has left.
    """

    current: DocumentFacts | None
    surplus: tuple[DocumentFacts, ...] = ()
    is_at_customs: bool = False


def lists_of(documents: Sequence[DocumentFacts], states: Mapping[str, DocumentState]) -> Lists:
    """`documents`: of one declaration, in the order in which they were made, without those that
    were taken back. The newest list counts, unless customs has an earlier one and neither has the
    newest nor will decide on it.
    """
    lists = [one for one in documents if one.kind is DocumentKind.LIST]
    if not lists:
        return Lists(None)
    cancelled = {
        one.about or lists[-1].id
        for one in documents
        if one.kind is DocumentKind.CANCELLATION and states[one.id].phase is DocumentPhase.CONCLUDED
    }
    standing = [one for one in lists if one.id not in cancelled]
    held = [one for one in standing if states[one.id].phase in ENTERED]
    current = lists[-1]
    if held and current not in held and not states[current.id].is_under_way:
        current = held[-1]
    surplus = tuple(one for one in held if one is not current)
    return Lists(current, surplus, any(may_be_entered(states[one.id]) for one in standing))
