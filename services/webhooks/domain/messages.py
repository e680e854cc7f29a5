"""A message: the body of a webhook, the bytes that are signed, sent, and sent again. And the rights
that decide which partner receives it.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from shared.kernel.errors import Invalid, Text
from shared.kernel.ids import is_id
from shared.kernel.instants import rfc3339


@dataclass(frozen=True, slots=True)
class Message:
    event_id: str
    tenant_id: str
    type: str
    occurred_at: datetime
    traceparent: str | None
    body: bytes
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class PartnerRights:
    """The merchants whose events a partner may receive; None: all. The newest version counts."""

    partner_id: str
    merchants: tuple[str, ...] | None
    version: int


# What a consumed event means.
Fact = Message | PartnerRights


class DataIsNotJson(Invalid):
    """The event cannot be delivered: it becomes a dead letter."""

    code = "webhooks.message.data_not_json"
    text = Text(
        "The data of the event is not JSON: {reason}.", "事件数据不是合法的 JSON：{reason}。"
    )
    fix = Text("Publish the event again with JSON data.", "请以 JSON 数据重新发布该事件。")


def read_data(data: bytes) -> object:
    """The data of an event. Raises DataIsNotJson."""
    try:
        content: object = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise DataIsNotJson(reason=str(error)) from error
    return content


def order_of(content: object) -> str | None:
    """The order that an event is about, whether it is one of the order, its shipment or its
    declaration.
    """
    order_id = content.get("order_id") if isinstance(content, dict) else None
    return order_id if isinstance(order_id, str) and is_id(order_id, "ord") else None


def message_body(
    *, event_type: str, occurred_at: datetime, data: bytes, is_test: bool = False
) -> bytes:
    """`{type, timestamp, data}` (Standard Webhooks 1.0.0), with `"test": true` for examples.

    `data` is JSON (see `read_data`) and is used as it came: parsing and printing it again could
    change numbers and the order of keys.
    """
    instant = rfc3339(occurred_at)
    head = f'{{"type":{json.dumps(event_type)},"timestamp":"{instant}",'
    mark = '"test":true,' if is_test else ""
    return head.encode() + mark.encode() + b'"data":' + data + b"}"
