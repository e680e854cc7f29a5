"""Every operation called by every kind of caller, against the table of rules: who is admitted, and
that a refused or foreign call shows nothing of the merchant's and changes nothing of it.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import jwt
import pytest
from httpx2 import Response
from sqlalchemy import DateTime, Text, bindparam, text

from deploy.bench.tokens import ISSUER, KEY_ID, TokenIssuer
from services.catalog.domain.credentials.credential import SCOPES_OF_ROLE
from shared.contracts.topics import SERVICES
from shared.db import PartnerRights, Statement
from shared.kernel.identity import PARK, PARK_TENANT, Role
from shared.kernel.ids import new_id
from tests.contract.access_rules import MANAGE_CREDENTIALS, RULES, Rule, Whose
from tests.contract.examples import BODIES, AllServices, a_merchant, as_sent
from tests.contract.operations import Operation, all_apps, operations
from tests.kit.databases import Postgres
from tests.support.worlds.routing import START

READS: Final = frozenset(f"{service}:read" for service in SERVICES)
WRITES: Final = frozenset(f"{service}:write" for service in SERVICES)
EVERY: Final = READS | WRITES | {MANAGE_CREDENTIALS}
OF_A_TENANT: Final = (
    "sku",
    "parent_sku",
    "order_id",
    "merchant_id",
    "client_id",
    "declaration_id",
    "guid",
    "shipment_id",
    "quote_id",
    "endpoint_id",
    "delivery_id",
    "import_id",
    "registration_id",
    "return_id",
)
OK: Final = 200
# Where partners read rows of merchants.
SERVICES_WITH_RIGHTS: Final = ("routing",)
AN_ORDER_COUNTED: Final = Statement(
    text("""
    INSERT INTO analytics.order_fact (
        order_id, tenant_id, belt, market, currency, total_minor, placed_at, state, version, booking
    )
    VALUES (:order_id, :tenant, 'home_furnishing', 'GB', 'GBP', 255, :at, 'placed', 1, 0)
    """).bindparams(
        bindparam("order_id", type_=Text),
        bindparam("tenant", type_=Text),
        bindparam("at", type_=DateTime(timezone=True)),
    )
)


@dataclass(frozen=True)
class Caller:
    """`for_whom`: the tenant of the token, or the one that an operator names. `sees_merchant`: a
    partner to which catalog lets see the merchant.
    """

    name: str
    headers: dict[str, str]
    role: Role
    scopes: frozenset[str]
    for_whom: str
    names_foreign: bool = False
    sees_merchant: bool = False

    def may(self, rule: Rule, merchant_id: str) -> int:
        """The status that the rule requires; OK stands for any 2xx."""
        needed = {scope for scope in (rule.scope, rule.also) if scope}
        if not needed <= self.scopes or self.role not in rule.roles or self.names_foreign:
            return 403
        if self.for_whom == PARK:
            return 422 if rule.names_tenant else OK
        if rule.whose is Whose.THE_PARKS:
            return 422
        is_owner = rule.whose is Whose.A_TENANTS and (
            self.for_whom == merchant_id or self.reads_for_merchant(rule)
        )
        return OK if is_owner or rule.whose is Whose.SHARED else rule.stranger

    def reads_for_merchant(self, rule: Rule) -> bool:
        return rule.partners and self.sees_merchant


@pytest.fixture(scope="module")
async def own(world: AllServices) -> AllServices:
    """The world with a merchant of these tests only, one object of each kind made, and another
    merchant beside it.
    """
    made = replace(world, made={})
    for name in ("other_id", "merchant_id"):
        merchant = await made.post("catalog", "/v1/merchants", a_merchant())
        made.made[name] = made.merchant_id = merchant.json()["id"]
    for name in (*OF_A_TENANT, "partner_id", "bill_id"):
        await made.resource(name)
    # The flight that the shipment is on.
    address = f"/v1/shipments/{made.made['shipment_id']}"
    shipment = await made.clients["routing"].get(address, headers=made.operator())
    made.made["flight_id"] = shipment.json()["itinerary"][0]["flight_id"]
    async with made.databases["analytics"].transaction(made.merchant_id) as uow:
        await uow.execute(
            AN_ORDER_COUNTED, order_id=made.made["order_id"], tenant=made.merchant_id, at=START
        )
    made.made["seeing_partner_id"] = await made.resource("partner_id", fresh=True)
    for service in SERVICES_WITH_RIGHTS:
        async with made.databases[service].transaction(made.made["seeing_partner_id"]) as uow:
            await PartnerRights(service).save(
                uow,
                partner_id=made.made["seeing_partner_id"],
                merchants=[made.merchant_id],
                version=2,
            )
    return made


@pytest.fixture(scope="module")
async def open_rows(
    own: AllServices, postgres: Postgres, jwks_url: str, client_for: Any
) -> AsyncIterator[AllServices]:
    """The same world through services whose role row-level security does not bind."""
    async with AsyncExitStack() as stack:
        apps = all_apps(
            dict.fromkeys(SERVICES, postgres.dsn()),
            clock=own.clock,
            jwks_url=jwks_url,
            pool_size=2,
            spool_dir=own.folder / "spool",
        )
        yield replace(
            own,
            clients={
                service: await stack.enter_async_context(client_for(app))
                for service, app in apps.items()
            },
        )


def strangers_to_all(world: AllServices, folder: Path) -> dict[str, dict[str, str]]:
    """Headers that prove nothing. Any of these would do if it were believed."""
    claims = {"roles": ["operator"], "scope": " ".join(EVERY)}
    everything = {"sub": "x", "tenant": PARK_TENANT, "iss": ISSUER, "exp": 4_000_000_000, **claims}
    named = {"kid": KEY_ID}
    tokens = {
        "garbage": "not.a.token",
        "expired": world.token_for(Role.OPERATOR, scopes=EVERY, expires_in_s=-60),
        "another issuer": world.token_for(Role.OPERATOR, scopes=EVERY, iss="https://else.where"),
        "another key": TokenIssuer(folder).token(Role.OPERATOR, scopes=EVERY),
        "no signature": jwt.encode(everything, "", algorithm="none", headers=named),
        "a shared secret": jwt.encode(everything, "k" * 32, algorithm="HS256", headers=named),
    }
    sent = {name: {"Authorization": f"Bearer {token}"} for name, token in tokens.items()}
    return {"nobody": {}, "a password": {"Authorization": "Basic YTpi"}, **sent}


def callers(world: AllServices, service: str) -> Iterator[Caller]:
    me, other, partner = (world.made[n] for n in ("merchant_id", "other_id", "partner_id"))
    not_here = EVERY - {f"{service}:read", f"{service}:write"}

    def caller(
        name: str,
        role: Role,
        tenant: str,
        scopes: frozenset[str],
        named: str | None = None,
        *,
        sees_merchant: bool = False,
    ) -> Caller:
        header = {"Airlane-Tenant": named} if named else {}
        token = world.token_for(role, tenant, scopes)
        is_operator = role is Role.OPERATOR
        return Caller(
            name=name,
            headers={"Authorization": f"Bearer {token}", **header},
            role=role,
            scopes=scopes,
            for_whom=(named or PARK) if is_operator else tenant,
            names_foreign=not is_operator and named not in (None, tenant),
            sees_merchant=sees_merchant,
        )

    yield caller("merchant that reads only", Role.MERCHANT, me, READS)
    yield caller("merchant without this service", Role.MERCHANT, me, not_here)
    yield caller("merchant without credentials", Role.MERCHANT, me, EVERY - {MANAGE_CREDENTIALS})
    yield caller("merchant that names another", Role.MERCHANT, me, EVERY, other)
    yield caller("other merchant", Role.MERCHANT, other, EVERY)
    yield caller("other merchant that names this one", Role.MERCHANT, other, EVERY, me)
    issued = frozenset(SCOPES_OF_ROLE[Role.PARTNER])
    yield caller("partner", Role.PARTNER, partner, issued)
    seeing = world.made["seeing_partner_id"]
    yield caller("partner of it", Role.PARTNER, seeing, issued, sees_merchant=True)
    yield caller("operator without this service", Role.OPERATOR, PARK_TENANT, not_here)
    yield caller("operator for another merchant", Role.OPERATOR, PARK_TENANT, EVERY, other)
    yield caller("operator for the merchant", Role.OPERATOR, PARK_TENANT, EVERY, me)
    yield caller("operator of the park", Role.OPERATOR, PARK_TENANT, EVERY)
    yield caller("merchant that names itself", Role.MERCHANT, me, EVERY, me)
    yield caller("merchant", Role.MERCHANT, me, EVERY)


async def rows_of(world: AllServices, service: str) -> dict[str, str | None]:
    """A digest of all rows of the merchant, by table."""
    async with world.databases[service].read(PARK) as reader:
        ask = reader._connection.fetch
        tables = await ask(
            "SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relnamespace = to_regnamespace($1) AND c.relkind IN ('r', 'p')"
            " AND NOT c.relispartition AND a.attname = 'tenant_id'",
            service,
        )
        found = await ask(
            " UNION ALL ".join(
                f"SELECT '{table['name']}' AS name, md5(string_agg(t::text, '|' ORDER BY t::text))"
                f" AS digest FROM {service}.{table['name']} t WHERE tenant_id = $1"
                for table in tables
            ),
            world.merchant_id,
        )
    return {row["name"]: row["digest"] for row in found}


@dataclass
class Asking:
    """One operation of the merchant's world."""

    world: AllServices
    operation: Operation

    async def address(self) -> str:
        """For a change: of something that nobody has changed yet."""
        return await self.world.address(self.operation, fresh=self.operation.is_change)

    async def ask(self, address: str, headers: dict[str, str]) -> Response:
        name = str(self.operation)
        body = BODIES[name](self.world) if name in BODIES else None
        condition = {"If-Match": "*"} if self.operation.is_conditional else {}
        sent = as_sent(self.operation, json=body, headers=condition | headers)
        return await self.world.clients[self.operation.service].request(
            self.operation.method, address, **sent
        )


