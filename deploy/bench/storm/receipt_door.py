"""`python -m deploy.bench receipt-door`: a million messages that are broken, cut, repeated or
hostile go through the reading of the receipt door. Each is read, or refused with a reason, in
bounded time and memory. `DOOR_INPUTS` and `DOOR_SEED` choose another number and other chances.
"""

import asyncio
import base64
import json
import os
import random
import re
import resource
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from typing import Final

from deploy.bench.rig import Figure, Spread
from deploy.bench.storm.mutations import mutated
from deploy.bench.storm.port import message_of
from services.customs.domain.inbound.errors import InboundReaderFailed
from services.customs.domain.inbound.message import InboundStatus, RawMessage
from services.customs.domain.receipts.receipt import DocumentKey, Receipt
from services.customs.use_cases.inbound.reading import JSON, read_apart, read_inbound

NOW: Final = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
_PROCESSES: Final = 2
_XML: Final = "application/xml"
_BLOCKED_MS_MAX: Final = 50
_SHOWN: Final = 5
_LONG_EVERY: Final = 500  # one of so many is of a hundred receipts


@dataclass
class Found:
    """`crashes`: what raised, or was caught as a fault of the reader. `worst_ms`: of processor time
    for one message; `blocked_ms`: how long one held up the event loop."""

    statuses: Counter[str] = field(default_factory=Counter)
    crashes: list[str] = field(default_factory=list)
    worst_ms: float = 0.0
    blocked_ms: float = 0.0
    memory_mib: float = 0.0


def originals() -> list[RawMessage]:
    """One of each way that a receipt can come."""
    return [*map(_xml, _KINDS), _in_envelope(_xml("CEB604").raw), _as_json(), _refusal()]


_KINDS: Final = ("CEB304", "CEB506", "CEB508", "CEB510", "CEB604", "CEB606", "CEB702", "CEB214")


def _receipt(message_type: str, number: int = 1) -> Receipt:
    at = NOW - timedelta(minutes=number)
    guid = f"{number:08d}-0000-7000-8000-00000000000A"
    key = DocumentKey("91420700MAA1RL001K", f"AL{number}")
    return Receipt(message_type, key, "120", at, "[Code:2600;Desc:入库成功]", guid, None, "I1")


def _xml(message_type: str, receipts: int = 2) -> RawMessage:
    said = [_receipt(message_type, number + 1) for number in range(receipts)]
    return RawMessage(_XML, message_of(said, "0190-GUID"))


def _refusal() -> RawMessage:
    return RawMessage(_XML, message_of([_receipt("CEB900")], "0190-GUID"))


def _in_envelope(message: bytes) -> RawMessage:
    data = base64.b64encode(message).decode()
    head = "<TransInfo><CopMsgId>G-1</CopMsgId><MsgType>CEB604Message</MsgType></TransInfo>"
    text = f'<DxpMsg xmlns="http://www.chinaport.gov.cn/dxp" ver="1.0">{head}<Data>{data}</Data>'
    return RawMessage(_XML, f"{text}</DxpMsg>".encode())


def _as_json() -> RawMessage:
    item = {"cop_no": "AL1", "return_status": "120", "return_time": "20261122163000123"}
    return RawMessage(JSON, json.dumps({"items": [item, item]}).encode())


_VALUE: Final = re.compile(rb"(?<=>)[^<>]{1,200}(?=<)|(?<=\")[^\"]{1,200}(?=\")")
_ODD: Final = (
    *(b"", b" ", b"\t", b"\n", b"-", b"0", b"-1", b"1e9", b"9" * 200, b"A" * 60_000, b"120 "),
    *(b"20261332250000000", b"00000000000000000", b"99991231235959999", b"2026-11-22", b"NaN"),
    *("\u202e".encode(), "\u2028".encode(), "\U0001f4a9".encode(), "字".encode() * 6_000),
    *(b"[Code:", b"[Code:;Desc:]" * 500, b"&#13;", b"&amp;" * 900, b"PHg+", b"=" * 99, b"null"),
)


