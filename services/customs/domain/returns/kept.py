"""The returns of a list as they are kept, and which of them hold part of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.customs.domain.documents.chains import require_decided
from services.customs.domain.documents.names import STATUS_NAMES, name_of
from services.customs.domain.documents.phases import ENTERED, DocumentPhase
from services.customs.domain.documents.state import DocumentState
from services.customs.domain.messages.document import Document
from services.customs.domain.returns.errors import ReturnNotReplaceable, TallyNotAllowed
from shared.kernel.errors import refuse

# The goods will not come back by this return: what it took can be taken by another.
_GIVEN_UP: Final = (DocumentPhase.RETURNED, DocumentPhase.WITHDRAWN)
# The port or customs has the application, so that a tally finds it there.
_TALLIABLE: Final = frozenset(
    {
        DocumentPhase.TRANSMITTED,
        DocumentPhase.STAGED,
        DocumentPhase.DECLARING,
        DocumentPhase.SENT,
        *ENTERED,
    }
)


@dataclass(frozen=True, slots=True)
class ExportedList:
    """The list that goods leave with. `content` None: it is not kept here. `released_at`: by
    customs' clock. `is_closed`: customs has closed it, which it does once the goods have left.
    """

    id: str
    content: Document | None
    invt_no: str | None
    departed_at: datetime | None
    released_at: datetime | None
    is_closed: bool = False

    @property
    def has_left(self) -> bool:
        return self.departed_at is not None or self.is_closed

    @property
    def exported_at(self) -> datetime | None:
        return self.departed_at or self.released_at


@dataclass(frozen=True, slots=True)
class KeptReturn:
    """`about`: the list. `replaces`: the refused return that it stands for."""

    id: str
    about: str | None
    phase: DocumentPhase
    replaces: str | None
    content: Document


def holding(
    returns: Sequence[KeptReturn], list_id: str, *, replaces: str | None = None
) -> list[Document]:
    """What holds part of the list: customs has not sent it back, and none stands in its place. One
    that the port refused may still be sent again, so it holds until another one, such as the new
    one, replaces it; and again if customs enters it after all.
    """
    replaced = {one.replaces for one in returns} | {replaces}
    return [
        one.content
        for one in returns
        if one.about == list_id
        and one.phase not in _GIVEN_UP
        and (one.id not in replaced or one.phase in ENTERED)
    ]


def require_replaceable(
    returns: Sequence[KeptReturn], replaces: str | None, states: Mapping[str, DocumentState]
) -> None:
    """`states`: of the documents of the declaration. Raises Invalid; DocumentUnderWay where customs
    may still enter it.
    """
    if replaces is None:
        return
    replaced = {one.replaces for one in returns}
    if replaces not in {one.id for one in returns} - replaced:
        refuse([ReturnNotReplaceable.at("/replaces", return_id=replaces)])
    require_decided(replaces, states[replaces])
    if states[replaces].phase is not DocumentPhase.REJECTED_TECHNICAL:
        refuse([ReturnNotReplaceable.at("/replaces", return_id=replaces)])


def require_tally(phase: DocumentPhase) -> None:
    """Raises TallyNotAllowed: nobody at the port knows the application."""
    if phase not in _TALLIABLE:
        raise TallyNotAllowed(
            status=name_of(phase, STATUS_NAMES),
            allowed=sorted(one.value for one in _TALLIABLE),
            statuses=[name_of(one, STATUS_NAMES) for one in sorted(_TALLIABLE)],
        )
