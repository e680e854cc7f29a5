"""Canonical XML 1.0 (REC-xml-c14n-20010315, without comments) of a message and of its signature.

`canonical_root` is for signing: messages as our writer puts them out are canonical already, which
one regular expression proves. `take_apart` is for checking: it reads any XML.
"""

import re
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from services.customs.domain.messages.signing.algorithms import DS

_START: Final = re.compile(
    r'(?:<\?xml[^>]*\?>)?\s*(<((?:[\w.-]+:)?[\w.-]+)((?:\s+[\w:.-]+="[^"<&\t\r\n]*")*)\s*>)',
    re.ASCII,
)
_ATTRIBUTE: Final = re.compile(r'([\w:.-]+)="([^"]*)"', re.ASCII)
# Elements without attributes, and text with nothing in it that has a second spelling.
_PLAIN: Final = re.compile(r"(?:[^<>&\r]+|</?[\w:.-]+>|&(?:amp|lt|gt|#xD);)*+", re.ASCII)
_TEXT: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"}
_VALUE: Final = {
    "&": "&amp;",
    "<": "&lt;",
    '"': "&quot;",
    "\t": "&#x9;",
    "\n": "&#xA;",
    "\r": "&#xD;",
}
_IN_TEXT: Final = re.compile(r"[&<>\r]")
_IN_VALUE: Final = re.compile(r'[&<"\t\n\r]')


class NotCanonicalizable(ValueError):
    """Not well-formed XML, or with parts that no CEB message has."""


@dataclass(frozen=True, slots=True)
class Part:
    """An element of the signature: the local names from ds:Signature down to it, its attributes,
    its text. Elements of other namespaces have a name that no path knows.
    """

    path: str
    attributes: dict[str, str]
    text: str


@dataclass(slots=True)
class Parts:
    """`root`: the message without its signature; `signed_info`: empty if there is no signature."""

    root: bytes = b""
    signed_info: bytes = b""
    signatures: int = 0
    signature: list[Part] = field(default_factory=list)


def root_namespaces(body: str) -> dict[str, str]:
    """Prefix → namespace, as the root element declares them; the default one has the prefix "".

    Raises NotCanonicalizable.
    """
    start = _START.match(body)
    if start is None:
        raise NotCanonicalizable("the root element cannot be read")
    return {
        name.partition(":")[2]: value
        for name, value in _ATTRIBUTE.findall(start[3])
        if name.partition(":")[0] == "xmlns"
    }


def canonical_root(body: str) -> bytes:
    """The canonical bytes of an unsigned message. Raises NotCanonicalizable."""
    start = _START.match(body)
    text = body.rstrip(" \t\r\n")
    if start is not None and _is_sorted(start) and _PLAIN.fullmatch(text, start.end(1)):
        _parse(expat.ParserCreate("utf-8"), body)  # well-formed?
        return text[start.start(1) :].encode()
    return take_apart(body).root


def _is_sorted(start: re.Match[str]) -> bool:
    attributes = _ATTRIBUTE.findall(start[3])
    if any(":" in name and not name.startswith("xmlns:") for name, _ in attributes):
        return False  # sorted by namespace, which takes a closer look
    attributes.sort(key=lambda one: (not one[0].startswith("xmlns"), one[0]))
    return start[1] == "".join((f"<{start[2]}", *(f' {n}="{v}"' for n, v in attributes), ">"))


def take_apart(body: str) -> Parts:
    """Raises NotCanonicalizable."""
    reader = _Reader()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.ordered_attributes = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.ProcessingInstructionHandler = _refuse_instruction
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    _parse(parser, body)
    return reader.parts()


def _parse(parser: expat.XMLParserType, body: str) -> None:
    try:
        parser.Parse(body.encode(), True)
    except (expat.ExpatError, UnicodeEncodeError) as error:
        raise NotCanonicalizable(str(error)) from error


def _refuse_doctype(*_: object) -> None:
    raise NotCanonicalizable("it has a document type declaration")


def _refuse_instruction(*_: object) -> None:
    raise NotCanonicalizable("it has a processing instruction")


Scope = dict[str, str]


