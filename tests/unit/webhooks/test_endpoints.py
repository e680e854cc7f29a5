"""An endpoint through any changes: what is saved, and what is announced."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.webhooks.domain.endpoints.endpoint import (
    ENDPOINTS_MAX,
    ChangedEndpoint,
    Endpoint,
    EndpointDisabled,
    EndpointPatch,
    EndpointStatus,
    EndpointStatusChange,
    TooManyEndpoints,
    check_room,
    deleted_endpoint,
    disabled_endpoint,
    owner_of,
    patched_endpoint,
    registered_endpoint,
    touched_endpoint,
)
from shared.kernel.identity import PARK, Principal, Role

NOW: Final = datetime(2026, 1, 15, 8, 30, tzinfo=UTC)
URL: Final = "https://partner.example/hooks"


def registered(**changes: Any) -> ChangedEndpoint:
    given: dict[str, Any] = {
        "endpoint_id": "end_1",
        "tenant_id": "par_1",
        "url": URL,
        "event_types": ("customs.*",),
        "description": "desk",
        "now": NOW,
    }
    return registered_endpoint(**given | changes)


def an_endpoint(status: str = "enabled") -> Endpoint:
    endpoint = registered().endpoint
    if status == "enabled":
        return endpoint
    return patched_endpoint(
        endpoint, EndpointPatch(status=EndpointStatus.DISABLED), now=NOW
    ).endpoint


class ChangesOfAnEndpoint(RuleBasedStateMachine):
    """The model is what the owner asked for, read plainly."""

    def __init__(self) -> None:
        super().__init__()
        self.changed: ChangedEndpoint
        self.announced: list[EndpointStatusChange] = []
        self.model: dict[str, Any] = {}
        self.changes = 0
        self.now = NOW

    @initialize(description=st.none() | st.just("desk"))
    def register(self, description: str | None) -> None:
        self.model = {"url": URL, "event_types": ("customs.*",), "status": "enabled"}
        self.model["description"] = description
        self.announced, self.changes, self.now = [], 0, NOW
        self._take(registered(description=description))

    @precondition(lambda self: self.model["status"] == "deleted")
    @rule()
    def register_another(self) -> None:
        self.register(description=None)

    @precondition(lambda self: self.model["status"] != "deleted")
    @rule(
        url=st.none() | st.sampled_from([URL, "https://other.example/"]),
        event_types=st.none() | st.sampled_from([("*",), ("catalog.*", "routing.*")]),
        description=st.none() | st.sampled_from(["", "night desk"]),
        status=st.none() | st.sampled_from(["enabled", "disabled"]),
    )
    def patch(self, url: Any, event_types: Any, description: Any, status: Any) -> None:
        was_enabled = self.model["status"] == "enabled"
        given = {"url": url, "event_types": event_types, "status": status}
        self.model |= {name: value for name, value in given.items() if value is not None}
        if description is not None:
            self.model["description"] = description or None

        self._take(
            patched_endpoint(
                self.changed.endpoint,
                EndpointPatch(url, event_types, description, status and EndpointStatus(status)),
                now=self._tick(),
            )
        )

        is_enabled = self.model["status"] == "enabled"
        assert self.changed.forgets_failures is (
            is_enabled and (not was_enabled or url is not None)
        )

    @precondition(lambda self: self.model["status"] != "deleted")
    @rule()
    def rotate_secret(self) -> None:
        self._take(touched_endpoint(self.changed.endpoint, now=self._tick()))

        assert self.changed.announced is None

    @rule()
    def give_up(self) -> None:
        was_enabled = self.model["status"] == "enabled"

        changed = disabled_endpoint(self.changed.endpoint, reason="410", now=self.now)

        assert (changed is not None) is was_enabled
        if changed is not None:
            self.model["status"] = "disabled"
            self._take(changed)

    @precondition(lambda self: self.model["status"] != "deleted")
    @rule()
    def delete(self) -> None:
        self.model["status"] = "deleted"

        self._take(deleted_endpoint(self.changed.endpoint, now=self._tick()))

    def _tick(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def _take(self, changed: ChangedEndpoint) -> None:
        self.changes += 1
        self.changed = changed
        if changed.announced is not None:
            self.announced.append(changed.announced)

    @invariant()
    def the_endpoint_is_what_was_asked_for(self) -> None:
        endpoint = self.changed.endpoint
        assert {name: getattr(endpoint, name) for name in self.model} == self.model
        assert (endpoint.id, endpoint.tenant_id, endpoint.created_at) == ("end_1", "par_1", NOW)
        assert endpoint.updated_at == self.now

    @invariant()
    def every_change_is_a_version(self) -> None:
        assert self.changed.endpoint.version == self.changes

    @invariant()
    def announcements_are_numbered_without_gaps_and_name_another_status_each(self) -> None:
        numbers = [change.number for change in self.announced]
        statuses = [change.status for change in self.announced]
        assert numbers == list(range(1, len(numbers) + 1))
        assert all(one != next_one for one, next_one in pairwise(statuses))
        assert statuses[-1] == self.model["status"]
        assert self.changed.endpoint.events == len(numbers)

    @invariant()
    def the_reason_is_that_of_the_last_announcement(self) -> None:
        reason = self.changed.endpoint.status_reason
        assert reason == (self.announced[-1].reason if len(self.announced) > 1 else None)


TestChangesOfAnEndpoint = ChangesOfAnEndpoint.TestCase


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (registered(), ("enabled", "created")),
        (
            patched_endpoint(an_endpoint(), EndpointPatch(status=EndpointStatus.DISABLED), now=NOW),
            ("disabled", "changed by its owner"),
        ),
        (deleted_endpoint(an_endpoint("disabled"), now=NOW), ("deleted", "deleted by its owner")),
    ],
)
def test_an_announcement_says_why(changed: ChangedEndpoint, expected: tuple[str, str]) -> None:
    announced = changed.announced

    assert announced is not None
    assert (announced.status, announced.reason) == expected
    assert (announced.endpoint_id, announced.tenant_id) == ("end_1", "par_1")


def test_only_an_enabled_endpoint_passes_the_check() -> None:
    an_endpoint().check_enabled()

    with pytest.raises(EndpointDisabled) as refusal:
        an_endpoint("disabled").check_enabled()

    assert refusal.value.params == {"reason": "changed by its owner"}


def test_a_tenant_has_room_until_it_has_the_most_endpoints() -> None:
    check_room(ENDPOINTS_MAX - 1)

    with pytest.raises(TooManyEndpoints):
        check_room(ENDPOINTS_MAX)


@pytest.mark.parametrize(
    ("tenant", "acts_as", "owner"),
    [("par_1", "par_1", "par_1"), ("park", "mer_1", "mer_1"), ("park", PARK, "park")],
)
def test_an_endpoint_belongs_to_whom_its_creator_acts_for(
    tenant: str, acts_as: str, owner: str
) -> None:
    principal = Principal("test", tenant, Role.OPERATOR, frozenset(), acts_as)

    assert owner_of(principal) == owner
