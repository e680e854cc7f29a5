"""XML from outside, read as data only and in time that grows with its length alone. Any document
type declaration is refused before an entity could be declared; depth, elements and
attributes are bounded; nothing is ever fetched. The namespace of every element is checked.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, NoReturn
from xml.parsers import expat

from services.customs.domain.messages.elements import BLANKS
from services.customs.domain.messages.errors import XmlNotReadable, XmlUnsafe

SIGNATURE_NAMESPACE: Final = "http://www.w3.org/2000/09/xmldsig#"
_DEPTH_MAX: Final = 16
_ATTRIBUTES_MAX: Final = 16
# ExtendMessage/Message holds one element of any kind, in any namespace.
_ANY_CONTENT: Final = "Message"
_PIECE_BYTES: Final = 64 * 1024
_TAG_BYTES_MAX: Final = 2 * _PIECE_BYTES
# 100 receipts have 1,500 elements.
ELEMENTS_MAX: Final = 50_000


@dataclass(slots=True)
class Node:
    """An element with elements in it. `values`: the texts of those that have none themselves, by
    name, without blanks around them. `repeated`: the further ones of a name, in order.
    """

    name: str
    values: dict[str, str] = field(default_factory=dict)
    children: list["Node"] = field(default_factory=list)
    repeated: list[tuple[str, str]] = field(default_factory=list)

    def named(self, name: str) -> list["Node"]:
        return [child for child in self.children if child.name == name]

    def all_values(self, name: str) -> list[str]:
        first = [self.values[name]] if name in self.values else []
        return first + [value for repeated, value in self.repeated if repeated == name]


@dataclass(frozen=True, slots=True)
class Root:
    namespace: str
    attributes: Mapping[str, str]
    node: Node


def read_tree(
    xml: bytes, *, check_root: Callable[[str, str], None], elements_max: int = ELEMENTS_MAX
) -> Root:
    """Of XML in UTF-8, whatever encoding it declares. `check_root` gets namespace and name of the
    root before anything behind it is read, and may refuse it. Raises XmlUnsafe or XmlNotReadable.
    """
    builder = _Builder(elements_max=elements_max)
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    parser.buffer_size = _PIECE_BYTES
    parser.buffer_text = True

    def start_root(qualified: str, attributes: dict[str, str]) -> None:
        check_root(*builder.begin(qualified, attributes))
        parser.StartElementHandler = builder.start

    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = start_root
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.texts.append
    try:
        _parse(parser, xml)
    except (expat.ExpatError, ValueError) as error:
        raise XmlNotReadable(reason=str(error)) from error
    finally:
        parser.StartElementHandler = None  # it holds the parser
    return Root(builder.namespace, builder.attributes, builder.root)


def _parse(parser: expat.XMLParserType, xml: bytes) -> None:
    """In pieces. Text comes out piece by piece, but a tag is collected until it is whole, with all
    its attributes: one that does not end is given up before it takes much memory.
    """
    view = memoryview(xml)
    for at in range(0, len(xml), _PIECE_BYTES):
        parser.Parse(view[at : at + _PIECE_BYTES], False)
        if at - parser.CurrentByteIndex > _TAG_BYTES_MAX:
            _refuse("a tag or a comment is too long")
    parser.Parse(b"", True)


def _refuse_doctype(*_: object) -> None:
    raise XmlUnsafe


def _refuse(reason: str) -> NoReturn:
    raise XmlNotReadable(reason=reason)


class _Builder:
    """An element becomes a node with its first child; until then it is `leaf`."""

    def __init__(self, *, elements_max: int) -> None:
        self.namespace = ""
        self.attributes: Mapping[str, str] = {}
        self.root = Node("")
        self.texts: list[str] = []
        self._elements_left = elements_max
        self._open: list[Node] = []
        self._leaf: str | None = None
        # How deep we are in an element whose content is none of ours.
        self._skipped = 0
        # Qualified names seen, and their local names; empty: content that is none of ours.
        self._names = {f"{SIGNATURE_NAMESPACE} Signature": ""}

    def begin(self, qualified: str, attributes: dict[str, str]) -> tuple[str, str]:
        """The root. Its namespace is that of all elements."""
        self._check_attributes(attributes)
        self.namespace, _, name = qualified.rpartition(" ")
        self.attributes = attributes
        self.root.name = name
        self._open.append(self.root)
        return self.namespace, name

    def start(self, qualified: str, attributes: dict[str, str]) -> None:
        self._elements_left -= 1
        if self._elements_left < 0:
            _refuse("it has too many elements")
        if attributes:
            self._check_attributes(attributes)
        leaf = self._leaf
        if self._skipped or leaf == _ANY_CONTENT:
            self._skip()
            return
        name = self._names.get(qualified)
        if name is None:
            name = self._new_name(qualified)
        elif not name:
            self._skip()
            return
        if leaf is not None:
            self._open_node(leaf)
        self._leaf = name
        self.texts.clear()

    def end(self, _: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        name = self._leaf
        if name is None:
            self._open.pop()
            return
        self._leaf = None
        text = "".join(self.texts).strip(BLANKS)
        parent = self._open[-1]
        if not text and parent is self.root:
            # A business node without anything in it is one, too.
            parent.children.append(Node(name))
        elif name in parent.values:
            parent.repeated.append((name, text))
        else:
            parent.values[name] = text

    def _open_node(self, name: str) -> None:
        if len(self._open) == _DEPTH_MAX:
            _refuse("it is nested too deeply")
        node = Node(name)
        self._open[-1].children.append(node)
        self._open.append(node)

    def _skip(self) -> None:
        self._skipped += 1
        if self._skipped > _DEPTH_MAX:
            _refuse("it is nested too deeply")

    def _new_name(self, qualified: str) -> str:
        namespace, _, name = qualified.rpartition(" ")
        if namespace != self.namespace:
            _refuse(f"{name} is not in the namespace {self.namespace}")
        self._names[qualified] = name
        return name

    def _check_attributes(self, attributes: dict[str, str]) -> None:
        if len(attributes) > _ATTRIBUTES_MAX:
            _refuse("an element has too many attributes")
