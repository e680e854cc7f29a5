"""Every problem that our own check can name has Chinese words, also one that was stored before."""

import random
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from services.customs.domain.declarations.findings import Finding
from services.customs.domain.messages.document import Document
from services.customs.domain.messages.elements import Element
from services.customs.domain.messages.errors import XmlNotReadable
from services.customs.domain.messages.faults import faults
from services.customs.domain.messages.kinds.kind import MessageKind
from services.customs.domain.messages.kinds.registry import KINDS
from services.customs.domain.messages.problems import in_chinese, problem_text
from services.customs.domain.messages.reader import read_message
from tests.support.ceb import a_document

BAD = ("", "x", "x" * 2000, "-1", "1." + "1" * 30, "9" * 40, "0", "99999999", "1.5")


def problems_of(element: Element) -> Iterator[str]:
    for value in BAD:
        if (problem := element.fault(value)) is not None:
            yield problem


def documents_of(kind: MessageKind) -> Iterator[Document]:
    sound = a_document(kind, random.Random(1), lines=2 if kind.lines_max != 0 else 0)
    yield replace(sound, lines=())
    yield replace(sound, lines=sound.lines * 2000)
    yield replace(sound, head={**sound.head, "msgSeqNo": "9", "msgCount": "2", "country": "142"})
    yield replace(sound, head={**sound.head, "tradeMode": "1210", "trafMode": "5", "trafName": ""})
    yield replace(sound, head={**sound.head, "startTime": "20261101000000", "endTime": ""})
    yield replace(sound, head={**sound.head, "colour": "red"})


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_problem_of_a_document_has_chinese_words(kind: MessageKind) -> None:
    named = {problem for one in (*kind.head, *kind.line) for problem in problems_of(one)}
    named |= {fault.problem for one in documents_of(kind) for fault in faults(kind, one)}

    assert named
    for problem in named:
        assert in_chinese(problem), problem


def test_a_finding_that_is_stored_in_english_is_read_in_both_languages() -> None:
    params = {"place": "InventoryHead.orderNo", "problem": "may have at most 60 characters"}
    finding = Finding("customs.match.field", params)

    assert finding.text("en") == "InventoryHead.orderNo may have at most 60 characters."
    assert (
        finding.text("zh-CN") == "报文字段 InventoryHead.orderNo 不符合规范：不得超过 60 个字符。"
    )


@pytest.mark.parametrize(
    ("raw", "zh"),
    [
        (b"<a>", "根节点不是命名空间"),
        (b'<CEB604Message xmlns="http://www.chinaport.gov.cn/ceb">', "XML 语法有误"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "不支持编码 klingon"),
    ],
)
def test_why_a_message_cannot_be_read_is_said_in_chinese(raw: bytes, zh: str) -> None:
    with pytest.raises(XmlNotReadable) as refused:
        read_message(raw)

    words = problem_text(str(refused.value.params["reason"])).render("zh-CN", {})
    assert zh in words
    assert not re.search("no element|not known|the root", words)


def test_somebodys_own_words_stay_as_they_are() -> None:
    assert problem_text("{oops} 100 %").render("zh-CN", {}) == "{oops} 100 %"
