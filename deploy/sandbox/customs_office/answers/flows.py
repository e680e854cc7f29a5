"""Which answers follow a document, and when: as its number tells, or as is usual for its kind."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from deploy.sandbox.chance import share
from deploy.sandbox.customs_office.answers.decisions import Step, step_of
from deploy.sandbox.customs_office.inbound.scripts import Told
from deploy.sandbox.customs_office.tables.codes import info

_TEXTS: Final = {
    "1": "[Code:1100;Desc:电子口岸已暂存]",
    "2": "[Code:1200;Desc:电子口岸申报中]",
    "3": "[Code:1800;Desc:已发送海关]",
    "4": "[Code:3001;Desc:发送海关失败]",
    "100": "[Code:1402;Desc:申报内容有误，请核实后重新申报]",
    "120": "[Code:1900;Desc:海关入库]",
    "300": "[Code:1200;Desc:人工审核]",
    "500": "[Code:2100;Desc:布控查验]",
    "399": "[Code:2500;Desc:审结]",
    "800": "[Code:2600;Desc:放行]",
    "899": "[Code:2900;Desc:结关]",
    "505": "[Code:2110;Desc:移交处置]",
    "600": "[Code:2120;Desc:暂停办理]",
}
ACCEPTED: Final = ("120", "399")  # alike for all but lists and returns
_LATE: Final = timedelta(hours=6)
_TWICE: Final = timedelta(minutes=20)
_GOES_THROUGH_CUSTOMS: Final = frozenset(("CEB603", "CEB213"))
# The two editions of the code list name different codes for the same: the office uses both.
_EITHER: Final = frozenset(("CEB303", "CEB403", "CEB607"))


def text_of(status: str) -> str:
    if status.startswith("-"):
        return info(status, "申报失败")
    return _TEXTS.get(status, info("7700", "其他回执"))


def usual(message: str, content: str, seed: int, minutes: float) -> list[Step]:
    """Of everything but a list: taken by the port, then accepted."""
    accepted = "399"
    if message in _EITHER and share(seed, "accepted", content) < 0.5:
        accepted = "120"
    steps = [step_of("2", text_of("2"), 1)]
    if message == "CEB213":
        steps += [step_of("120", text_of("120"), 2), step_of("800", text_of("800"), minutes)]
    else:
        steps.append(step_of(accepted, text_of(accepted), minutes))
    return steps


def declined(reason: str) -> list[Step]:
    return [step_of("2", text_of("2"), 1), step_of("100", info("1402", reason), 3)]


def failing(status: str) -> Step:
    """The upload fails: the only answer."""
    return step_of(status, text_of(status), 1)


def as_told(told: Told, message: str, otherwise: Sequence[Step]) -> list[Step]:
    """`otherwise`: what would follow if the number said nothing."""
    known = [status for status in told.decided if status in _TEXTS]
    unknown = [status for status in told.decided if status not in _TEXTS]
    steps = _way(known, message) if known else list(otherwise)
    steps += [step_of(status, text_of(status), 4) for status in unknown]
    return _as_sent(steps, told.words)


def _way(statuses: Sequence[str], message: str) -> list[Step]:
    """The told ones, with those that must stand between them."""
    way = ["2"]
    if message in _GOES_THROUGH_CUSTOMS:
        way.append("3")
        if statuses[0] not in ("1", "2", "3", "100", "120"):
            way.append("120")
    for status in statuses:
        if status == "800" and message == "CEB603":
            way.append("399")
        if status not in way:
            way.append(status)
    minutes = 0
    steps = []
    for status in way:
        minutes += 1 if status in "123" else 3
        steps.append(step_of(status, text_of(status), minutes))
    return steps


def _as_sent(steps: Sequence[Step], words: frozenset[str]) -> list[Step]:
    if "none" in words or not steps:
        return []
    sent = sorted(steps, key=lambda step: step.sent_after)
    if "mixed" in words:
        last = sent[-1].sent_after
        sent = [
            replace(step, sent_after=last + timedelta(minutes=place))
            for place, step in enumerate(reversed(sent))
        ]
    if "twice" in words:
        sent += [replace(step, sent_after=step.sent_after + _TWICE) for step in sent]
    if "late" in words:
        sent = [replace(step, sent_after=step.sent_after + _LATE) for step in sent]
    return sorted(sent, key=lambda step: step.sent_after)
