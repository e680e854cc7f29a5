"""The body of a webhook: the bytes that are signed, sent, and sent again."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.kernel.errors import Invalid, Text
from shared.kernel.ids import is_id
from shared.kernel.instants import rfc3339


@dataclass(frozen=True)
class NewMessage:
    event_id: str
    tenant_id: str
    type: str
    occurred_at: datetime
    traceparent: str | None
    body: bytes
    order_id: str | None = None


@dataclass(frozen=True)
class PartnerRights:
    """Whose events a partner may be told of, None: every merchant's. The newest version counts."""

    partner_id: str
    merchants: tuple[str, ...] | None
    version: int


class DataIsNotJson(Invalid):
    """The event can be told to nobody: its consumer puts it aside as a dead letter."""

    code = "webhooks.message.data_not_json"
    text = Text(
        "The data of the event is not JSON: {reason}.", "事件数据不是合法的 JSON：{reason}。"
    )
    fix = Text("Publish the event again with JSON data.", "请以 JSON 数据重新发布该事件。")


def read_data(data: bytes) -> Any:
    """What the data of an event says. Raises DataIsNotJson."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise DataIsNotJson(reason=str(error)) from error


def order_of(content: Any) -> str | None:
    """The order that an event is about: one of its own, of its shipment or of its declaration."""
    order_id = content.get("order_id") if isinstance(content, dict) else None
    return order_id if isinstance(order_id, str) and is_id(order_id, "ord") else None


def message_body(
    *, event_type: str, occurred_at: datetime, data: bytes, is_test: bool = False
) -> bytes:
    """`{type, timestamp, data}` (Standard Webhooks 1.0.0), with `"test": true` for examples.

    `data` is JSON (read_data) and goes in as it came: parsing and printing it again could change
    numbers and key order.
    """
    instant = rfc3339(occurred_at)
    head = f'{{"type":{json.dumps(event_type)},"timestamp":"{instant}",'
    mark = '"test":true,' if is_test else ""
    return head.encode() + mark.encode() + b'"data":' + data + b"}"
