"""The two kinds of message: those we send, made of documents, and those that answer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final

from services.customs.domain.messages.document import Document, FieldFault, said
from services.customs.domain.messages.elements import NOTHING, Layout, layout

NAMESPACE: Final = "http://www.chinaport.gov.cn/ceb"
VERSION: Final = "1.0"
DOCUMENTS_PER_MESSAGE_MAX: Final = 100
SUBSCRIBES_PER_MESSAGE_MAX: Final = 5
STAGED: Final = "1"
DECLARED: Final = "2"

# The head of every upload. appStatus: what is only staged stays undeclared at the port.
PREFIX: Final = "guid G36; appType C1 =1|2|3; appTime T14; appStatus C1 =1|2; "

BASE_TRANSFER: Final = layout(
    "copCode C..18; copName C..100; dxpMode C3 =DXP; dxpId C..30; note? C..1000"
)
BASE_SUBSCRIBE: Final = layout("status C..100; dxpMode C3 =DXP; dxpAddress C..100; note? C..1000")


class Numbering(Enum):
    """How gnum counts the lines of a node."""

    NONE = 0  # there is no gnum
    RUNNING = 1  # 1, 2, 3 …
    UNIQUE = 2  # numbers of another document's lines, each once


class Signature(StrEnum):
    OBLIGATORY = "obligatory"
    IF_DECLARED = "if_declared"  # a document that is only staged may go without
    OPTIONAL = "optional"


Rule = Callable[["MessageKind", Document], Iterable[FieldFault]]


@dataclass(frozen=True)
class MessageKind:
    """A message we send. `head_node` is the node itself where it is flat. `lines_max` None: as many
    as one likes. `is_split`: a document may come in parts (msgCount, msgSeqNo). `rules`: what the
    tables cannot say.
    """

    message_type: str
    node: str
    head_node: str
    head: Layout
    line_node: str = ""
    line: Layout = NOTHING
    lines_min: int = 0
    lines_max: int | None = 0
    numbering: Numbering = Numbering.NONE
    is_split: bool = False
    signature: Signature = Signature.OPTIONAL
    receipt_type: str = ""
    rules: tuple[Rule, ...] = ()

    @property
    def is_flat(self) -> bool:
        return self.head_node == self.node

    def head_place(self, name: str) -> str:
        return f"{self.head_node}.{name}"

    def line_place(self, at: int, name: str) -> str:
        """`at` counts from 0."""
        return f"{self.line_node}[{at + 1}].{name}"

    def needs_signature(self, document: Document) -> bool:
        if self.signature is Signature.IF_DECLARED:
            return said(document.head, "appStatus") == DECLARED
        return self.signature is Signature.OBLIGATORY


@dataclass(frozen=True)
class ReceiptKind:
    """A message that answers. `party`, `number`, `part` name the elements that say which document
    is meant; `part` is empty where documents come whole. Its node has lines in one kind only.
    """

    message_type: str
    node: str
    head: Layout
    party: str
    number: str
    part: str = ""
    head_node: str = ""
    line_node: str = ""
    line: Layout = NOTHING
    nodes_max: int = 100
