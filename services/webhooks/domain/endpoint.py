"""What an endpoint is, who owns it, and whose events it is told."""

from enum import StrEnum
from typing import Final

from shared.kernel.errors import Conflict, Text
from shared.kernel.identity import PARK, Principal

MAX_DESCRIPTION_LENGTH: Final = 500


class EndpointStatus(StrEnum):
    """`disabled` keeps its backlog and can be enabled again; `deleted` is for good."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    DELETED = "deleted"


class EndpointDisabled(Conflict):
    code = "webhooks.endpoint.disabled"
    text = Text("The endpoint is disabled ({reason}).", "该端点已停用（{reason}）。")
    fix = Text(
        'Enable it first: PATCH it with {{"status": "enabled"}}.',
        '请先启用：PATCH {{"status": "enabled"}}。',
    )


class TooManyEndpoints(Conflict):
    code = "webhooks.endpoint.too_many"
    text = Text("You have {most} endpoints already.", "端点数量已达上限 {most} 个。")
    fix = Text("Delete one that is no longer used.", "请删除不再使用的端点。")


def owner_of(principal: Principal) -> str:
    """The tenant a new endpoint belongs to: the one acted for, or the park itself."""
    return principal.tenant if principal.acts_as == PARK else principal.acts_as
