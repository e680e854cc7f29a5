"""Which list of a declaration counts. A list that was refused or returned is declared again under a
new number. Customs may enter the old one all the same, since answers come late and uploads wait:
then the parcel must not be declared twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.customs.domain.documents.document import DocumentFacts
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.phases import ENTERED, DocumentPhase
from services.customs.domain.documents.state import DocumentState


@dataclass(frozen=True, slots=True)
class Lists:
    """`current`: the one that counts. `surplus`: others that customs has, and has not cancelled."""

    current: DocumentFacts | None
    surplus: tuple[DocumentFacts, ...] = ()


def lists_of(documents: Sequence[DocumentFacts], states: Mapping[str, DocumentState]) -> Lists:
    """`documents`: of one declaration, in the order in which they were made, without those that
    were taken back. The newest list counts, unless customs has an earlier one and neither has the
    newest nor will decide on it.
    """
    lists = [one for one in documents if one.kind is DocumentKind.LIST]
    if len(lists) < 2:
        return Lists(lists[0] if lists else None)
    cancelled = {
        one.about or lists[-1].id
        for one in documents
        if one.kind is DocumentKind.CANCELLATION and states[one.id].phase is DocumentPhase.CONCLUDED
    }
    held = [one for one in lists if states[one.id].phase in ENTERED and one.id not in cancelled]
    current = lists[-1]
    if held and current not in held and not states[current.id].is_under_way:
        current = held[-1]
    return Lists(current, tuple(one for one in held if one is not current))
