"""What people may do with a declaration, by its status."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from services.customs.domain.declarations.phase import Phase
from services.customs.domain.documents.names import STATUS_NAMES, name_of, names
from services.customs.domain.receipts.retry import CORRECTABLE
from shared.kernel.errors import Conflict, Text


class Step(StrEnum):
    REPAIR = "repair"  # apply the suggested corrections
    RESEND = "resend"  # send what failed, or was never answered, once more
    AMEND = "amend"  # change an entered list: appType 2, the same number
    CANCEL = "cancel"  # withdraw what has not left, ask customs to cancel what it has
    CLONE = "clone"  # declare again, corrected, under a new number
    RETURN = "return"  # the goods come back
    SUMMARISE = "summarise"  # put the released list into a month's summary


_NOT_ENTERED: Final = frozenset(
    {
        Phase.DRAFT,
        Phase.BLOCKED,
        Phase.QUEUED,
        Phase.TRANSMITTED,
        Phase.STAGED,
        Phase.DECLARING,
        Phase.SENT,
        Phase.SEND_FAILED,
        Phase.REJECTED_TECHNICAL,
        Phase.RETURNED,
    }
)
_UNDER_EXAMINATION: Final = frozenset(
    {Phase.ACCEPTED, Phase.MANUAL_REVIEW, Phase.INSPECTION, Phase.CONCLUDED}
)
# The statuses in which a step is allowed. RESEND depends on the documents as well: one of them
# failed or was not answered.
STEPS: Final[Mapping[Step, frozenset[Phase]]] = MappingProxyType(
    {
        Step.REPAIR: frozenset({Phase.BLOCKED, Phase.RETURNED, Phase.REJECTED_TECHNICAL}),
        Step.RESEND: frozenset(Phase) - {Phase.DRAFT, Phase.BLOCKED, Phase.WITHDRAWN},
        Step.AMEND: frozenset({Phase.ACCEPTED, Phase.MANUAL_REVIEW}),
        Step.CANCEL: _NOT_ENTERED | _UNDER_EXAMINATION | {Phase.RELEASED},
        Step.CLONE: frozenset({Phase.RETURNED, Phase.CANCELLED, Phase.REJECTED_TECHNICAL}),
        Step.RETURN: frozenset({Phase.RELEASED, Phase.CLOSED}),
        Step.SUMMARISE: frozenset({Phase.RELEASED, Phase.CLOSED}),
    }
)
# Allowed, but only if it is confirmed: what customs has released is about to leave.
CONFIRMED: Final[Mapping[Step, frozenset[Phase]]] = MappingProxyType(
    {Step.CANCEL: frozenset({Phase.RELEASED})}
)
# A refused list is declared anew where its content was at fault, and its number may be used up.
REFUSED_FOR_DATA: Final = CORRECTABLE


STEP_NAMES: Final = names(
    {
        "repair": "更正",
        "resend": "重新发送",
        "amend": "修改",
        "cancel": "撤销",
        "clone": "重新申报",
        "return": "退货",
        "summarise": "汇总申报",
    }
)
_NO_STEP: Final = Text("none; wait for customs", "无，请等待海关")


def steps_in_words(steps: Iterable[str]) -> tuple[Text, ...]:
    """Never empty."""
    return tuple(name_of(step, STEP_NAMES) for step in sorted(steps)) or (_NO_STEP,)


class StepNotAllowed(Conflict):
    code = "customs.declaration.step_not_allowed"
    text = Text(
        "A declaration with the status {status} does not allow the step {step}.",
        "清单状态为“{status}”，不能执行“{step}”操作。",
    )
    fix = Text("Allowed are: {steps}.", "可执行的操作：{steps}。")
    # Not the status: a problem document has one of HTTP.
    members = ("allowed",)


def step_not_allowed(status: Phase, step: Step, allowed: Iterable[Step]) -> StepNotAllowed:
    codes = sorted(one.value for one in allowed)
    return StepNotAllowed(
        status=name_of(status, STATUS_NAMES),
        step=name_of(step, STEP_NAMES),
        allowed=codes,
        steps=steps_in_words(codes),
    )


class StepNeedsConfirmation(Conflict):
    code = "customs.declaration.step_needs_confirmation"
    text = Text(
        "Customs has released the declaration: {step} must be confirmed.",
        "海关已放行，执行“{step}”操作须确认。",
    )
    fix = Text("Send it again with confirm set to true.", "请将 confirm 设为 true 后重新提交。")
