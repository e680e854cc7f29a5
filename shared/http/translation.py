"""What frameworks and drivers raise, as our refusals. None means it is our own fault: a 500."""

from collections.abc import Sequence
from typing import Final

from fastapi.exceptions import RequestValidationError
from pydantic_core import ErrorDetails
from starlette.exceptions import HTTPException
from starlette.types import Scope

from shared.db.faults import DatabaseFault, fault_of_database
from shared.documents.errors import ForbiddenCharacter, Malformed, MalformedJson
from shared.documents.faults import invalid
from shared.http import incoming
from shared.http.errors import MethodNotAllowed, UnknownPath, UnsupportedMediaType, ValueOutOfRange
from shared.http.methods import allowed
from shared.kernel.errors import AirlaneError, Unauthenticated
from shared.telemetry import get_logger

log = get_logger(__name__)

_OF_STARLETTE: Final[dict[int, type[AirlaneError]]] = {
    401: Unauthenticated,
    404: UnknownPath,
    415: UnsupportedMediaType,
}
_VALUES_REFUSED: Final[dict[DatabaseFault | None, type[AirlaneError]]] = {
    DatabaseFault.FORBIDDEN_CHARACTER: ForbiddenCharacter,
    DatabaseFault.OUT_OF_RANGE: ValueOutOfRange,
}


def refusal_from(fault: Exception, scope: Scope) -> AirlaneError | None:
    if isinstance(fault, AirlaneError):
        return fault
    if isinstance(fault, RequestValidationError):
        return _from_pydantic(fault.errors(), scope)
    if isinstance(fault, HTTPException):
        return _from_starlette(fault, scope)
    return _from_database(fault, scope)


def _from_pydantic(faults: Sequence[ErrorDetails], scope: Scope) -> AirlaneError:
    request = incoming.of(scope)
    for fault in faults:
        if fault["type"] == "json_invalid":
            return MalformedJson(position=fault["loc"][-1], reason=fault["ctx"]["error"])
        # The whole body is at fault: FastAPI passes on what it did not recognise as JSON.
        whole = tuple(fault["loc"]) == ("body",) and request.body
        if whole and not request.is_json:
            return UnsupportedMediaType()
    return invalid(faults)


def _from_starlette(error: HTTPException, scope: Scope) -> AirlaneError | None:
    """No route, wrong method, unreadable body."""
    if error.status_code == 405:
        # The methods of all routes of the path: the error names those of one route.
        allow = allowed(scope["app"].router.routes, scope)
        return MethodNotAllowed(method=scope["method"], allow=allow)
    known = _OF_STARLETTE.get(error.status_code)
    if known is not None:
        return known()
    return Malformed() if 400 <= error.status_code < 500 else None


def _from_database(fault: Exception, scope: Scope) -> AirlaneError | None:
    """A safety net below the schemas, not a substitute: bounds belong there, and this is logged."""
    kind = _VALUES_REFUSED.get(fault_of_database(fault))
    if kind is None:
        return None
    log.warning("a schema lets through what the database refuses", path=scope["path"])
    return kind()
