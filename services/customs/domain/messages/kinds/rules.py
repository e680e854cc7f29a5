"""Obligations that depend on another value, and numbers that depend on each other. A rule names
what is wrong with one document by itself; it stays silent about values that their element already
refuses.
"""

from collections.abc import Iterator

from services.customs.domain.messages.document import Document, FieldFault, Values, said
from services.customs.domain.messages.kinds.kind import MessageKind, Numbering, Rule

MAIL = "6"
BONDED = "1210"
CHINA_CODE = "142"


def numbered(kind: MessageKind, document: Document) -> Iterator[FieldFault]:
    """How many lines there may be, and how gnum counts them."""
    count = len(document.lines)
    if count < kind.lines_min:
        yield FieldFault(kind.line_node, f"needs at least {kind.lines_min}")
    if kind.lines_max is not None and count > kind.lines_max:
        yield FieldFault(kind.line_node or kind.node, f"may come at most {kind.lines_max} times")
    if kind.numbering is Numbering.RUNNING:
        for at, line in enumerate(document.lines):
            number = line.get("gnum")
            if number and number != str(at + 1) and number.strip() != str(at + 1):
                yield FieldFault(kind.line_place(at, "gnum"), f"must be {at + 1}")
    elif kind.numbering is Numbering.UNIQUE:
        seen: set[str] = set()
        for at, line in enumerate(document.lines):
            number = said(line, "gnum")
            if number and number in seen:
                yield FieldFault(kind.line_place(at, "gnum"), f"stands twice: {number}")
            seen.add(number)


def parted(kind: MessageKind, document: Document) -> Iterator[FieldFault]:
    """msgSeqNo counts the parts of a document from 1 up to msgCount."""
    count, number = said(document.head, "msgCount"), said(document.head, "msgSeqNo")
    if is_number(count) and is_number(number) and int(number) > int(count):
        yield FieldFault(kind.head_place("msgSeqNo"), f"must be at most msgCount, {count}")


def is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9


def needed_unless_mail(*names: str) -> Rule:
    """Means of transport, voyage and master waybill: only mail may go without."""

    def rule(kind: MessageKind, document: Document) -> Iterator[FieldFault]:
        if said(document.head, "trafMode") != MAIL:
            yield from _missing(
                kind, document.head, names, "is missing; only mail may leave it out"
            )

    return rule


def bonded(kind: MessageKind, document: Document) -> Iterator[FieldFault]:
    """Trade mode 1210: the firm inside the special area, its account book and each record in it."""
    if said(document.head, "tradeMode") != BONDED:
        return
    problem = f"is missing; trade mode {BONDED} needs it"
    yield from _missing(kind, document.head, ("iacCode", "iacName", "emsNo"), problem)
    for at, line in enumerate(document.lines):
        if not said(line, "itemRecordNo"):
            yield FieldFault(kind.line_place(at, "itemRecordNo"), problem)


def period(kind: MessageKind, document: Document) -> Iterator[FieldFault]:
    """A summary is about a period or about the lists that it names; with a period, lists are
    ignored.
    """
    start, end = said(document.head, "startTime"), said(document.head, "endTime")
    if bool(start) != bool(end):
        absent = "endTime" if start else "startTime"
        yield FieldFault(kind.head_place(absent), "is missing; both times come together")
    elif start and end < start:
        yield FieldFault(kind.head_place("endTime"), "must not be before startTime")
    elif not start and not document.lines:
        yield FieldFault(kind.line_node, "needs at least 1 where there is no startTime")


def sent_from_abroad(kind: MessageKind, document: Document) -> Iterator[FieldFault]:
    """The country of a return is where it was dispatched."""
    if said(document.head, "country") == CHINA_CODE:
        yield FieldFault(kind.head_place("country"), "must not be China")


def _missing(
    kind: MessageKind, head: Values, names: tuple[str, ...], problem: str
) -> Iterator[FieldFault]:
    for name in names:
        if not said(head, name):
            yield FieldFault(kind.head_place(name), problem)
