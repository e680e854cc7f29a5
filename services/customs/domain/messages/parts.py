"""One document in several parts, under one number. No schema demands it: how many lines a part has
is the sender's choice.
"""

from collections.abc import Callable, Sequence

from services.customs.domain.messages.document import Document, Values
from services.customs.domain.messages.kinds.kind import MessageKind, Numbering
from services.customs.domain.messages.numbering import new_guid


def split(
    kind: MessageKind,
    head: Values,
    lines: Sequence[Values],
    *,
    per_part: int,
    guid: Callable[[], str] = new_guid,
) -> tuple[Document, ...]:
    """The parts share the head and its copNo. msgSeqNo counts from 1 to msgCount, gnum from 1 in
    each part, and each part has a guid of its own. Without lines there is one part.
    """
    assert kind.is_split, kind.message_type
    chunks = [lines[at : at + per_part] for at in range(0, len(lines), per_part)] or [()]
    return tuple(
        Document(
            {**head, "guid": guid(), "msgCount": str(len(chunks)), "msgSeqNo": str(number)},
            tuple(_counted(kind, chunk)),
        )
        for number, chunk in enumerate(chunks, start=1)
    )


def _counted(kind: MessageKind, lines: Sequence[Values]) -> Sequence[Values]:
    if kind.numbering is Numbering.NONE:
        return lines
    return [{**line, "gnum": str(gnum)} for gnum, line in enumerate(lines, start=1)]
