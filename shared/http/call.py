"""A route's one dependency: who calls, for which tenant, and the transaction to work in.

`call("catalog:write")` says what the token must allow, and appears in the OpenAPI document.
`shared.http.admission` checks it before the body is read. The route opens the transaction through
`read`, `once` or `change`, and it is committed before the answer is sent.
"""

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final, TypeVar, cast

from fastapi.dependencies.models import Dependant
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase
from starlette.requests import Request
from starlette.responses import Response

from shared.db import Database, Reader
from shared.http import incoming
from shared.http.conditions import Conditions, etag_of
from shared.http.idempotency import Act, key_of, run_once
from shared.http.incoming import Incoming
from shared.http.replies import json_bytes, response_of
from shared.kernel.clock import Clock
from shared.kernel.errors import AirlaneError, Forbidden, Invalid, Locale, Text
from shared.kernel.identity import PARK, Principal, Role
from shared.kernel.ids import ID_PATTERN
from shared.kernel.preconditions import Precondition

T = TypeVar("T")

_KEY: Final = "airlane.call"
_ACT_AS: Final = b"airlane-tenant"


class TenantInvalid(Invalid):
    code = "auth.tenant_invalid"
    text = Text("Airlane-Tenant is not a valid tenant id.", "Airlane-Tenant 不是有效的租户编号。")
    fix = Text("Send an id such as mer_0193….", "请使用形如 mer_0193… 的编号。")


class TenantMissing(Invalid):
    code = "auth.tenant_missing"
    text = Text(
        "An operator must name the merchant to act for.",
        "请指明商户：操作员须代表某一商户操作。",
    )
    fix = Text("Send the header Airlane-Tenant: mer_….", "请携带 Airlane-Tenant: mer_… 请求头。")


class Call:
    """One request of a known caller. `tenant` is the one whose rows it may touch."""

    __slots__ = ("_request", "_scope", "principal", "tenant")

    def __init__(self, principal: Principal, request: Incoming, scope: Request) -> None:
        self.principal = principal
        self.tenant = principal.acts_as
        self._request = request
        self._scope = scope

    @property
    def db(self) -> Database:
        return self._request.parts.db

    @property
    def clock(self) -> Clock:
        return self._request.parts.clock

    @property
    def path(self) -> str:
        path: str = self._scope.scope["path"]
        return path

    @property
    def locale(self) -> Locale:
        return self._request.locale

    @property
    def has_idempotency_key(self) -> bool:
        return self._request.header(b"idempotency-key") is not None

    def check_unchanged(self, present: object, *, is_applied: bool = False) -> None:
        """Checks If-Match and If-None-Match against what a GET shows as `present`.

        `present` None: there is nothing yet. `is_applied`: it already is as the request wants it.
        Raises PreconditionFailed, PreconditionRequired, EntityTagMalformed.
        """
        current = None if present is None else etag_of(json_bytes(present))
        Conditions.of(self._request.headers).check_change(current, is_applied=is_applied)

    def unchanged(self, shown: Callable[[T], object]) -> Precondition[T]:
        """The same check for a use case, which asks once it has locked what it changes. `shown`
        makes of it what a GET shows.
        """

        def check(present: T | None, /, *, is_applied: bool = False) -> None:
            what = None if present is None else shown(present)
            self.check_unchanged(what, is_applied=is_applied)

        return check

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Reader]:
        """A read-only transaction for the caller's tenant; a partner's knows what it may see."""
        rights = self._request.parts.rights
        async with self.db.read(self.tenant) as reader:
            if rights is not None and self.principal.role is Role.PARTNER:
                reader.sight = await rights.sight_of_reader(reader)
            yield reader

    async def once(self, act: Act) -> Response:
        """`act` in a transaction, at most once per Idempotency-Key if the client sent one."""
        header = self._request.header(b"idempotency-key")
        if header is None:
            return await self.change(act)
        scope = self._scope.scope
        key = key_of(
            header,
            tenant=self.tenant,
            method=scope["method"],
            path=scope["path"],
            query=scope["query_string"],
            body=self._request.body,
            value=self._request.value,
        )
        return await run_once(self.db, self.tenant, key, act)

    async def change(self, act: Act) -> Response:
        """`act` in a transaction, for methods that are idempotent by themselves."""
        async with self.db.transaction(self.tenant) as uow:
            reply = await act(uow)
        return response_of(reply)


