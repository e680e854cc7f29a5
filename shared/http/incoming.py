"""What the guard has found out about a request before any route sees it, and the parts of the app.
It is kept in the ASGI scope, so that dependencies and error handlers need not parse anything again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, cast

from starlette.types import Scope

from shared.db import Database, PartnerRights
from shared.documents.fields import CLOCK
from shared.http.auth import Verifier
from shared.http.locale import negotiate
from shared.http.query import QueryRule
from shared.kernel.clock import Clock
from shared.kernel.errors import DEFAULT_LOCALE, Locale
from shared.kernel.identity import Principal
from shared.telemetry.probes import Probes

_KEY: Final = "airlane"


@dataclass(slots=True)
class Parts:
    """The parts of one running app."""

    service: str
    db: Database
    clock: Clock
    verifier: Verifier
    probes: Probes
    # None: the service shows partners no rows of merchants.
    rights: PartnerRights | None = None
    # By the function of the route.
    queries: Mapping[object, QueryRule] = field(default_factory=dict)


class Incoming:
    """One request, filled in step by step.

    `headers`: by name in lower case. `bearer` is the caller, None on routes open to anybody.
    `quota` is what is left of the caller's rate, as headers of the answer. `body` is the whole
    body, `value` its content if it is JSON. `file`: the body of a route that takes a file
    (shared.http.uploads); `body` is its digest then.
    """

    __slots__ = ("bearer", "body", "file", "headers", "parts", "quota", "value")

    def __init__(self, parts: Parts, headers: dict[bytes, bytes]) -> None:
        self.parts = parts
        self.headers = headers
        self.bearer: Principal | None = None
        self.quota: tuple[tuple[bytes, bytes], ...] = ()
        self.body = b""
        self.value: object = None
        self.file: object = None

    def header(self, name: bytes) -> str | None:
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")

    @property
    def has_body(self) -> bool:
        """Whether the request has a body (RFC 9112 §6.3)."""
        declared = self.headers.get(b"content-length", b"0")
        return declared != b"0" or b"transfer-encoding" in self.headers

    @property
    def is_json(self) -> bool:
        """application/json, or any application/…+json."""
        kind = self.headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        return kind.startswith(b"application/") and kind.endswith((b"/json", b"+json"))

    @property
    def locale(self) -> Locale:
        accepted = self.header(b"accept-language")
        return negotiate(accepted) if accepted else DEFAULT_LOCALE


def put(scope: Scope, incoming: Incoming) -> None:
    scope[_KEY] = incoming
    CLOCK.set(incoming.parts.clock)


def of(scope: Scope) -> Incoming:
    """Raises KeyError outside of an app made by `create_app`."""
    return cast("Incoming", scope[_KEY])


def locale_of(scope: Scope) -> Locale:
    incoming = scope.get(_KEY)
    return incoming.locale if incoming is not None else DEFAULT_LOCALE
