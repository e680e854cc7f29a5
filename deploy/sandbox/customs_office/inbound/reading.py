"""From the root of a message to its documents. Faults of structure (an unknown element, a wrong
order, a part that is not there) refuse the whole message; faults of values stay with the document.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from lxml import etree

from deploy.sandbox.customs_office.inbound.checking import faults_of
from deploy.sandbox.customs_office.inbound.envelope import open_message
from deploy.sandbox.customs_office.inbound.papers import Original, Paper, Unacceptable, Upload
from deploy.sandbox.customs_office.inbound.signature import DSIG, signed
from deploy.sandbox.customs_office.tables.elements import Layout
from deploy.sandbox.customs_office.tables.layouts import (
    DOCUMENTS_MAX,
    KINDS,
    NAMESPACE,
    TRANSFER,
    Kind,
)

_NS: Final = f"{{{NAMESPACE}}}"


def read_upload(raw: bytes, name: str) -> Upload:
    """`name`: of the file, or of the request. Raises Unacceptable."""
    root, original = open_message(raw, name)
    kind = KINDS.get(str(root.tag).removeprefix(_NS).removesuffix("Message"))
    if kind is None or root.tag != f"{_NS}{kind.message}Message":
        raise Unacceptable(original, f"the root is {root.tag}")
    return _Reader(replace(original, message=kind.message), kind).read(root)


class _Reader:
    def __init__(self, original: Original, kind: Kind) -> None:
        self._original, self._kind = original, kind

    def read(self, root: Any) -> Upload:
        guid = root.get("guid") or ""
        if len(guid) != 36 or not 1 <= len(root.get("version") or "") <= 10:
            raise self._refusal("the root's guid or version is missing or too long")
        nodes, transfer = self._parts(root)
        for element in TRANSFER:
            if problem := element.fault(transfer.get(element.name)):
                raise self._refusal(f"BaseTransfer.{element.name} {problem}")
        return Upload(
            original=self._original,
            guid=guid,
            kind=self._kind,
            client=transfer["copCode"],
            note=transfer.get("note", ""),
            papers=tuple(self._paper(node, transfer["copCode"]) for node in nodes),
            signed=signed(root),
        )

    def _parts(self, root: Any) -> tuple[list[Any], Mapping[str, str]]:
        """The documents and BaseTransfer. The order of the parts is fixed."""
        order = (
            (f"{_NS}{self._kind.node}", 1, DOCUMENTS_MAX),
            (f"{_NS}BaseTransfer", 1, 1),
            (f"{_NS}BaseSubscribe", 0, 5),
            (f"{{{DSIG}}}Signature", 0, 1),
            (f"{_NS}ExtendMessage", 0, 1),
        )
        children = _elements(root)
        at, found = 0, []
        for tag, least, most in order:
            start = at
            while at < len(children) and children[at].tag == tag:
                at += 1
            if not least <= at - start <= most:
                raise self._refusal(f"{_short(tag)} stands {at - start} times")
            found.append(children[start:at])
        if at < len(children):
            raise self._refusal(f"{_short(children[at].tag)} is not expected there")
        return found[0], self._fields(found[1][0], TRANSFER)

    def _paper(self, node: Any, client: str) -> Paper:
        kind, lines = self._kind, []
        if not kind.head_node:
            head = self._fields(node, kind.head)
        else:
            first, *others = _elements(node) or [None]
            if first is None or first.tag != f"{_NS}{kind.head_node}":
                raise self._refusal(f"{kind.node} does not begin with {kind.head_node}")
            head = self._fields(first, kind.head)
            for other in others:
                if other.tag != f"{_NS}{kind.line_node}":
                    raise self._refusal(f"{_short(other.tag)} is not expected in {kind.node}")
                lines.append(self._fields(other, kind.line))
        self._check_key(head)
        return Paper(kind, head, tuple(lines), client, faults_of(kind, head, lines))

    def _check_key(self, head: Mapping[str, str]) -> None:
        """Without its key a document cannot be answered."""
        needed = {self._kind.party, self._kind.number, "guid", "msgSeqNo", "appTime", "appType"}
        for element in self._kind.head:
            problem = element.fault(head.get(element.name))
            if problem and element.name in needed:
                raise self._refusal(f"{self._kind.node}.{element.name} {problem}")

    def _fields(self, node: Any, layout: Layout) -> Mapping[str, str]:
        names: Sequence[str] = [element.name for element in layout]
        found: dict[str, str] = {}
        last = -1
        for child in _elements(node):
            name = child.tag.removeprefix(_NS)
            if name not in names or child.tag == name:
                raise self._refusal(f"{_short(child.tag)} is not expected in {_short(node.tag)}")
            at = names.index(name)
            if at <= last:
                raise self._refusal(f"{name} stands twice or too late in {_short(node.tag)}")
            if _elements(child):
                raise self._refusal(f"{name} holds elements")
            last, found[name] = at, child.text or ""
        return found

    def _refusal(self, problem: str) -> Unacceptable:
        return Unacceptable(self._original, problem)


def _elements(node: Any) -> list[Any]:
    return [child for child in node if isinstance(child.tag, str)]


def _short(tag: str) -> str:
    """Without a namespace that is known."""
    return etree.QName(tag).localname if tag.startswith((_NS, f"{{{DSIG}}}")) else tag
