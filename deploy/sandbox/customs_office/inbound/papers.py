"""What the office has in hand: a message as it came, and the documents in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from deploy.sandbox.customs_office.tables.layouts import Kind

CHINA: Final = ZoneInfo("Asia/Shanghai")
NEW, CHANGE, DELETE = "1", "2", "3"  # appType


class Key(NamedTuple):
    """Names one part of one document. `part` is 1 where documents have no parts."""

    message: str
    party: str
    number: str
    part: int = 1


@dataclass(frozen=True, slots=True)
class Paper:
    """One document. `faults`: what is wrong with its fields, a short clause for each."""

    kind: Kind
    head: Mapping[str, str]
    lines: tuple[Mapping[str, str], ...]
    client: str
    faults: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        part = int(self.head["msgSeqNo"]) if self.kind.is_split else 1
        return Key(self.kind.message, self.party, self.number, part)

    @property
    def party(self) -> str:
        return self.head[self.kind.party]

    @property
    def number(self) -> str:
        return self.head[self.kind.number]

    @property
    def guid(self) -> str:
        return self.head["guid"]

    @property
    def app_time(self) -> str:
        return self.head["appTime"]

    @property
    def content(self) -> str:
        """What decisions depend on, in the same form whenever it is the same. Of a list these are
        the goods and where they go, whatever the numbers of the list are."""
        if self.kind.message == "CEB603":
            goods = sorted(f"{line['itemNo']}x{line['qty']}" for line in self.lines)
            return " ".join((self.head["POD"], *goods))
        waybills = sorted(line["logisticsNo"] for line in self.lines if "logisticsNo" in line)
        return " ".join((self.kind.message, self.party, self.number, *waybills))

    @property
    def dated(self) -> datetime:
        return datetime.strptime(self.app_time, "%Y%m%d%H%M%S").replace(tzinfo=CHINA)


class Signed(StrEnum):
    ABSENT = "absent"
    VALID = "valid"
    WRONG = "wrong"
    UNPROVEN = "of a kind that this office cannot prove"


@dataclass(frozen=True, slots=True)
class Original:
    """A message before anybody understood it. `cop_msg_id`: of its envelope, or its own guid, or
    the name under which it came. `sender`: of its envelope; empty: it came bare."""

    text: str
    cop_msg_id: str
    message: str = "Unknown"
    sender: str = ""


@dataclass(frozen=True, slots=True)
class Upload:
    """A message that was understood. `client`: the enterprise it came from (copCode)."""

    original: Original
    guid: str
    kind: Kind
    client: str
    note: str
    papers: tuple[Paper, ...]
    signed: Signed

    @property
    def must_be_signed(self) -> bool:
        sign = self.kind.sign.value
        declared = any(paper.head.get("appStatus") == "2" for paper in self.papers)
        return sign == "always" or (sign == "with appStatus 2" and declared)

    @property
    def says_it_is_unsigned(self) -> bool:
        return "unsigned" in self.note


class Unacceptable(Exception):
    """The message as a whole is refused, with a CEB900."""

    def __init__(self, original: Original, problem: str) -> None:
        super().__init__(problem)
        self.original, self.problem = original, problem
