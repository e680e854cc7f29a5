"""Whatever happens to a message on its way, reading it ends, and ends with what it says or with a
documented refusal. `AIRLANE_MUTATIONS=1000000` tries that many for each part of the test.
"""

import os
import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import pytest

from deploy.bench.storm.mutations import mutated
from services.customs.domain.messages.envelope import Envelope, write_envelope
from services.customs.domain.messages.kinds.registry import KINDS
from services.customs.domain.messages.reader import (
    read_documents,
    read_message,
    read_reply,
    unknown_elements,
)
from services.customs.domain.messages.writer import write_message
from services.customs.domain.receipts.answers import read_receipts
from shared.kernel.errors import AirlaneError
from tests.support.ceb import GUID, TRANSFER, a_document, a_node, a_root, an_inventory_return

NOW: Final = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
MUTATIONS: Final = int(os.environ.get("AIRLANE_MUTATIONS", "1500"))


def read_all(raw: bytes) -> None:
    message = read_message(raw)
    unknown_elements(message)
    if message.message_type in KINDS:
        read_documents(message)


def receipts(raw: bytes) -> None:
    assert len(read_receipts(raw, NOW)) <= 100


def reply(raw: bytes) -> None:
    read_reply(raw)


_RETURNS = a_root("CEB604", an_inventory_return(), an_inventory_return(copNo="AL0002"))
_SENT = write_message(
    KINDS["CEB603"],
    guid=GUID,
    documents=[a_document(KINDS["CEB603"], random.Random(1))],
    transfer=TRANSFER,
).encode()
_ECHO = a_root(
    "CEB900",
    a_node(
        "MessageReturn",
        {
            "returnStatus": "-1",
            "returnTime": "20261122163000123",
            "oriBizMessage": f"<![CDATA[{_SENT.decode()}]]>",
        },
    ),
)
_ENVELOPE = write_envelope(Envelope(GUID, "D1", ("D2",), NOW, "CEB604", _RETURNS)).encode()
_REPLY = (
    b'<?xml version="1.0" encoding="UTF-8"?><DxpRep xmlns="http://www.chinaport.gov.cn/dxp"><Response>'
    b"<ResponseCode>0001</ResponseCode><Results><Result><RecId>1</RecId></Result></Results>"
    b"</Response><OriHead><CopMsgId>1</CopMsgId></OriHead></DxpRep>"
)


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        (_RETURNS, receipts),
        (_RETURNS.decode().encode("utf-16"), receipts),
        (_RETURNS.decode().replace("UTF-8", "GBK").encode("gbk"), receipts),
        (_SENT, read_all),
        (_ECHO, receipts),
        (_ENVELOPE, read_all),
        (_REPLY, reply),
    ],
    ids=["receipts", "utf-16", "gbk", "sent", "echo", "envelope", "reply"],
)
@pytest.mark.timeout(0)
def test_a_damaged_message_is_read_or_refused(raw: bytes, read: Callable[[bytes], None]) -> None:
    rng = random.Random(20221122)
    read(raw)
    was_read = 0
    for number in range(MUTATIONS):
        damaged = mutated(raw, rng)
        try:
            read(damaged)
            was_read += 1
        except AirlaneError:
            pass
        except Exception as error:
            raise AssertionError(f"mutation {number}: {damaged[:2_000]!r}") from error

    # Both happen: the damage is neither harmless nor always fatal.
    assert 0 < was_read < MUTATIONS
