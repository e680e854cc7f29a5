"""Bytes as they come out of broken senders, transfers and attacks: a valid document, changed."""

import random
from collections.abc import Callable
from typing import Final

_PIECES: Final = (
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"<![CDATA[",
    b"]]>",
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
    b"&a;",
    b"&#0;",
    b"&#x10FFFF;",
    b"<?xml version='1.0' encoding='gb2312'?>",
    b"encoding='utf-16'",
    b"</ceb:copNo>",
    b"<ceb:copNo>",
    b"[Code:",
    b";Desc:",
    b"\\ud800",
    b"1e999",
    b"NaN",
    b"{",
    b"[" * 70,
    b"\xf0\x9f\x92\xa9",
    b"9" * 400,
    b" xmlns:ceb='urn:x'",
    b"-",
    b"99991231235959999",
    b"<",
    b"</",
    b"/>",
    b"<!--",
    b"-->",
    b' xmlns=""',
    b"<ceb:guid>" * 50,
    b"<x xmlns='http://elsewhere'>",
    b"<a " + b"a='1' " * 1_000,
    b"<" * 5_000,
    b" " * 5_000,
    b"<ceb:oriBizMessage>",
    b"CEB900Message",
    b"dxp:DxpMsg",
)


def mutated(raw: bytes, rng: random.Random) -> bytes:
    """One to four changes."""
    for _ in range(rng.randint(1, 4)):
        raw = rng.choice(_CHANGES)(raw, rng)
    return raw


def _place(raw: bytes, rng: random.Random) -> tuple[int, int]:
    start = rng.randint(0, len(raw))
    return start, min(len(raw), start + rng.randint(0, 40))


def _flip(raw: bytes, rng: random.Random) -> bytes:
    if not raw:
        return raw
    at = rng.randrange(len(raw))
    return raw[:at] + bytes([raw[at] ^ (1 << rng.randrange(8))]) + raw[at + 1 :]


def _cut(raw: bytes, rng: random.Random) -> bytes:
    start, end = _place(raw, rng)
    return raw[:start] + raw[end:]


def _end(raw: bytes, rng: random.Random) -> bytes:
    return raw[: rng.randint(0, len(raw))]


def _repeat(raw: bytes, rng: random.Random) -> bytes:
    start, end = _place(raw, rng)
    return raw[:end] + raw[start:end] * rng.randint(1, 9) + raw[end:]


def _insert(raw: bytes, rng: random.Random) -> bytes:
    at = rng.randint(0, len(raw))
    return raw[:at] + rng.choice(_PIECES) + raw[at:]


def _replace(raw: bytes, rng: random.Random) -> bytes:
    start, end = _place(raw, rng)
    return raw[:start] + rng.choice(_PIECES) + raw[end:]


def _encode(raw: bytes, rng: random.Random) -> bytes:
    text = raw.decode("utf-8", "replace")
    return text.encode(rng.choice(("utf-16", "utf-16-be", "gb18030", "latin-1")), "replace")


_CHANGES: Final[tuple[Callable[[bytes, random.Random], bytes], ...]] = (
    _flip,
    _cut,
    _end,
    _repeat,
    _insert,
    _replace,
    _encode,
)
