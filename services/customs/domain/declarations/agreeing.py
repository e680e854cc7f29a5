"""The list agrees with the order (CEB303) and the house waybill (CEB505) that customs has. All are
drawn up from the same order and waybill, so they agree as long as customs has the newest content of
each when the list leaves. What has left and says something else since then goes again, as a change
of its number, and the list waits until customs has accepted it. Customs takes no change of what a
list that it has refers to (-301011, -504016): then the list must not say anything else, either.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from services.customs.domain.declarations.case import BEFORE_LIST
from services.customs.domain.declarations.dossier import DossierFile
from services.customs.domain.declarations.findings import Finding
from services.customs.domain.declarations.folded import is_accepted
from services.customs.domain.documents.content import DrawnDocument
from services.customs.domain.documents.fold import fold_document
from services.customs.domain.documents.kinds import MESSAGE_TYPE
from services.customs.domain.documents.phases import ENTERED
from services.customs.domain.documents.stored import StoredDocument
from services.customs.domain.messages.document import Document, Values

# Every upload has its own.
_OF_UPLOAD: Final = frozenset({"guid", "appType", "appTime", "appStatus"})
# Descriptions in words, and what no element of the list says.
_NOT_IN_LIST: Final = frozenset({"itemDescribe", "goodsInfo", "ebcTelephone", "note"})
_NOTHING: Final = "–"


@dataclass(frozen=True, slots=True)
class Difference:
    """`line`: its place among the lines, from 1; None: it is in the head. `before`, `after`: None:
    it is not said.
    """

    line: int | None
    element: str
    before: str | None
    after: str | None


def says_something_else(before: Sequence[Document], after: Sequence[Document]) -> bool:
    return any(True for _ in differences(before, after))


def differences(before: Sequence[Document], after: Sequence[Document]) -> Iterator[Difference]:
    """Of documents of one part: element by element, line by line."""
    (old,), (new,) = before, after
    yield from _between(None, old.head, new.head)
    for n in range(max(len(old.lines), len(new.lines))):
        yield from _between(n + 1, _line(old, n), _line(new, n))


def _line(document: Document, index: int) -> Values:
    return document.lines[index] if index < len(document.lines) else {}


def _between(line: int | None, old: Values, new: Values) -> Iterator[Difference]:
    for element in dict.fromkeys((*old, *new)):
        before, after = old.get(element) or None, new.get(element) or None
        if element not in _OF_UPLOAD and before != after:
            yield Difference(line, element, before, after)


def customs_has_list(file: DossierFile) -> bool:
    """The one that counts."""
    current = file.current_list
    if current is None:
        return False
    return fold_document(file.history.facts_of(current)).phase in ENTERED


def contradictions(file: DossierFile, documents: Sequence[DrawnDocument]) -> tuple[Finding, ...]:
    """Of a list that customs has, and that is to get other content. `documents`: as they would be
    sent.
    """
    last = {one.kind: one for one in file.documents}
    found: list[Finding] = []
    for drawn in documents:
        stored = last.get(drawn.kind)
        if drawn.kind in BEFORE_LIST and stored is not None and stored.attempts:
            found += _contradictions(file, stored, drawn)
    return tuple(found)


def _contradictions(
    file: DossierFile, stored: StoredDocument, drawn: DrawnDocument
) -> Iterator[Finding]:
    message = MESSAGE_TYPE[drawn.kind]
    root = f"/{message.lower()}"
    if not is_accepted(fold_document(file.history.facts_of(stored))):
        yield Finding("customs.match.older_at_customs", {"message": message}, root)
        return
    for one in differences(file.contents.get(stored.id, drawn.parts), drawn.parts):
        if one.element in _NOT_IN_LIST:
            continue
        place = one.element if one.line is None else f"{one.element}[{one.line}]"
        pointer = "" if one.line is None else f"/lines/{one.line - 1}"
        params = {
            "message": message,
            "place": place,
            "customs": one.before or _NOTHING,
            "declared": one.after or _NOTHING,
        }
        values = {"customs": one.before, drawn.kind.value: one.after}
        yield Finding(
            "customs.match.differs_at_customs", params, f"{root}{pointer}/{one.element}", values
        )
