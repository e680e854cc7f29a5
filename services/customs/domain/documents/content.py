"""What a document says: head and lines of each of its parts, less the guid and the appTime that an
upload gives it. It is kept as JSON until the document has left, and for every further upload.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.messages.document import Document, Values


@dataclass(frozen=True, slots=True)
class DrawnDocument:
    """A document under its number, as drawn up and not sent yet. `party_code`: of the enterprise
    that the number belongs to (see `DocumentKind`).
    """

    kind: DocumentKind
    party_code: str
    number: str
    parts: tuple[Document, ...]


class PartJson(TypedDict):
    head: dict[str, str]
    lines: list[dict[str, str]]


class ContentJson(TypedDict):
    parts: list[PartJson]


def content_to_json(parts: Sequence[Document]) -> ContentJson:
    return {
        "parts": [
            {"head": _given(part.head), "lines": [_given(line) for line in part.lines]}
            for part in parts
        ]
    }


def content_from_json(stored: ContentJson) -> tuple[Document, ...]:
    return tuple(Document(part["head"], tuple(part["lines"])) for part in stored["parts"])


def _given(values: Values) -> dict[str, str]:
    return {name: value for name, value in values.items() if value is not None and value != ""}
