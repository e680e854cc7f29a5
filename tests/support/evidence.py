"""Messages as evidence cuts them: small ones of several merchants; and a chain in memory."""

from collections.abc import Sequence

from services.customs.domain.evidence.chain import first_block, seal, skip_of, way_back
from services.customs.domain.evidence.entries import (
    ActKind,
    NewEntry,
    acted,
    delivered,
    received,
)
from services.customs.domain.evidence.package import Package, ReceiptClaim, SealedEntry, View
from services.customs.domain.evidence.pieces import OwnNumber
from services.customs.domain.messages.kinds.kind import NAMESPACE
from tests.support.customs import NOW

_TRANSFER = "<ceb:BaseTransfer><ceb:copCode>91420700MAA1RL001K</ceb:copCode></ceb:BaseTransfer>"


def _message(
    message_type: str, inside: str, guid: str = "0193AAAA-0000-7000-8000-000000000001"
) -> bytes:
    root = f"ceb:{message_type}Message"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} guid="{guid}" version="1.0"'
        f' xmlns:ceb="{NAMESPACE}">{inside}</{root}>\n'
    ).encode()


def a_list_message(*cop_nos: str, signature: str = "") -> bytes:
    nodes = "".join(
        f"<ceb:Inventory><ceb:InventoryHead><ceb:copNo>{one}</ceb:copNo><ceb:ebcName>示例</ceb:ebcName>"
        "</ceb:InventoryHead></ceb:Inventory>"
        for one in cop_nos
    )
    return _message("CEB603", f"{nodes}{_TRANSFER}{signature}")


def a_departure(*waybills: str) -> bytes:
    lines = "".join(
        f"<ceb:DepartureList><ceb:logisticsNo>{one}</ceb:logisticsNo></ceb:DepartureList>"
        for one in waybills
    )
    head = "<ceb:DepartureHead><ceb:voyageNo>O3701</ceb:voyageNo></ceb:DepartureHead>"
    return _message("CEB509", f"<ceb:Departure>{head}{lines}</ceb:Departure>{_TRANSFER}")


def a_receipt_message(*receipts: tuple[str, str]) -> bytes:
    """(copNo, returnStatus) each."""
    nodes = "".join(
        f"<ceb:InventoryReturn><ceb:copNo>{number}</ceb:copNo><ceb:returnStatus>{status}"
        "</ceb:returnStatus><ceb:returnTime>20261122163000123</ceb:returnTime>"
        "</ceb:InventoryReturn>"
        for number, status in receipts
    )
    return _message("CEB604", nodes)


class Ledger:
    """The chain in memory: what the job and the tables do in a park."""

    def __init__(self) -> None:
        self.blocks = [first_block(NOW)]
        self.sealed: dict[str, SealedEntry] = {}
        self.leaves: dict[int, tuple[bytes, ...]] = {}
        self.raw: dict[str, bytes] = {}
        self._waiting: list[NewEntry] = []

    def deliver(self, raw: bytes, guid: str) -> None:
        self.raw[guid] = raw
        self._waiting.append(
            delivered(raw, guid=guid, message_type="CEB603", door="folder", at=NOW)
        )

    def receive(self, raw: bytes) -> str:
        entry = received(raw, content_type="application/xml", source="api", at=NOW)
        self.raw[entry.subject] = raw
        self._waiting.append(entry)
        return entry.subject

    def act(self, declaration_id: str, act: ActKind) -> None:
        self._waiting.append(
            acted(
                tenant_id="mer_1",
                declaration_id=declaration_id,
                act=act,
                actor="cli_1",
                detail={},
                at=NOW,
            )
        )

    def seal(self) -> None:
        skipped = self.blocks[skip_of(len(self.blocks))]
        contents = [entry.content for entry in self._waiting]
        made = seal(self.blocks[-1], skipped, contents, at=NOW)
        number = made.block.number
        for place, one in enumerate(self._waiting):
            self.sealed[one.subject] = SealedEntry(
                one.id, one.kind, one.subject, one.content, one.secret, number, place
            )
        self.blocks.append(made.block)
        self.leaves[number] = made.leaves
        self._waiting.clear()

    def strangers(self, blocks: int) -> None:
        """Blocks with entries that are of no interest."""
        for number in range(blocks):
            self.act(f"dec_{len(self.blocks)}", ActKind.NOTE)
            self.act(f"dec_{len(self.blocks)}_{number}", ActKind.NOTE)
            self.seal()

    def package(
        self,
        *subjects: str,
        view: View = "whole",
        numbers: Sequence[OwnNumber] = (),
        receipts: Sequence[ReceiptClaim] = (),
        head: int | None = None,
    ) -> dict[str, bytes]:
        """The files, by name."""
        package = Package(
            declaration_id="dec_1",
            view=view,
            numbers=numbers,
            receipts=receipts,
            leaves=self.leaves,
        )
        entries = [self.sealed[subject] for subject in subjects]
        files = [file for one in entries for file in package.add(one, self.raw.get(one.subject))]
        top = len(self.blocks) - 1 if head is None else head
        way = [self.blocks[n] for n in way_back(top, {one.block for one in entries})]
        files += package.finish(way, timeline=b"[]\n", pending=0)
        return {file.name: file.content for file in files}
