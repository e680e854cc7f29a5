"""What a document says: head and lines of each of its parts, less the guid and the appTime that an
upload gives it. It is kept as JSON until the document has left, and for every further upload.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict

from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.messages.document import Document, Values
from services.customs.domain.messages.parties import Party
from services.customs.domain.messages.senders import Sender


@dataclass(frozen=True, slots=True)
class DrawnDocument:
    """A document under its number, as drawn up and not sent yet. `party_code`: of the enterprise
    that the number belongs to (see `DocumentKind`). `sender`: whose client it leaves by; None: by
    that of the park's declarant.
    """

    kind: DocumentKind
    party_code: str
    number: str
    parts: tuple[Document, ...]
    sender: Sender | None = None


class PartJson(TypedDict):
    head: dict[str, str]
    lines: list[dict[str, str]]


class SenderJson(TypedDict):
    code: str
    name: str
    dxp_id: str


class ContentJson(TypedDict):
    parts: list[PartJson]
    sender: NotRequired[SenderJson]


def content_to_json(parts: Sequence[Document], sender: Sender | None = None) -> ContentJson:
    stored: ContentJson = {
        "parts": [
            {"head": _given(part.head), "lines": [_given(line) for line in part.lines]}
            for part in parts
        ]
    }
    if sender is not None:
        code, name = sender.party.code, sender.party.name
        stored["sender"] = {"code": code, "name": name, "dxp_id": sender.dxp_id}
    return stored


def sender_from_json(stored: ContentJson) -> Sender | None:
    sender = stored.get("sender")
    if sender is None:
        return None
    return Sender(Party(sender["code"], sender["name"]), sender["dxp_id"])


def content_from_json(stored: ContentJson) -> tuple[Document, ...]:
    return tuple(Document(part["head"], tuple(part["lines"])) for part in stored["parts"])


def _given(values: Values) -> dict[str, str]:
    return {name: value for name, value in values.items() if value is not None and value != ""}
