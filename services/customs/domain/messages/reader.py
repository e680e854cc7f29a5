"""CEB XML from outside, read as data only: any document type declaration is refused before an
entity could be declared, depth and size are bounded, and nothing is ever fetched. What a receipt
means is not decided here.
"""

from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from services.customs.domain.messages.errors import MessageTooLarge, XmlNotReadable, XmlUnsafe
from services.customs.domain.messages.layout import NAMESPACE

MESSAGE_BYTES_MAX: Final = 1024 * 1024
_DEPTH_MAX: Final = 8
_NODES_MAX: Final = 50_000


@dataclass
class Node:
    """One element: its local name, its own text, its children in order."""

    name: str
    text: str = ""
    children: list["Node"] = field(default_factory=list)

    def fields(self) -> dict[str, str]:
        """The text of the leaf children by name, stripped; the last one wins."""
        return {child.name: child.text.strip() for child in self.children if not child.children}


@dataclass(frozen=True)
class InboundMessage:
    """`root` is the local name, such as CEB604Message; `guid` may be missing in receipts."""

    root: str
    guid: str | None
    nodes: tuple[Node, ...]

    def named(self, name: str) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes if node.name == name)


def read_message(raw: bytes) -> InboundMessage:
    """Raises MessageTooLarge, XmlUnsafe or XmlNotReadable."""
    if len(raw) > MESSAGE_BYTES_MAX:
        raise MessageTooLarge(limit=f"{MESSAGE_BYTES_MAX} bytes")
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    try:
        parser.Parse(raw, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise XmlNotReadable(reason=str(error)) from error
    assert builder.root is not None  # expat refuses an empty document
    return InboundMessage(builder.root.name, builder.guid, tuple(builder.root.children))


def _refuse_doctype(*_: object) -> None:
    raise XmlUnsafe


class _Builder:
    def __init__(self) -> None:
        self.root: Node | None = None
        self.guid: str | None = None
        self._open: list[Node] = []
        self._count = 0

    def start(self, qualified: str, attributes: dict[str, str]) -> None:
        namespace, _, name = qualified.rpartition(" ")
        node = Node(name)
        self._count += 1
        if len(self._open) >= _DEPTH_MAX or self._count > _NODES_MAX:
            raise XmlNotReadable(reason="nested too deeply or too many elements")
        if self._open:
            self._open[-1].children.append(node)
        else:
            if namespace != NAMESPACE:
                raise XmlNotReadable(reason=f"the root is not in the namespace {NAMESPACE}")
            self.root, self.guid = node, attributes.get("guid")
        self._open.append(node)

    def end(self, _: str) -> None:
        self._open.pop()

    def text(self, text: str) -> None:
        self._open[-1].text += text