def test_every_operation_has_a_rule() -> None:
    assert RULES.keys() == {str(operation) for operation in operations()}


CLOSED: Final = [o for o in operations() if RULES[str(o)].whose is not Whose.ANYBODYS]
OPEN: Final = [o for o in operations() if o not in CLOSED and o.method == "GET"]


@pytest.mark.parametrize("operation", OPEN, ids=str)
async def test_what_is_open_asks_for_no_token(
    operation: Operation, own: AllServices, tmp_path: Path
) -> None:
    for name, headers in strangers_to_all(own, tmp_path).items():
        answer = await Asking(own, operation).ask(operation.path, headers)
        assert answer.status_code == 200, name


@pytest.mark.parametrize("operation", CLOSED, ids=str)
async def test_each_caller_may_what_the_rule_says(
    operation: Operation, own: AllServices, tmp_path: Path
) -> None:
    rule, asking = RULES[str(operation)], Asking(own, operation)
    target = await asking.address()
    before = await rows_of(own, operation.service)
    for name, headers in strangers_to_all(own, tmp_path).items():
        answer = await asking.ask(target, headers)
        assert answer.status_code == 401, f"{name}: {answer.text}"
        assert answer.headers["www-authenticate"].startswith("Bearer")
    allowed: list[Caller] = []
    for caller in callers(own, operation.service):
        status = caller.may(rule, own.merchant_id)
        if status == OK and rule.whose is not Whose.SHARED and operation.is_change:
            allowed.append(caller)
            continue
        answer = await asking.ask(target, caller.headers)
        check(caller, answer, status)
        if answer.is_success and operation.method == "GET":
            check_shown(caller, answer, rule, own)
    assert await rows_of(own, operation.service) == before, "something refused was done"
    has_changed = False
    for caller in allowed:
        address = await asking.address()
        before = await rows_of(own, operation.service)
        check(caller, await asking.ask(address, caller.headers), OK)
        has_changed |= await rows_of(own, operation.service) != before
    if operation.is_change and rule.whose is Whose.A_TENANTS:
        text = "this test looks at other rows than those that change, or nothing should change"
        assert has_changed != rule.stores_nothing, text


