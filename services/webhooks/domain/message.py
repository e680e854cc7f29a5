"""The body of a webhook: the bytes that are signed, sent, and sent again."""

import json
from datetime import datetime

from shared.kernel.errors import Invalid, Text
from shared.kernel.instants import rfc3339


class DataIsNotJson(Invalid):
    """The event can be told to nobody: its consumer puts it aside as a dead letter."""

    code = "webhooks.message.data_not_json"
    text = Text(
        "The data of the event is not JSON: {reason}.", "事件数据不是合法的 JSON：{reason}。"
    )
    fix = Text("Publish the event again with JSON data.", "请以 JSON 数据重新发布该事件。")


def message_body(
    *, event_type: str, occurred_at: datetime, data: bytes, is_test: bool = False
) -> bytes:
    """`{type, timestamp, data}` (Standard Webhooks 1.0.0), with `"test": true` for examples.

    `data` goes in as it came: parsing and printing it again could change numbers and key order.
    Raises DataIsNotJson.
    """
    try:
        json.loads(data)
    except (ValueError, RecursionError) as error:
        raise DataIsNotJson(reason=str(error)) from error
    instant = rfc3339(occurred_at)
    head = f'{{"type":{json.dumps(event_type)},"timestamp":"{instant}",'
    mark = '"test":true,' if is_test else ""
    return head.encode() + mark.encode() + b'"data":' + data + b"}"
