"""Findings: why an order is held up, and what to do about it. Each cause has one finding. What
others decide comes in their words; these are ours, in both languages.
"""

from dataclasses import dataclass
from typing import Final

from shared.kernel.errors import Text
from shared.kernel.words import Words, words


@dataclass(frozen=True, slots=True)
class Finding:
    """`original`: customs' own words, verbatim, where customs decided."""

    code: str
    detail: Words
    fix: Words
    original: str | None = None

    @property
    def line(self) -> str:
        """One English line, for an event or a log."""
        return f"{self.detail.en} {self.fix.en}".strip()


_OUT_OF_STOCK: Final = Text(
    "Not enough in stock (available/wanted): {shortage}.", "库存不足（可用/需要）：{shortage}。"
)
_RESTOCK: Final = Text(
    "Add the stock that arrives; the order is then placed automatically.",
    "到货后请登记库存，订单会自动下达。",
)
_REROUTE: Final = Text("Change the order or cancel it.", "请修改或取消订单。")
_NOT_PASSED: Final = Text(
    "Security lane {lane} did not pass the parcels.", "包裹未通过安检通道 {lane}。"
)
_SCREEN_AGAIN: Final = Text(
    "Open the parcels, remove the cause and screen them again.", "请开包查验、排除原因后重新安检。"
)
# What customs' decisions mean, and what to do, by the name of the declaration's event.
_HELD: Final = {
    "inspection": (
        Text("Held by customs.", "海关暂扣。"),
        Text(
            "Have documents and goods ready; customs decides.", "请备妥单证与货物，等待海关决定。"
        ),
    ),
    "blocked": (
        Text("Not sent to customs: our own check found faults.", "未申报：自查发现问题。"),
        Text("Follow the fix of each finding of the declaration.", "请按清单各问题项的建议更正。"),
    ),
    "returned": (
        Text("Returned by customs.", "海关退单。"),
        Text(
            "Read customs' own words, and declare again with the corrected data: :clone of the"
            " declaration.",
            "请查看海关原文，更正数据后通过该申报单的 :clone 重新申报。",
        ),
    ),
}


def out_of_stock(shortage: str) -> Finding:
    """`shortage`: SKUs with available/wanted."""
    detail = words(_OUT_OF_STOCK, shortage=shortage)
    return Finding("catalog.order.backordered", detail, words(_RESTOCK))


def unroutable(why: str) -> Finding:
    """For what version 0.1 stored: routing gave no code then."""
    return Finding("unroutable", Words.as_said(why), words(_REROUTE))


def held_by_customs(clearance: str, meaning: Words | None, said: str | None) -> Finding:
    """`meaning`: what customs or our check decided, in words of ours; `said`: in its own."""
    detail, fix = _HELD[clearance]
    original = None if clearance == "blocked" else said
    if meaning is None and clearance == "blocked" and said is not None:
        meaning = Words.as_said(said)
    return Finding(
        f"customs.declaration.{clearance}", meaning or words(detail), words(fix), original
    )


def not_screened(lane: int) -> Finding:
    return Finding(
        "customs.screening.not_passed", words(_NOT_PASSED, lane=lane), words(_SCREEN_AGAIN)
    )
