"""The body of a webhook: the bytes that are signed, sent, and sent again."""

import json
from datetime import UTC, datetime


class DataIsNotJson(ValueError):
    """The event's data cannot be put into a JSON body."""


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
        raise DataIsNotJson(str(error)) from error
    instant = occurred_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    head = f'{{"type":{json.dumps(event_type)},"timestamp":"{instant}",'
    mark = '"test":true,' if is_test else ""
    return head.encode() + mark.encode() + b'"data":' + data + b"}"
