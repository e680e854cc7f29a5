"""What the office decides about a document whose number does not say it: which receipts follow, and
when. Return statuses are those of the CEB interface specification.

`content` is what a decision depends on. Of a list these are the declared goods, so the same list is
treated alike in every run.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final

from deploy.sandbox.chance import share


class Verdict(StrEnum):
    RELEASE = "released"
    INSPECT_THEN_RELEASE = "inspected, then released"
    INSPECT = "stays in inspection"
    RETURN = "returned"


# Shares of all lists.
FAILING_ONCE: Final = 0.012
STRANGE: Final = 0.01  # get one more answer, with a code that is in no specification
RETURNED: Final = 0.01
STAYING: Final = 0.01
INSPECTED: Final = 0.05
DUPLICATED: Final = 0.03  # of receipts
OUT_OF_ORDER: Final = 0.03  # of lists

_RETURN_REASONS: Final = (
    "[Code:1371;Desc:商品编码与商品名称不符]",
    "[Code:1402;Desc:申报价格明显偏低，请核实后重新申报]",
    "[Code:1410;Desc:规格型号申报不完整]",
)
CLOSED: Final = "899"
_RELEASED: Final = "[Code:2600;Desc:放行]"


@dataclass(frozen=True)
class Step:
    """One receipt. `after` and `sent_after`: how long after the arrival of the list it is dated and
    sent."""

    status: str
    info: str
    after: timedelta
    sent_after: timedelta


# Return statuses of faults that pass: one of the connection, two of the port itself.
_FAILURES: Final = (
    ("4", "[Code:3001;Desc:发送海关失败]"),
    ("-621017", "[Code:-621017;Desc:系统繁忙，请稍后重发]"),
    ("-301013", "[Code:-301013;Desc:接收超时，请重发]"),
)
_STRANGE: Final = ("777", "[Code:7700;Desc:其他回执]")


def failure_of(content: str, seed: int) -> Step | None:
    """The only answer to a list whose upload fails. Sent again, the list gets through."""
    if share(seed, "upload", content) >= FAILING_ONCE:
        return None
    status, info = _FAILURES[int(share(seed, "failure", content) * len(_FAILURES))]
    return step_of(status, info, 1)


def verdict_on(content: str, seed: int) -> Verdict:
    roll = share(seed, "verdict", content)
    if roll < RETURNED:
        return Verdict.RETURN
    if roll < RETURNED + STAYING:
        return Verdict.INSPECT
    if roll < RETURNED + STAYING + INSPECTED:
        return Verdict.INSPECT_THEN_RELEASE
    return Verdict.RELEASE


def receipts_for(content: str, seed: int) -> list[Step]:
    """Every receipt to a list that got through, in the order of sending."""
    about = content
    verdict = verdict_on(content, seed)
    steps = [
        step_of("2", "[Code:1200;Desc:电子口岸申报中]", 1),
        step_of("3", "[Code:1800;Desc:已发送海关]", 2),
    ]
    if verdict is Verdict.RETURN:
        reason = _RETURN_REASONS[int(share(seed, "reason", about) * len(_RETURN_REASONS))]
        steps.append(step_of("100", reason, 6))
    else:
        decided = 8 + 17 * share(seed, "queue", about)
        steps.append(step_of("120", "[Code:1900;Desc:海关入库]", 5))
        if verdict is not Verdict.RELEASE:
            manual = share(seed, "manual", about) < 0.4
            text = "[Code:1200;Desc:人工审核]" if manual else "[Code:2100;Desc:布控查验]"
            steps.append(step_of("300" if manual else "500", text, decided))
            decided += 180 + 300 * share(seed, "inspection", about)
        if verdict is not Verdict.INSPECT:
            steps.append(step_of("399", "[Code:2500;Desc:审结]", decided))
            steps.append(step_of("800", _RELEASED, decided + 1))
    if share(seed, "strange", about) < STRANGE:
        steps.append(step_of(*_STRANGE, 4))
    return _as_sent(steps, content, seed)


def step_of(status: str, info: str, minutes: float) -> Step:
    after = timedelta(seconds=round(minutes * 60))
    return Step(status, info, after, after)


def _as_sent(steps: list[Step], content: str, seed: int) -> list[Step]:
    """As they really arrive: some twice, some overtaken by later ones."""
    sent = list(steps)
    if share(seed, "order", content) < OUT_OF_ORDER:
        at = next(i for i, step in enumerate(sent) if step.status in ("120", "100"))
        sent[at] = replace(sent[at], sent_after=sent[-1].after + timedelta(minutes=2))
    sent += [
        replace(step, sent_after=step.sent_after + timedelta(minutes=20))
        for step in steps
        if share(seed, "twice", step.status, content) < DUPLICATED
    ]
    return sorted(sent, key=lambda step: step.sent_after)


def closing(seed: int, left: Sequence[str]) -> Step:
    """899 for all lists of a departure, some time after it was reported."""
    about = min(left, default="")
    return step_of(CLOSED, "[Code:2900;Desc:结关]", 30 + 60 * share(seed, "closing", about))