def check(caller: Caller, answer: Response, status: int) -> None:
    said = f"{caller.name}: {answer.status_code} instead of {status}: {answer.text[:400]}"
    if status in (OK, 201, 207):
        assert answer.is_success, said
    else:
        assert answer.status_code == status, said
        assert answer.headers["content-type"] == "application/problem+json"


def check_shown(caller: Caller, answer: Response, rule: Rule, world: AllServices) -> None:
    """The owner finds the example in the list, others find nothing of the merchant's."""
    owns = caller.for_whom in (world.merchant_id, PARK) or caller.reads_for_merchant(rule)
    if rule.shows and owns and rule.whose is Whose.A_TENANTS and caller.for_whom != PARK:
        assert world.made[rule.shows] in answer.text, f"{caller.name} misses {rule.shows}"
    if not owns:
        seen = [name for name in OF_A_TENANT if world.made[name] in answer.text]
        assert not seen, f"{caller.name} is shown {seen}"


OF_TENANTS: Final = [o for o in CLOSED if RULES[str(o)].whose is Whose.A_TENANTS]


@pytest.mark.parametrize("operation", OF_TENANTS, ids=str)
async def test_queries_keep_tenants_apart_without_row_level_security(
    operation: Operation, own: AllServices, open_rows: AllServices
) -> None:
    """Each of the two fences holds alone: here the other one is down."""
    rule = RULES[str(operation)]
    target = await Asking(own, operation).address()
    before = await rows_of(own, operation.service)
    for caller in callers(own, operation.service):
        if caller.for_whom in (own.merchant_id, PARK):
            continue
        answer = await Asking(open_rows, operation).ask(target, caller.headers)
        check(caller, answer, caller.may(rule, own.merchant_id))
        if answer.is_success and operation.method == "GET":
            check_shown(caller, answer, rule, own)
            fenced = await Asking(own, operation).ask(target, caller.headers)
            assert _shown(answer) == _shown(fenced)
    assert await rows_of(own, operation.service) == before


