"""Who may have a credential made, with which scopes, and which secrets it accepts."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.credentials.credential import (
    MANAGE,
    SCOPES_OF_ROLE,
    ForeignTenant,
    ScopeNotHeld,
    Secrets,
    hash_secret,
    must_act_for,
    must_manage,
    new_credential,
    new_secret,
)
from services.catalog.domain.credentials.token import (
    BootstrapOperator,
    Client,
    InvalidClient,
    InvalidScope,
    KnownClient,
    authenticated,
    granted_scopes,
)
from shared.kernel.errors import Forbidden, Invalid
from shared.kernel.identity import PARK, PARK_TENANT, Principal, Role

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ALL_SCOPES = sorted({scope for scopes in SCOPES_OF_ROLE.values() for scope in scopes})


def a_caller(*scopes: str, acts_as: str = "mer_1", subject: str = "cli_caller") -> Principal:
    return Principal(subject, "mer_1", Role.MERCHANT, frozenset(scopes), acts_as)


def test_both_secrets_are_good_until_the_old_one_expires() -> None:
    old, new = new_secret("test"), new_secret("test")
    secrets = Secrets(hash_secret(new), hash_secret(old), NOW)
    before = NOW - timedelta(seconds=1)

    assert secrets.accept(new, now=before)
    assert secrets.accept(old, now=before)
    assert not secrets.accept(old, now=NOW)
    assert secrets.accept(new, now=NOW)
    assert not secrets.accept("airlane_test_", now=before)


def test_a_secret_is_long_and_begins_with_what_leak_scanners_know() -> None:
    secret = new_secret("test")

    assert secret.startswith("airlane_test_")
    assert len(secret.rpartition("_")[2]) * 4 >= 160


def test_only_operators_write_everywhere() -> None:
    writes = {
        role: {scope for scope in scopes if not scope.endswith(":read")}
        for role, scopes in SCOPES_OF_ROLE.items()
    }

    # customs:write is for a merchant's registrations; what is the park's asks for the role, too.
    own = {"catalog:write", "catalog:credentials", "customs:write", "webhooks:write"}
    assert writes == {
        Role.MERCHANT: own,
        Role.PARTNER: {"webhooks:write"},
        Role.OPERATOR: own | {"routing:write", "analytics:write"},
    }
    assert not any(scope.startswith("catalog") for scope in SCOPES_OF_ROLE[Role.PARTNER])


def made(caller: Principal, role: Role, wanted: list[str] | None) -> tuple[str, object]:
    try:
        credential = new_credential(
            caller,
            client_id="cli_1",
            tenant="mer_1",
            role=role,
            description="import",
            wanted=wanted,
            now=NOW,
        )
    except ScopeNotHeld:
        return "not held", None
    except Invalid as refusal:
        return "not allowed", [problem.pointer for problem in refusal.problems]
    return "made", set(credential.scopes)


def rule(held: set[str], allowed: set[str], wanted: list[str] | None) -> tuple[str, object]:
    if wanted is None:
        return ("made", allowed & held) if allowed & held else ("not held", None)
    foreign = [f"/scopes/{index}" for index, scope in enumerate(wanted) if scope not in allowed]
    if foreign:
        return "not allowed", foreign
    return ("made", set(wanted)) if set(wanted) <= held else ("not held", None)


@given(
    role=st.sampled_from(Role),
    held=st.sets(st.sampled_from(ALL_SCOPES)),
    wanted=st.none() | st.lists(st.sampled_from(ALL_SCOPES), unique=True, min_size=1),
)
def test_nobody_hands_out_more_than_the_role_allows_or_they_hold(
    role: Role, held: set[str], wanted: list[str] | None
) -> None:
    outcome = made(a_caller(*held), role, wanted)

    assert outcome == rule(held, set(SCOPES_OF_ROLE[role]), wanted)


@pytest.mark.parametrize(
    ("acts_as", "tenant", "is_allowed"),
    [("mer_1", "mer_1", True), ("mer_1", "mer_2", False), (PARK, "mer_2", True)],
)
def test_who_acts_for_one_tenant_makes_credentials_for_that_one_only(
    acts_as: str, tenant: str, *, is_allowed: bool
) -> None:
    caller = a_caller(acts_as=acts_as)

    if is_allowed:
        must_act_for(caller, tenant)
    else:
        with pytest.raises(ForeignTenant):
            must_act_for(caller, tenant)


def test_another_credential_than_ones_own_needs_the_scope_for_it() -> None:
    must_manage(a_caller(), "cli_caller")
    must_manage(a_caller(MANAGE), "cli_other")

    with pytest.raises(Forbidden):
        must_manage(a_caller("catalog:write"), "cli_other")


CLIENT = Client("cli_1", "mer_1", Role.MERCHANT, ("catalog:read", "catalog:write"))


def test_a_client_is_known_by_its_secret() -> None:
    known = KnownClient(CLIENT, Secrets(hash_secret("right")))

    assert authenticated(known, client_id="cli_1", client_secret="right", now=NOW) == CLIENT
    with pytest.raises(InvalidClient):
        authenticated(known, client_id="cli_1", client_secret="wrong", now=NOW)


@pytest.mark.parametrize("secret", ["right", "cli_nobody"])
def test_whom_nobody_knows_has_no_right_secret(secret: str) -> None:
    """Not even its own id, whose hash stands in for the secret's in the comparison."""
    with pytest.raises(InvalidClient):
        authenticated(None, client_id="cli_nobody", client_secret=secret, now=NOW)


def test_the_first_operator_exists_without_a_row() -> None:
    operator = BootstrapOperator("cli_first", hash_secret("right"))

    client = authenticated(operator.known(), client_id="cli_first", client_secret="right", now=NOW)

    assert (client.tenant, client.role) == (PARK_TENANT, Role.OPERATOR)


@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        (None, "catalog:read catalog:write"),
        ("", "catalog:read catalog:write"),
        ("catalog:write", "catalog:write"),
    ],
)
def test_a_token_has_the_scopes_asked_for_or_all(asked: str | None, granted: str) -> None:
    assert granted_scopes(CLIENT, asked) == granted


def test_a_scope_that_the_client_does_not_have_is_not_granted() -> None:
    with pytest.raises(InvalidScope) as refused:
        granted_scopes(CLIENT, "catalog:read customs:write")

    assert refused.value.params == {"scope": "customs:write"}
