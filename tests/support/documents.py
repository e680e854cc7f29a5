"""Documents of customs, their uploads and receipts, as the tests of the rules need them. Their
clock counts seconds after START.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from services.customs.domain.documents.document import Attempt, DocumentFacts, MessageRefusal
from services.customs.domain.documents.kinds import RECEIPT_TYPE, DocumentKind
from services.customs.domain.receipts.receipt import DocumentKey, Receipt
from services.customs.domain.receipts.retry import Retry

START: Final = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
NUMBER: Final = "AL1"


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def an_attempt(number: int = 1, at_s: float = 0, **changes: Any) -> Attempt:
    part = changes.get("part", 1)
    attempt = Attempt(
        part=1,
        number=number,
        version=1,
        guid=f"GUID-{part}-{number}",
        message_guid=f"MESSAGE-{number}",
        app_time=at(at_s),
        left_at=at(at_s),
    )
    return replace(attempt, **changes)


def a_refusal(retry: Retry = Retry.UNDELIVERABLE, at_s: float = 0) -> MessageRefusal:
    """Of the message of an upload, which has not left then."""
    return MessageRefusal(at(at_s), retry, "HTTP 422 no such sender")


def a_receipt(code: str, at_s: float = 1, **changes: Any) -> Receipt:
    return replace(Receipt("CEB604", DocumentKey("P", NUMBER), code, at(at_s), ""), **changes)


def refused_message(number: int, at_s: float = 1, code: str = "-1") -> Receipt:
    return Receipt("CEB900", DocumentKey("", f"MESSAGE-{number}"), code, at(at_s), "")


def a_document(*receipts: Receipt, **changes: Any) -> DocumentFacts:
    kind = changes.get("kind", DocumentKind.LIST)
    facts = DocumentFacts(
        id="doc_1",
        kind=kind,
        key=DocumentKey("P", NUMBER),
        version=1,
        parts=1,
        replaces=None,
        is_dropped=False,
        attempts=(an_attempt(),),
        receipts=tuple(
            one if one.message_type == "CEB900" else replace(one, message_type=RECEIPT_TYPE[kind])
            for one in receipts
        ),
    )
    return replace(facts, **changes)