def _shown(answer: Response) -> object:
    """What an answer shows. The cursor of the feed says when it was asked, so it always differs."""
    if not answer.content:
        return None
    body = answer.json()
    return {n: v for n, v in body.items() if n != "next"} if "has_more" in body else body


NAMED: Final = [
    o for o in CLOSED if o.path_params and o.method == "GET" and RULES[str(o)].stranger == 404
]


@pytest.mark.parametrize(
    "operation", [o for o in NAMED if RULES[str(o)].whose is Whose.A_TENANTS], ids=str
)
async def test_what_is_anothers_looks_like_what_is_not_there(
    operation: Operation, own: AllServices
) -> None:
    (name,) = [one for one in operation.path_params if one in OF_A_TENANT]
    others = {one: await own.resource(one) for one in operation.path_params if one != name}
    there = own.made[name]
    missing = new_id(there[:3]) if "_" in there else "S-MISSING"
    token = own.token_for(Role.MERCHANT, own.made["other_id"], EVERY)
    headers = {"Authorization": f"Bearer {token}"}

    async def refusal(value: str) -> dict[str, Any]:
        address = operation.path.format_map({name: value, **others})
        answer = await Asking(own, operation).ask(address, headers)
        body: dict[str, Any] = answer.json()
        own_words = {n: body[n] for n in ("instance", "trace_id")}
        text = answer.text
        for word in (*own_words.values(), value):
            text = text.replace(str(word), "…")
        return {"status": answer.status_code, "text": text}

    assert await refusal(there) == await refusal(missing)
