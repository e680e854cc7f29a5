"""CEB messages: checking and writing export lists, and reading what comes back, in processor time.

A message has 100 lists of two lines each: that is how the lists of small orders are sent.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from deploy.bench.rig import Figure, Spread
from services.customs.domain.messages.document import Document
from services.customs.domain.messages.faults import faults
from services.customs.domain.messages.kinds.kind import DOCUMENTS_PER_MESSAGE_MAX, NAMESPACE
from services.customs.domain.messages.kinds.lists import CEB603
from services.customs.domain.messages.reader import (
    ECHO_BYTES_MAX,
    MESSAGE_BYTES_MAX,
    read_documents,
    read_message,
)
from services.customs.domain.messages.samples import smallest
from services.customs.domain.messages.writer import root_element, write_message
from services.customs.domain.receipts.answers import read_receipts

_ROUNDS: Final = 25
_NOW: Final = datetime(2026, 11, 27, tzinfo=UTC)
_GUID: Final = "01900000-0000-7000-8000-00000000000A"
_TRANSFER: Final = {
    "copCode": "91420700MAA1RL001K",
    "copName": "示例报关",
    "dxpMode": "DXP",
    "dxpId": "DXPENT0000000000",
}
_RETURN: Final = {
    "guid": _GUID,
    "agentCode": "91420700MAA1RL001K",
    "copNo": "AL00000000000000000000000000",
    "preNo": "B20261122000000001",
    "invtNo": "47002026E000000001",
    "ebcCode": "91420700MAA1RL002N",
    "ebpCode": "91420700MAA1RL003R",
    "orderNo": "ord_1",
    "statisticsFlag": "A",
    "returnStatus": "120",
    "returnTime": "20261122163000123",
    "returnInfo": "[Code:2600;Desc:入库成功]",
}


def measure() -> list[Figure]:
    documents = [_list_of_two_lines()] * DOCUMENTS_PER_MESSAGE_MAX
    message = _checked_and_written(documents)
    sent = message.encode()
    returns = _message("CEB604", _node("InventoryReturn", _RETURN) * DOCUMENTS_PER_MESSAGE_MAX)
    times = ECHO_BYTES_MAX // len(sent) - 1
    echo = {
        "returnStatus": "-1",
        "returnTime": "20261122163000123",
        "oriBizMessage": f"<![CDATA[{root_element(message) * times}]]>",
    }
    refused = _message("CEB900", _node("MessageReturn", echo))
    written = _seconds(lambda: _checked_and_written(documents))
    lists_per_s = Spread(tuple(len(documents) / seconds for seconds in written))
    return [
        Figure("CEB603: lists checked and written", lists_per_s, "lists/s", 4_000),
        _reading("CEB603: a message of 100 lists read", lambda: _read_lists(sent), 10),
        _reading("CEB604: 100 receipts read", lambda: read_receipts(returns, _NOW), 10),
        _reading(
            f"CEB900: one of {len(refused) / MESSAGE_BYTES_MAX:.0f} MiB read",
            lambda: read_receipts(refused, _NOW),
        ),
    ]


def _reading(name: str, read: Callable[[], object], goal_ms: float | None = None) -> Figure:
    spread = Spread(tuple(1_000 * seconds for seconds in _seconds(read)))
    return Figure(name, spread, "ms", goal_ms, higher_is_better=False)


def _seconds(work: Callable[[], object]) -> list[float]:
    found = []
    for _ in range(_ROUNDS):
        begun = time.process_time()
        work()
        found.append(time.process_time() - begun)
    return found


def _list_of_two_lines() -> Document:
    document = smallest(CEB603, _GUID)
    (line,) = document.lines
    return Document(document.head, (line, {**line, "gnum": "2"}))


def _checked_and_written(documents: list[Document]) -> str:
    for document in documents:
        assert not faults(CEB603, document)
    return write_message(CEB603, guid=_GUID, documents=documents, transfer=_TRANSFER)


def _read_lists(raw: bytes) -> None:
    assert len(read_documents(read_message(raw))) == DOCUMENTS_PER_MESSAGE_MAX


def _node(name: str, fields: dict[str, str]) -> str:
    body = "".join(f"<ceb:{field}>{value}</ceb:{field}>" for field, value in fields.items())
    return f"<ceb:{name}>{body}</ceb:{name}>"


def _message(message_type: str, nodes: str) -> bytes:
    root = f"ceb:{message_type}Message"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><{root} guid="{_GUID}" version="1.0"'
        f' xmlns:ceb="{NAMESPACE}">{nodes}</{root}>'
    ).encode()
