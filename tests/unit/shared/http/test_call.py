"""Who may call a route, and for whom: every kind of caller with every kind of route."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest
from starlette.requests import Request

from shared.http.call import Call, CallDependency, TenantInvalid, TenantMissing, call
from shared.http.conditions import etag_of
from shared.http.query import QueryRule, UnknownParameter
from shared.http.replies import json_bytes
from shared.kernel.errors import (
    AirlaneError,
    Forbidden,
    Invalid,
    PreconditionFailed,
    PreconditionRequired,
    Text,
)
from shared.kernel.identity import PARK, Principal, Role
from tests.unit.shared.http.sample_app import ThingOut

MERCHANT_ID = "mer_" + "a" * 32
OTHER_ID = "mer_" + "b" * 32


class ParkOnly(Invalid):
    code = "test.park_only"
    text = Text("This is the whole park's.", "此操作针对整个园区。")


@dataclass
class AnIncoming:
    """What the guard has noted of a request."""

    headers: dict[bytes, bytes] = field(default_factory=dict)
    parts: Any = None
    locale: str = "en"


def a_request(named: str | None = None, query: bytes = b"") -> Request:
    headers = {} if named is None else {b"airlane-tenant": named.encode("latin-1")}
    endpoint = object()
    rule = QueryRule(frozenset({"limit"}), frozenset())
    parts = SimpleNamespace(queries={endpoint: rule})
    return Request(
        {
            "type": "http",
            "method": "GET",
            "path": "/v1/things",
            "headers": [],
            "query_string": query,
            "endpoint": endpoint,
            "airlane": AnIncoming(headers, parts),
        }
    )


def a_caller(role: Role, *scopes: str) -> Principal:
    tenant = "park" if role is Role.OPERATOR else MERCHANT_ID
    return Principal("cred_1", tenant, role, frozenset(scopes or ("sample:read",)), tenant)


async def admitted(
    route: CallDependency, caller: Principal, named: str | None = None, query: bytes = b""
) -> Call:
    request = a_request(named, query)
    route.admit(caller, request)
    return await route(request)


class TestScopes:
    async def test_a_scope_is_needed_as_it_is_named(self) -> None:
        caller = a_caller(Role.MERCHANT, "sample:reader", "other:read")

        with pytest.raises(Forbidden) as refused:
            await admitted(call("sample:read"), caller)

        assert refused.value.params == {"needs": "sample:read", "needs_scope": "sample:read"}

    async def test_a_route_without_a_scope_takes_any_token(self) -> None:
        assert (await admitted(call(), a_caller(Role.MERCHANT, "x:y"))).tenant == MERCHANT_ID

    @pytest.mark.parametrize("role", list(Role))
    async def test_only_the_named_roles_may_call(self, role: Role) -> None:
        route = call("sample:read", roles={Role.PARTNER, Role.OPERATOR})

        if role is Role.MERCHANT:
            with pytest.raises(Forbidden) as refused:
                await admitted(route, a_caller(role))
            assert refused.value.params == {"needs": "operator / partner"}
        else:
            await admitted(route, a_caller(role))

    async def test_the_query_is_checked_where_there_is_one(self) -> None:
        route = call("sample:read")
        await admitted(route, a_caller(Role.MERCHANT), query=b"limit=1")

        with pytest.raises(Invalid) as refused:
            await admitted(route, a_caller(Role.MERCHANT), query=b"limits=1")

        assert [p.code for p in refused.value.problems] == [UnknownParameter.code]


class TestForWhom:
    @pytest.mark.parametrize("role", [Role.MERCHANT, Role.PARTNER])
    async def test_others_act_for_themselves_whether_they_say_so_or_not(self, role: Role) -> None:
        for named in (None, MERCHANT_ID):
            known = await admitted(call("sample:read"), a_caller(role), named)
            assert known.tenant == known.principal.acts_as == MERCHANT_ID

    @pytest.mark.parametrize("named", [OTHER_ID, PARK, "park", "", MERCHANT_ID.upper()])
    async def test_others_never_act_for_anybody_else(self, named: str) -> None:
        with pytest.raises(Forbidden):
            await admitted(call("sample:read"), a_caller(Role.MERCHANT), named)

    async def test_an_operator_acts_for_the_merchant_it_names(self) -> None:
        known = await admitted(call("sample:read"), a_caller(Role.OPERATOR), MERCHANT_ID)

        assert known.tenant == MERCHANT_ID
        assert known.principal.tenant == "park"
        assert known.principal.is_operator

    @pytest.mark.parametrize(
        "named",
        [PARK, "park", "", "mer_1", MERCHANT_ID + "\n", " " + MERCHANT_ID, "mer_" + "ü" * 32],
    )
    async def test_an_operator_names_an_id_and_nothing_else(self, named: str) -> None:
        with pytest.raises(TenantInvalid) as refused:
            await admitted(call("sample:read"), a_caller(Role.OPERATOR), named)

        assert refused.value.problems[0].pointer == "/header/airlane-tenant"

    @pytest.mark.parametrize(
        ("route", "is_park_wide"),
        [
            (call("sample:read"), True),
            (call(), True),
            (call("sample:write"), False),
            (call("sample:write", roles={Role.OPERATOR}), True),
            (call("sample:write", roles={Role.OPERATOR, Role.PARTNER}), False),
            (call("sample:write", park_wide=True), True),
            (call("sample:read", park_wide=False), False),
            (call("sample:write", roles={Role.OPERATOR}, park_wide=False), False),
        ],
    )
    async def test_an_operator_may_leave_the_name_out_for_reads_and_its_own_work(
        self, route: CallDependency, is_park_wide: bool
    ) -> None:
        operator = a_caller(Role.OPERATOR, "sample:read", "sample:write")

        if is_park_wide:
            assert (await admitted(route, operator)).tenant == PARK
        else:
            with pytest.raises(TenantMissing) as refused:
                await admitted(route, operator)
            assert refused.value.problems[0].pointer == "/header/airlane-tenant"


class TestParkOnly:
    """Work of the whole park: naming a tenant would promise a part of it."""

    ROUTE = call("sample:write", roles={Role.OPERATOR}, park_only=ParkOnly)
    OPERATOR = a_caller(Role.OPERATOR, "sample:write")

    async def test_without_a_name_it_is_done_for_the_park(self) -> None:
        assert (await admitted(self.ROUTE, self.OPERATOR)).tenant == PARK

    async def test_with_a_name_it_is_refused_by_the_error_of_the_route(self) -> None:
        with pytest.raises(ParkOnly) as refused:
            await admitted(self.ROUTE, self.OPERATOR, MERCHANT_ID)

        assert refused.value.problems[0].pointer == "/header/airlane-tenant"

    async def test_a_name_that_is_none_is_refused_as_such(self) -> None:
        with pytest.raises(TenantInvalid):
            await admitted(self.ROUTE, self.OPERATOR, "mer_1")

    async def test_whoever_may_not_call_does_not_learn_that_it_is_the_parks(self) -> None:
        with pytest.raises(Forbidden):
            await admitted(self.ROUTE, a_caller(Role.MERCHANT, "sample:write"), MERCHANT_ID)


class TestTheCall:
    async def test_it_shows_path_and_language_of_its_request(self) -> None:
        known = await admitted(call("sample:read"), a_caller(Role.MERCHANT))

        assert (known.path, known.locale) == ("/v1/things", "en")

    async def test_a_route_whose_entrance_asked_nobody_has_no_caller(self) -> None:
        with pytest.raises(KeyError):
            await call("sample:read")(a_request())

    async def test_conditions_are_those_of_the_request_on_what_a_get_would_show(self) -> None:
        route, request = call("sample:read"), a_request()
        incoming = cast("AnIncoming", request.scope["airlane"])
        route.admit(a_caller(Role.MERCHANT), request)
        known = await route(request)
        incoming.headers[b"if-match"] = b'"another"'

        with pytest.raises(PreconditionFailed) as refused:
            known.check_unchanged(ThingOut(id="1", name="n"))
        incoming.headers[b"if-match"] = str(refused.value.params["etag"]).encode()
        known.check_unchanged(ThingOut(id="1", name="n"))
        with pytest.raises(PreconditionFailed):
            known.check_unchanged(ThingOut(id="1", name="m"))
        with pytest.raises(AirlaneError, match="nothing_to_match"):
            known.check_unchanged(None)

    async def test_a_use_case_asks_with_what_it_has_locked_instead_of_what_a_get_shows(
        self,
    ) -> None:
        route, request = call("sample:read"), a_request()
        incoming = cast("AnIncoming", request.scope["airlane"])
        route.admit(a_caller(Role.MERCHANT), request)
        known = await route(request)
        check = known.unchanged(lambda number: ThingOut(id=str(number), name="n"))

        check(None)
        check(1, is_applied=True)
        with pytest.raises(PreconditionRequired):
            check(1)
        incoming.headers[b"if-match"] = etag_of(json_bytes(ThingOut(id="1", name="n"))).encode()
        check(1)
        check(0, is_applied=True)
        with pytest.raises(PreconditionFailed):
            check(2)
        with pytest.raises(AirlaneError, match="nothing_to_match"):
            check(None)