class CallDependency(SecurityBase):
    """What `Depends(call(…))` holds. FastAPI recognises it as a security scheme, so the OpenAPI
    document does not need a second dependency per route.
    """

    def __init__(
        self,
        scope: str | None,
        roles: frozenset[Role],
        *,
        park_wide: bool,
        park_only: type[AirlaneError] | None,
    ) -> None:
        self.model = HTTPBearer(bearerFormat="JWT", description="Token from POST /oauth/token.")
        self.scheme_name = "bearer"
        self.scope = scope
        self.roles = roles
        self.park_wide = park_wide
        self.park_only = park_only

    async def __call__(self, request: Request) -> Call:
        """For dependencies that build on this one."""
        return known_call(request)

    def admit(self, principal: Principal, request: Request) -> None:
        """Admits the principal to the route. Raises Forbidden, TenantInvalid, TenantMissing, and
        what is wrong with the query.
        """
        what = incoming.of(request.scope)
        if self.scope is not None and self.scope not in principal.scopes:
            raise Forbidden(needs=self.scope, needs_scope=self.scope)
        if self.roles and principal.role not in self.roles:
            raise Forbidden(needs=" / ".join(sorted(self.roles)))
        if request.scope["query_string"]:
            what.parts.queries[request.scope["endpoint"]].check(request)
        acting = self._acting(principal, what.headers.get(_ACT_AS))
        if self.park_only is not None and acting.acts_as != PARK:
            raise self.park_only(pointer="/header/airlane-tenant")
        request.scope[_KEY] = Call(acting, what, request)

    def _acting(self, principal: Principal, named: bytes | None) -> Principal:
        """The principal with the tenant it acts for: Airlane-Tenant is for operators."""
        if principal.role is not Role.OPERATOR:
            if named is not None and named.decode("latin-1") != principal.tenant:
                raise Forbidden(needs="operator")
            return principal
        if named is None:
            if not self.park_wide:
                raise TenantMissing(pointer="/header/airlane-tenant")
            return replace(principal, acts_as=PARK)
        tenant = named.decode("latin-1")
        if ID_PATTERN.fullmatch(tenant) is None:
            raise TenantInvalid(pointer="/header/airlane-tenant")
        return replace(principal, acts_as=tenant)


def caller_of(dependant: Dependant) -> CallDependency | None:
    """What a route requires of its caller, found among its dependencies; None: it is open."""
    if isinstance(dependant.call, CallDependency):
        return dependant.call
    found = (caller_of(inner) for inner in dependant.dependencies)
    return next((caller for caller in found if caller is not None), None)


def known_call(request: Request) -> Call:
    """Raises KeyError if admission has not identified the caller."""
    return cast("Call", request.scope[_KEY])


def call(
    scope: str | None = None,
    *,
    roles: Collection[Role] = (),
    park_wide: bool | None = None,
    park_only: type[AirlaneError] | None = None,
) -> CallDependency:
    """The caller must hold `scope` and, if given, one of `roles`.

    `park_wide` says whether an operator may call without naming a tenant. By default yes for reads
    and for what only operators may do, and no for other writes: each row needs an owner.
    `park_only`: naming a tenant is refused with this error, because the work is the whole park's.
    """
    allowed = frozenset(roles)
    if park_wide is None:
        park_wide = allowed == {Role.OPERATOR} or not (scope or "").endswith(":write")
    return CallDependency(scope, allowed, park_wide=park_wide, park_only=park_only)
