"""Every operation of every service, read from the five apps themselves. Tests over all operations
use this table, so that none is forgotten.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, get_args

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from services.analytics.app import create_app as analytics
from services.analytics.settings import Settings as AnalyticsSettings
from services.catalog.app import create_app as catalog
from services.catalog.settings import Settings as CatalogSettings
from services.customs.app import create_app as customs
from services.customs.settings import Settings as CustomsSettings
from services.routing.app import create_app as routing
from services.routing.settings import Settings as RoutingSettings
from services.webhooks.app import create_app as webhooks
from services.webhooks.settings import Settings as WebhooksSettings
from shared.http.call import CallDependency
from shared.http.keys import UrlKeys
from shared.kernel.clock import Clock
from shared.kernel.identity import Role

STREAMS: Final = frozenset(
    (
        "catalog GET /v1/products:export",
        "customs GET /v1/declarations/{declaration_id}/evidence",
        "catalog GET /v1/imports/{import_id}/progress",
        "catalog GET /v1/imports/{import_id}/failed-rows",
    )
)
OPERATOR_ID: Final = "cli_operator_of_the_tests"
OPERATOR_SECRET: Final = "airlane_test_" + "0" * 48


@dataclass(frozen=True)
class Operation:
    """One method of one path. `scope` None: open to anybody. `roles` empty: any role.

    `park_wide`: an operator may come without Airlane-Tenant. `query_fields`: its query parameters
    by name. `body`: the model of its JSON body, None without one or where it reads bytes.
    """

    service: str
    method: str
    path: str
    name: str
    scope: str | None
    roles: frozenset[Role]
    park_wide: bool
    path_params: tuple[str, ...]
    query_fields: Mapping[str, FieldInfo] = field(hash=False)
    body: type[BaseModel] | None

    @property
    def is_change(self) -> bool:
        return self.method != "GET"

    @property
    def query(self) -> frozenset[str]:
        return frozenset(self.query_fields)

    @property
    def is_page(self) -> bool:
        """A list in pages."""
        return self.method == "GET" and "cursor" in self.query

    @property
    def is_stream(self) -> bool:
        """Sent while it is made: without a length, and without an ETag."""
        return str(self) in STREAMS

    @property
    def is_conditional(self) -> bool:
        """Changes what has an ETag, so it needs If-Match."""
        return self.method in ("PUT", "PATCH", "DELETE")

    def __str__(self) -> str:
        return f"{self.service} {self.method} {self.path}"


def all_apps(
    dsn_of: dict[str, str] | None = None, *, clock: Clock | None = None, **common: Any
) -> dict[str, FastAPI]:
    """The five apps. Without `dsn_of` none has a database: they can be inspected, not called."""
    dsn = dsn_of or dict.fromkeys(
        ("catalog", "customs", "routing", "analytics", "webhooks"),
        "postgresql://127.0.0.1:1/nobody",
    )
    return {
        "catalog": catalog(
            CatalogSettings(
                database_url=dsn["catalog"],
                operator_client_id=OPERATOR_ID,
                operator_client_secret=SecretStr(OPERATOR_SECRET),
                **common,
            ),
            clock=clock,
            keys=UrlKeys(common["jwks_url"]) if "jwks_url" in common else None,
        ),
        "customs": customs(CustomsSettings(database_url=dsn["customs"], **common), clock=clock),
        "routing": routing(RoutingSettings(database_url=dsn["routing"], **common), clock=clock),
        "analytics": analytics(
            AnalyticsSettings(database_url=dsn["analytics"], **common), clock=clock
        ),
        "webhooks": webhooks(
            WebhooksSettings(
                database_url=dsn["webhooks"],
                secret_key="test:" + "A" * 43 + "=",
                allow_private_addresses=True,
                **common,
            ),
            clock=clock,
        ),
    }


@cache
def operations() -> tuple[Operation, ...]:
    """What the published contracts name, and what catalog also serves for OAuth."""
    return tuple(
        operation
        for service, app in all_apps().items()
        for operation in operations_of(service, app)
    )


def operations_of(service: str, app: FastAPI) -> Iterator[Operation]:
    for route in app.router.routes:
        if isinstance(route, APIRoute) and route.include_in_schema:
            yield from _of_route(service, route)


def _of_route(service: str, route: APIRoute) -> Iterator[Operation]:
    dependants = list(_flat(route.dependant))
    caller = next((d.call for d in dependants if isinstance(d.call, CallDependency)), None)
    body = _model_of(route.body_field.field_info.annotation) if route.body_field else None
    for method in sorted(route.methods or ()):
        yield Operation(
            service=service,
            method=method,
            path=route.path_format,
            name=route.name,
            scope=caller.scope if caller else None,
            roles=caller.roles if caller else frozenset(),
            park_wide=caller.park_wide if caller else True,
            path_params=tuple(p.alias for d in dependants for p in d.path_params),
            query_fields={p.alias: p.field_info for d in dependants for p in d.query_params},
            body=body,
        )


def _flat(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for below in dependant.dependencies:
        yield from _flat(below)


def _model_of(annotation: Any) -> type[BaseModel] | None:
    """The model itself, or the one in `Model | None`."""
    for kind in (annotation, *get_args(annotation)):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
    return None
