"""The port of the storm: a door that is shut at times, and answers that are lost, late, repeated,
reordered, unknown or illegal. It remembers every upload and every receipt that it handed over.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Final
from xml.sax.saxutils import escape

from lxml import etree

from services.customs.clients.doors.door import DeliveredMessage, DoorDown
from services.customs.domain.documents.document import Attempt
from services.customs.domain.documents.kinds import MESSAGE_TYPE, RECEIPT_TYPE, DocumentKind
from services.customs.domain.messages.kinds.kind import NAMESPACE
from services.customs.domain.messages.kinds.registry import KINDS, RECEIPTS
from services.customs.domain.messages.values import CHINA
from services.customs.domain.receipts.receipt import (
    FORMAT_RECEIPT,
    DocumentKey,
    Receipt,
    ReceiptIdentity,
    parse_return_time,
)
from shared.kernel.clock import Clock

Number = tuple[DocumentKind, str]

KIND_OF: Final = {message: kind for kind, message in MESSAGE_TYPE.items()}
# Some are overtaken: customs has the list, or the port says more about an upload that is over.
_FAILURES: Final = (
    ["4"],
    ["-621017"],
    ["3", "4"],
    ["4", "3"],
    ["4", "2", "4"],
    ["4", "120", "399", "800"],
)


@dataclass(frozen=True)
class Weather:
    """Shares: of uploads (`failing`, `refused`, `returned`, `silent`, `unreadable`: messages), and
    of receipts (the others). `acknowledged`: of deliveries that are taken and not confirmed.
    """

    failing: float = 0.03
    refused: float = 0.01
    returned: float = 0.03
    silent: float = 0.01
    unreadable: float = 0.01
    unconfirmed: float = 0.01
    repeated: float = 0.12
    lost: float = 0.01
    late: float = 0.04
    unknown: float = 0.053
    illegal: float = 0.0115
    stray: float = 0.003


@dataclass(order=True)
class _Due:
    at: datetime
    place: float
    receipt: Receipt = field(compare=False)


@dataclass
class StormyPort:
    """`uploads` by document; `handed`: how many messages each receipt came in; `variants`: what it
    looked like each time."""

    chance: Random
    clock: Clock
    weather: Weather = Weather()
    is_shut: bool = False
    uploads: dict[Number, list[Attempt]] = field(default_factory=dict)
    parties: dict[Number, str] = field(default_factory=dict)
    refusals: int = 0
    lost: int = 0
    _messages: set[str] = field(default_factory=set)
    _due: list[_Due] = field(default_factory=list)

    name = "storm"

    # --- the door
    async def deliver(self, message: DeliveredMessage) -> None:
        """Raises DoorDown."""
        if self.is_shut:
            self.refusals += 1
            raise DoorDown(door=self.name, reason="the port is shut")
        if message.guid not in self._messages:
            self._messages.add(message.guid)
            self._take(message)
        if self._happens(self.weather.unconfirmed):
            raise DoorDown(door=self.name, reason="taken, and not confirmed")

    def _take(self, message: DeliveredMessage) -> None:
        kind = KINDS[message.message_type]
        is_unreadable = self._happens(self.weather.unreadable)
        nodes = list(etree.fromstring(message.body).iter(f"{{{NAMESPACE}}}{kind.node}"))
        for node in nodes:
            values = {one.tag.rpartition("}")[2]: (one.text or "").strip() for one in node.iter()}
            receipts = RECEIPTS[RECEIPT_TYPE[KIND_OF[message.message_type]]]
            key = DocumentKey(values[receipts.party], values[receipts.number])
            about = (KIND_OF[message.message_type], key.number)
            tried = self.uploads.setdefault(about, [])
            self.parties[about] = key.party_code
            tried.append(
                Attempt(
                    part=1,
                    number=len(tried) + 1,
                    version=1,
                    guid=values["guid"],
                    message_guid=message.guid,
                    app_time=parse_return_time(values["appTime"]),
                    left_at=self.clock.now(),
                    nodes=len(nodes),
                )
            )
            if not is_unreadable:
                self._answer(about[0], key, tried[-1])
        if is_unreadable:
            at = self._dated(self.clock.now(), 20)
            self._put(Receipt(FORMAT_RECEIPT, DocumentKey("", message.guid), "-1", at, "格式错误"))

    # --- answers
    def _answer(self, kind: DocumentKind, key: DocumentKey, attempt: Attempt) -> None:
        at = self._dated(max(self.clock.now(), attempt.app_time), 5)
        for code in self._way(kind):
            is_port = code in "1234" or code.startswith("-")
            receipt = Receipt(
                message_type=RECEIPT_TYPE[kind],
                key=key,
                return_status=code,
                return_time=at,
                return_info=f"[Code:2600;Desc:{code}]",
                guid=attempt.guid if is_port or self._happens(0.5) else self._guid(),
                invt_no=f"I{key.number}"[:18] if not is_port and self._happens(0.8) else None,
            )
            self._say(kind, receipt)
            if not self._happens(0.05):  # else the next one has the same time
                at = self._dated(at, 600)

    def _way(self, kind: DocumentKind) -> list[str]:
        """The codes of one upload, in the order of customs' clock."""
        weather, roll = self.weather, self.chance.random()
        for share, way in (
            (weather.failing, self.chance.choice(_FAILURES)),
            (weather.refused, ["2", "-621099"]),
            (weather.silent, []),
            (weather.returned, ["2", "3", *self.chance.choice([["120"], []]), "100"]),
        ):
            if roll < share:
                return way
            roll -= share
        if kind is DocumentKind.CANCELLATION:
            return ["2", "120", self.chance.choice(["399", "399", "399", "100"])]
        if kind is not DocumentKind.LIST:
            return ["2", self.chance.choice(["120", "399"])]
        way = ["1", "2", "3", "120"]
        way += self.chance.choice([[], [], [], ["300"], ["500"], ["300", "500"]])
        if self._happens(0.04):
            return way
        return [*way, "399", "800", *self.chance.choice([[], ["899"]])]

    def _say(self, kind: DocumentKind, receipt: Receipt) -> None:
        self._put(receipt)
        if self._happens(self.weather.unknown):
            code = self.chance.choice(["999", "501", "ABC"])
            self._put(replace(receipt, return_status=code, guid=self._guid()))
        if self._happens(self.weather.illegal):
            codes = ["505", "600"] if kind is DocumentKind.LIST else ["505", "800"]
            later = self._dated(receipt.return_time, 3_000)
            self._put(replace(receipt, return_status=self.chance.choice(codes), return_time=later))
        if self._happens(self.weather.stray):
            self._put(replace(receipt, key=DocumentKey(receipt.key.party_code, self._guid()[:20])))

    def _put(self, receipt: Receipt) -> None:
        """On its way: at once or hours later, once or several times, or never."""
        if self._happens(self.weather.lost):
            self.lost += 1
            return
        times = 1 + (self.chance.randint(1, 3) if self._happens(self.weather.repeated) else 0)
        for _ in range(times):
            wait_s = self.chance.uniform(0, 1_200)
            if self._happens(self.weather.late):
                wait_s += self.chance.uniform(3_600, 6 * 3_600)
            copy = receipt if self._happens(0.6) else self._from_elsewhere(receipt)
            at = receipt.return_time + timedelta(seconds=wait_s)
            heapq.heappush(self._due, _Due(at, self.chance.random(), copy))

    def _from_elsewhere(self, receipt: Receipt) -> Receipt:
        """The port repeats a receipt under a new guid."""
        return replace(receipt, guid=self._guid())

    def _dated(self, after: datetime, seconds_max: int) -> datetime:
        moved = after + timedelta(milliseconds=self.chance.randint(1_000, seconds_max * 1_000))
        return moved.replace(microsecond=moved.microsecond // 1_000 * 1_000)

    def _guid(self) -> str:
        return f"{self.chance.getrandbits(128):032X}"

    def _happens(self, share: float) -> bool:
        return self.chance.random() < share

    # --- what arrives
    @property
    def next_due(self) -> datetime | None:
        return self._due[0].at if self._due else None

    def arriving(self) -> Iterator[list[Receipt]]:
        """What is due, in any order, as messages of one type each."""
        if self.is_shut:
            return
        ready = []
        while self._due and self._due[0].at <= self.clock.now():
            ready.append(heapq.heappop(self._due).receipt)
        self.chance.shuffle(ready)
        by_type: dict[str, list[Receipt]] = {}
        for receipt in ready:
            by_type.setdefault(receipt.message_type, []).append(receipt)
        for message_type, receipts in sorted(by_type.items()):
            most = RECEIPTS[message_type].nodes_max
            at = 0
            while at < len(receipts):
                size = self.chance.randint(1, most)
                yield receipts[at : at + size]
                at += size


@dataclass
class HandedOver:
    """What the park was told. `times`: in how many messages each receipt came; `variants`: all that
    it looked like, by document number or, of a refused message, by its guid."""

    times: Counter[ReceiptIdentity] = field(default_factory=Counter)
    variants: dict[str, list[Receipt]] = field(default_factory=dict)
    messages: int = 0
    codes: Counter[str] = field(default_factory=Counter)

    def add(self, receipts: Sequence[Receipt]) -> None:
        self.messages += 1
        self.times.update({receipt.identity for receipt in receipts})
        for receipt in receipts:
            self.variants.setdefault(receipt.key.number, []).append(receipt)
            self.codes[receipt.return_status] += 1


def message_of(receipts: Sequence[Receipt], guid: str) -> bytes:
    """One of the port's, with the least that a receipt has."""
    message_type = receipts[0].message_type
    nodes = "".join(_node(one) for one in receipts)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><ceb:{message_type}Message guid="{guid}"'
        f' version="1.0" xmlns:ceb="{NAMESPACE}">{nodes}</ceb:{message_type}Message>'
    ).encode()


def _node(receipt: Receipt) -> str:
    kind = RECEIPTS[receipt.message_type]
    local = receipt.return_time.astimezone(CHINA)
    is_echo = receipt.message_type == FORMAT_RECEIPT
    values = {
        "guid": receipt.guid,
        kind.party: receipt.key.party_code,
        "oriCopMsgId" if is_echo else kind.number: receipt.key.number,
        "invtNo": receipt.invt_no,
        "returnStatus": receipt.return_status,
        "returnTime": f"{local:%Y%m%d%H%M%S}{local.microsecond // 1_000:03d}",
        "returnInfo": receipt.return_info,
    }
    inside = "".join(_element(name, text) for name, text in _given(values.items()))
    return f"<ceb:{kind.node}>{inside}</ceb:{kind.node}>"


def _given(values: Iterable[tuple[str, str | None]]) -> Iterator[tuple[str, str]]:
    return ((name, text) for name, text in values if name and text)


def _element(name: str, text: str) -> str:
    return f"<ceb:{name}>{escape(text)}</ceb:{name}>"