class _Output:
    """Writes elements; knows which declarations are in force where it writes."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._written: list[Scope] = [{}]

    def start(self, name: str, scope: Scope, attributes: list[tuple[str, str]]) -> None:
        before = self._written[-1]
        new = sorted((p, uri) for p, uri in scope.items() if before.get(p, "") != uri)
        self._written.append({**before, **dict(new)})
        self._texts.append(f"<{name}")
        self._texts += (f' xmlns{":" if p else ""}{p}="{_escaped(uri)}"' for p, uri in new)
        attributes.sort(key=lambda one: _sort_key(one[0], scope))
        self._texts += (f' {name}="{_escaped(value)}"' for name, value in attributes)
        self._texts.append(">")

    def text(self, text: str) -> None:
        self._texts.append(_IN_TEXT.sub(lambda found: _TEXT[found[0]], text))

    def end(self, name: str) -> None:
        self._written.pop()
        self._texts.append(f"</{name}>")

    def bytes(self) -> "bytes":
        return "".join(self._texts).encode()


class _Reader:
    """The signature is a child of the root. Its SignedInfo is written for itself, with all the
    namespaces that are in force there: that is what an apex element gets.
    """

    def __init__(self) -> None:
        self._root = _Output()
        self._signed_info: _Output | None = None
        self._scopes: list[Scope] = [{}]
        self._path: list[str] = []  # inside of a signature
        self._texts: list[str] = []
        self._attributes: list[dict[str, str]] = []
        self._parts = Parts()

    def start(self, name: str, flat: list[str]) -> None:
        attributes = list(zip(flat[::2], flat[1::2], strict=True))
        scope = self._scopes[-1]
        declared = {n.partition(":")[2]: v for n, v in attributes if n.partition(":")[0] == "xmlns"}
        if declared:
            scope = {**scope, **declared}
        attributes = [one for one in attributes if one[0].partition(":")[0] != "xmlns"]
        if any(name.startswith("xml:") for name, _ in attributes):
            # Those of the root would have to be repeated in SignedInfo.
            raise NotCanonicalizable("it has an attribute of the xml namespace")
        self._scopes.append(scope)
        prefix, _, local = name.rpartition(":")
        is_ds = scope.get(prefix) == DS
        if self._path or (is_ds and local == "Signature" and len(self._scopes) == 3):
            self._start_of_signature(name, local if is_ds else "?", scope, attributes)
        else:
            self._root.start(name, scope, attributes)

    def _start_of_signature(
        self, name: str, local: str, scope: Scope, attributes: list[tuple[str, str]]
    ) -> None:
        if not self._path:
            self._parts.signatures += 1
        self._path.append(local)
        self._texts.append("")
        self._attributes.append(dict(attributes))
        if self._path[1:] == ["SignedInfo"]:
            self._signed_info = _Output()
        if "SignedInfo" in self._path[1:2] and self._signed_info is not None:
            self._signed_info.start(name, scope, attributes)

    def text(self, text: str) -> None:
        if not self._path:
            if len(self._scopes) > 1:
                self._root.text(text)
            return
        self._texts[-1] += text
        if "SignedInfo" in self._path[1:2] and self._signed_info is not None:
            self._signed_info.text(text)

    def end(self, name: str) -> None:
        self._scopes.pop()
        if not self._path:
            self._root.end(name)
            return
        if "SignedInfo" in self._path[1:2] and self._signed_info is not None:
            self._signed_info.end(name)
        path = "/".join(self._path[1:])
        self._parts.signature.append(Part(path, self._attributes.pop(), self._texts.pop()))
        self._path.pop()

    def parts(self) -> Parts:
        self._parts.root = self._root.bytes()
        if self._signed_info is not None:
            self._parts.signed_info = self._signed_info.bytes()
        return self._parts


def _sort_key(name: str, scope: Scope) -> tuple[str, str]:
    """By namespace, then by local name; an attribute without a prefix has no namespace."""
    prefix, _, local = name.rpartition(":")
    return (scope.get(prefix, "") if prefix else "", local)


def _escaped(value: str) -> str:
    return _IN_VALUE.sub(lambda found: _VALUE[found[0]], value)