def _with_odd_value(raw: bytes, rng: random.Random) -> bytes:
    """One value of the message is another one."""
    at = rng.choice(list(_VALUE.finditer(raw)))
    return raw[: at.start()] + rng.choice(_ODD) + raw[at.end() :]


def try_door(inputs: int, seed: int) -> Found:
    """Without database and network."""
    rng, found = random.Random(seed), Found()
    short, long = originals(), _xml("CEB604", receipts=100)
    for number in range(inputs):
        original = long if number % _LONG_EVERY == 0 else rng.choice(short)
        # Half of them stay well-formed, so that what follows the parser is tried as well.
        change = mutated if rng.random() < 0.5 else _with_odd_value
        _read(RawMessage(original.content_type, change(original.raw, rng)), found)
    found.blocked_ms = asyncio.run(_blocked_ms(rng))
    found.memory_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return found


def _read(message: RawMessage, found: Found) -> None:
    begun_s = time.process_time()
    try:
        reading = read_inbound(message, now=NOW)
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is what we look for
        found.crashes.append(f"{type(error).__name__}: {message.raw[:200]!r}")
        return
    found.worst_ms = max(found.worst_ms, 1_000 * (time.process_time() - begun_s))
    found.statuses[reading.status] += 1
    if isinstance(reading.refusal, InboundReaderFailed):
        found.crashes.append(f"{reading.refusal.params}: {message.raw[:200]!r}")
    if reading.status is not InboundStatus.READ and reading.reason is None:
        found.crashes.append(f"no reason: {message.raw[:200]!r}")


async def _blocked_ms(rng: random.Random) -> float:
    """The longest that the loop stood still, while long messages were read."""
    worst_s, is_over = 0.0, False

    async def watch() -> None:
        nonlocal worst_s
        while not is_over:
            before_s = time.perf_counter()
            await asyncio.sleep(0)
            worst_s = max(worst_s, time.perf_counter() - before_s)

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0)
    for _ in range(50):
        raw = mutated(_xml("CEB604", receipts=100).raw, rng)
        await read_apart(RawMessage(_XML, raw), now=NOW)
    is_over = True
    await watching
    return worst_s * 1_000


def measure() -> list[Figure]:
    """Raises SystemExit if one crashes."""
    inputs = int(os.environ.get("DOOR_INPUTS", "1000000"))
    seed = int(os.environ.get("DOOR_SEED", "1"))
    share = inputs // _PROCESSES
    begun_s = time.perf_counter()
    with get_context("spawn").Pool(_PROCESSES) as pool:
        parts = pool.starmap(try_door, [(share, seed + n) for n in range(_PROCESSES)])
    took_s = time.perf_counter() - begun_s
    statuses = sum((part.statuses for part in parts), Counter[str]())
    crashes = [crash for part in parts for crash in part.crashes]
    print(f"  {statuses.total():,} inputs: {dict(statuses.most_common())}; {len(crashes)} crashes")
    for crash in crashes[:_SHOWN]:
        print(f"    {crash}")
    if crashes:
        raise SystemExit(f"{len(crashes)} of {inputs:,} inputs crash the reader")
    return [
        _most("receipt door: longest for one input (CPU)", parts, "worst_ms", "ms"),
        _most("receipt door: loop blocked at most", parts, "blocked_ms", "ms", _BLOCKED_MS_MAX),
        _most("receipt door: memory of a process", parts, "memory_mib", "MiB"),
        Figure("receipt door: inputs", Spread((inputs / took_s,)), "inputs/s"),
    ]


def _most(
    name: str, parts: Sequence[Found], what: str, unit: str, goal: float | None = None
) -> Figure:
    worst = max(float(getattr(part, what)) for part in parts)
    return Figure(name, Spread((worst,)), unit, goal, higher_is_better=False)
