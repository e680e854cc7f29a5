"""An endpoint: where its owner wants events to be sent. What changes it, and what that announces.

Each change is a pure function from the endpoint as it is to the endpoint as it is to be saved.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from shared.kernel.errors import Conflict, Text
from shared.kernel.identity import PARK, Principal

DESCRIPTION_CHARS_MAX: Final = 500
ENDPOINTS_MAX: Final = 50


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


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`version` counts every change, `events` those that were published."""

    id: str
    tenant_id: str
    url: str
    event_types: Sequence[str]
    description: str | None
    status: EndpointStatus
    status_reason: str | None
    version: int
    events: int
    created_at: datetime
    updated_at: datetime

    @property
    def is_enabled(self) -> bool:
        return self.status is EndpointStatus.ENABLED

    def check_enabled(self) -> None:
        """Raises EndpointDisabled."""
        if not self.is_enabled:
            raise EndpointDisabled(reason=self.status_reason or "")


@dataclass(frozen=True, slots=True)
class EndpointStatusChange:
    """To be published, as event `number` of the endpoint."""

    endpoint_id: str
    tenant_id: str
    status: EndpointStatus
    reason: str | None
    number: int


@dataclass(frozen=True, slots=True)
class ChangedEndpoint:
    """The endpoint as it is to be saved, and what else follows."""

    endpoint: Endpoint
    announced: EndpointStatusChange | None = None
    forgets_failures: bool = False


@dataclass(frozen=True, slots=True)
class EndpointPatch:
    """What its owner wants changed. None leaves as it is; an empty description removes it."""

    url: str | None = None
    event_types: Sequence[str] | None = None
    description: str | None = None
    status: EndpointStatus | None = None


def owner_of(principal: Principal) -> str:
    """The tenant that a new endpoint belongs to: the one acted for, or the park itself."""
    return principal.tenant if principal.acts_as == PARK else principal.acts_as


def check_room(endpoint_count: int) -> None:
    """Raises TooManyEndpoints if a tenant with so many may not have another one."""
    if endpoint_count >= ENDPOINTS_MAX:
        raise TooManyEndpoints(most=ENDPOINTS_MAX)


def registered_endpoint(
    *,
    endpoint_id: str,
    tenant_id: str,
    url: str,
    event_types: Sequence[str],
    description: str | None,
    now: datetime,
) -> ChangedEndpoint:
    endpoint = Endpoint(
        id=endpoint_id,
        tenant_id=tenant_id,
        url=url,
        event_types=event_types,
        description=description,
        status=EndpointStatus.ENABLED,
        status_reason=None,
        version=1,
        events=1,
        created_at=now,
        updated_at=now,
    )
    return ChangedEndpoint(endpoint, _announcement(endpoint, "created"))


def patched_endpoint(endpoint: Endpoint, patch: EndpointPatch, *, now: datetime) -> ChangedEndpoint:
    """An endpoint that is enabled again, or is somewhere else now, has no failures to its name."""
    description = endpoint.description if patch.description is None else patch.description
    patched = replace(
        endpoint,
        url=patch.url or endpoint.url,
        event_types=endpoint.event_types if patch.event_types is None else patch.event_types,
        description=description or None,
    )
    status = patch.status or endpoint.status
    changed = _with_status(patched, status, reason="changed by its owner", now=now)
    is_fresh = status is EndpointStatus.ENABLED and (
        patch.url is not None or not endpoint.is_enabled
    )
    return replace(changed, forgets_failures=is_fresh)


def disabled_endpoint(endpoint: Endpoint, *, reason: str, now: datetime) -> ChangedEndpoint | None:
    """Because of its answers. None: it does not receive anything as it is."""
    if not endpoint.is_enabled:
        return None
    return _with_status(endpoint, EndpointStatus.DISABLED, reason=reason, now=now)


def deleted_endpoint(endpoint: Endpoint, *, now: datetime) -> ChangedEndpoint:
    return _with_status(endpoint, EndpointStatus.DELETED, reason="deleted by its owner", now=now)


def touched_endpoint(endpoint: Endpoint, *, now: datetime) -> ChangedEndpoint:
    """The next version, for a change beside its row: senders read its secrets again."""
    return _with_status(endpoint, endpoint.status, reason=None, now=now)


def _with_status(
    endpoint: Endpoint, status: EndpointStatus, *, reason: str | None, now: datetime
) -> ChangedEndpoint:
    """The next version. Only another status is announced, and has another reason."""
    saved = replace(endpoint, version=endpoint.version + 1, updated_at=now)
    if status is endpoint.status:
        return ChangedEndpoint(saved)
    saved = replace(saved, status=status, status_reason=reason, events=endpoint.events + 1)
    return ChangedEndpoint(saved, _announcement(saved, reason))


def _announcement(endpoint: Endpoint, reason: str | None) -> EndpointStatusChange:
    return EndpointStatusChange(
        endpoint.id, endpoint.tenant_id, endpoint.status, reason, endpoint.events
    )
