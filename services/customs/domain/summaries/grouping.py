"""Released lists that wait for a summary: what declarations they will make, and the applications
(CEB701) for them.

Only lists with statisticsFlag B are declared by a summary. Those with A are simplified: customs
takes their statistics from the lists themselves (interface specification 202205, statisticsFlag).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Final, Literal

from services.customs.domain.documents.content import DrawnDocument
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.documents.stored import NewDocument
from services.customs.domain.messages.document import Document
from services.customs.domain.messages.kinds.registry import KINDS
from services.customs.domain.messages.numbering import cop_no
from services.customs.domain.messages.parts import split
from services.customs.domain.messages.senders import Sender
from shared.kernel.identity import PARK_TENANT
from shared.kernel.ids import new_id

# 1: by consignor, 2: by consignor and maker.
SummaryFlag = Literal["1", "2"]
# invtNo of one part of an application. No schema bounds them.
LISTS_PER_PART: Final = 500
# By classified name; the other value is nowhere stated.
_ITEM_NAME_FLAG: Final = "1"


@dataclass(frozen=True, slots=True)
class ReleasedList:
    """`content`: of the list (CEB603)."""

    id: str
    declaration_id: str
    invt_no: str
    released_at: datetime
    content: Document

    def said(self, name: str) -> str:
        return self.content.head.get(name) or ""


@dataclass(frozen=True, slots=True, order=True)
class GroupKey:
    """Goods with the same one can be a line of one declaration. `maker` is empty unless the summary
    tells makers apart. Codes are customs'.
    """

    declarant: str
    consignor: str
    maker: str
    gcode: str
    unit: str
    currency: str
    destination: str


@dataclass(frozen=True, slots=True)
class Group:
    key: GroupKey
    lists: int
    lines: int
    quantity: Decimal
    total: Decimal


def group_lists(lists: Iterable[ReleasedList], flag: SummaryFlag) -> tuple[Group, ...]:
    """In the order of their keys."""
    found: dict[GroupKey, list[tuple[str, Decimal, Decimal]]] = {}
    for one in lists:
        for line in one.content.lines:
            key = GroupKey(
                one.said("agentCode"),
                one.said("ebcCode"),
                one.said("ownerCode") if flag == "2" else "",
                line.get("gcode") or "",
                line.get("unit") or "",
                line.get("currency") or "",
                line.get("country") or "",
            )
            amounts = Decimal(line.get("qty") or 0), Decimal(line.get("totalPrice") or 0)
            found.setdefault(key, []).append((one.id, *amounts))
    return tuple(
        Group(
            key,
            len({list_id for list_id, _, _ in lines}),
            len(lines),
            sum((quantity for _, quantity, _ in lines), Decimal(0)),
            sum((total for _, _, total in lines), Decimal(0)),
        )
        for key, lines in sorted(found.items())
    )


@dataclass(frozen=True, slots=True)
class Application:
    """A summary that may leave, and the lists in it."""

    document: NewDocument
    lists: tuple[ReleasedList, ...]

    @property
    def parts(self) -> list[tuple[int, ReleasedList]]:
        """The lists, each with the number of its part."""
        return [(1 + at // LISTS_PER_PART, one) for at, one in enumerate(self.lists)]


def draw_applications(
    lists: Sequence[ReleasedList],
    flag: SummaryFlag,
    *,
    replaces: str | None,
    sender: Sender | None = None,
    real_now: datetime,
) -> tuple[Application, ...]:
    """One for each customs office, declarant and consignor."""
    groups = groupby(sorted(lists, key=lambda one: (*_whose(one), one.id)), key=_whose)
    return tuple(
        _application(tuple(group), flag, replaces=replaces, sender=sender, real_now=real_now)
        for _, group in groups
    )


def _whose(one: ReleasedList) -> tuple[str, str, str]:
    return one.said("customsCode"), one.said("agentCode"), one.said("ebcCode")


def _application(
    lists: tuple[ReleasedList, ...],
    flag: SummaryFlag,
    *,
    replaces: str | None,
    sender: Sender | None,
    real_now: datetime,
) -> Application:
    document_id, first = new_id("doc"), lists[0]
    number = cop_no(document_id, prefix="SM")
    head = {
        "appType": "1",
        "appStatus": "2",
        "customsCode": first.said("customsCode"),
        "copNo": number,
        "agentCode": first.said("agentCode"),
        "agentName": first.said("agentName"),
        "ebcCode": first.said("ebcCode"),
        "ebcName": first.said("ebcName"),
        "declAgentCode": first.said("agentCode"),
        "declAgentName": first.said("agentName"),
        "summaryFlag": flag,
        "itemNameFlag": _ITEM_NAME_FLAG,
    }
    parts = split(
        KINDS["CEB701"],
        head,
        [{"invtNo": one.invt_no} for one in lists],
        per_part=LISTS_PER_PART,
        guid=str,
    )
    document = NewDocument(
        id=document_id,
        tenant_id=PARK_TENANT,
        declaration_id=None,
        drawn=DrawnDocument(DocumentKind.SUMMARY, first.said("agentCode"), number, parts, sender),
        covers=tuple(one.declaration_id for one in lists),
        phase=DocumentPhase.QUEUED,
        send_at=real_now,
        replaces=replaces,
    )
    return Application(document, lists)
