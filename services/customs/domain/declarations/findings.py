"""The faults that our own check finds. A finding is stored as its code, its parameters, where it is
and what could be done about it; it is put into words when somebody reads it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NotRequired, TypedDict

from services.customs.domain.declarations.finding_kinds import KINDS, Owner, Severity
from services.customs.domain.declarations.repairs import (
    Repair,
    RepairJson,
    repair_from_json,
    repair_to_json,
)
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.messages.parties import PartyRole
from services.customs.domain.messages.problems import problem_text
from services.customs.domain.registrations.findings import ROLE_NAMES
from shared.kernel.errors import Locale
from shared.kernel.words import Words

Value = str | int | None
# By the first member of a pointer.
_DOCUMENTS: Final[Mapping[str, DocumentKind]] = {
    "order": DocumentKind.ORDER,
    "ceb303": DocumentKind.ORDER,
    "payment": DocumentKind.PAYMENT,
    "waybill": DocumentKind.WAYBILL,
    "ceb505": DocumentKind.WAYBILL,
    "list": DocumentKind.LIST,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`pointer`: a JSON Pointer (RFC 6901) into the dossier, whose members are `order`, `waybill`
    and `payment` as stored; and `list`, `ceb303` and `ceb505` by the names of these messages, with
    `lines`. `values`: what the documents say of it, by document. `mover`: whose move it is, where
    the kind of fault leaves it open.
    """

    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    pointer: str | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    repair: Repair | None = None
    mover: Owner | None = None

    @property
    def severity(self) -> Severity:
        return KINDS[self.code].severity

    @property
    def owner(self) -> Owner:
        return self.mover or KINDS[self.code].owner

    @property
    def document(self) -> DocumentKind | None:
        """The document that the pointer leads into. None: it is about an enterprise."""
        return None if self.pointer is None else _DOCUMENTS[self.pointer.split("/")[1]]

    def text(self, locale: Locale) -> str:
        return KINDS[self.code].text.render(locale, self.shown)

    def fix(self, locale: Locale) -> str:
        return KINDS[self.code].fix.render(locale, self.shown)

    @property
    def shown(self) -> dict[str, object]:
        """The parameters for a text. What has a name in each language is a text itself: the role of
        an enterprise, and what is wrong with an element.
        """
        shown: dict[str, object] = {**self.params}
        if "role" in shown:
            shown["role"] = ROLE_NAMES[PartyRole(str(shown["role"]))]
        if "problem" in shown:
            shown["problem"] = problem_text(str(shown["problem"]))
        return shown


class FindingJson(TypedDict):
    code: str
    params: dict[str, str | int]
    pointer: NotRequired[str]
    values: NotRequired[dict[str, Value]]
    repair: NotRequired[RepairJson]
    mover: NotRequired[Owner]


def finding_to_json(finding: Finding) -> FindingJson:
    stored: FindingJson = {"code": finding.code, "params": {**finding.params}}
    if finding.pointer is not None:
        stored["pointer"] = finding.pointer
    if finding.values:
        stored["values"] = {**finding.values}
    if finding.repair is not None:
        stored["repair"] = repair_to_json(finding.repair)
    if finding.mover is not None:
        stored["mover"] = finding.mover
    return stored


def finding_from_json(stored: FindingJson) -> Finding:
    """Older rows have neither pointer, values nor repair."""
    repair = stored.get("repair")
    return Finding(
        stored["code"],
        stored["params"],
        stored.get("pointer"),
        stored.get("values", {}),
        None if repair is None else repair_from_json(repair),
        stored.get("mover"),
    )


def errors_of(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those that keep the documents here."""
    return tuple(finding for finding in findings if finding.severity == "error")


def summary(findings: Sequence[Finding]) -> Words:
    """One line for an event: all texts, in order."""
    return Words(
        " ".join(finding.text("en") for finding in findings),
        "".join(finding.text("zh-CN") for finding in findings),
    )
