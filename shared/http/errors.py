"""The only table from kinds of refusal to HTTP statuses, and their form: problem+json (RFC 9457).

What is refused before a route is reached (unknown path, malformed body …) is named here, too;
faults found by pydantic are worded in `shared.http.faults`, what libraries raise is translated in
`shared.http.translation`.
"""

import json
from http import HTTPStatus
from typing import Any, Final

from starlette.responses import Response
from starlette.types import Scope

from shared.http.incoming import locale_of
from shared.kernel.errors import (
    AirlaneError,
    Conflict,
    FieldProblem,
    Forbidden,
    Invalid,
    Locale,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    Text,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from shared.telemetry import trace

CONTENT_TYPE: Final = "application/problem+json"


class Malformed(AirlaneError):
    """Cannot even be read: not JSON, not UTF-8."""

    code = "request.malformed"
    text = Text("The request cannot be read.", "无法解析请求。")
    fix = Text("Send well-formed JSON in UTF-8.", "请发送 UTF-8 编码的合法 JSON。")


class MalformedJson(Malformed):
    code = "request.malformed_json"
    text = Text(
        "The body is not valid JSON: {reason} at character {position}.",
        "请求体不是合法的 JSON：第 {position} 个字符处，{reason}。",
    )


class NotFiniteNumber(Malformed):
    code = "request.not_finite_number"
    text = Text("JSON has no {value}.", "JSON 不支持 {value}。")
    fix = Text("Send null or leave the field out.", "请使用 null 或省略该字段。")


class UnknownPath(NotFound):
    code = "request.no_such_path"
    text = Text("There is nothing at this path.", "该路径不存在。")
    fix = Text(
        "The paths are listed in /docs and /openapi.json.", "可用路径见 /docs 与 /openapi.json。"
    )


class MethodNotAllowed(AirlaneError):
    code = "request.method_not_allowed"
    text = Text("This path does not know the method {method}.", "该路径不支持 {method} 方法。")
    fix = Text("Use one of those in the Allow header.", "请使用 Allow 响应头中列出的方法。")


class UnsupportedMediaType(AirlaneError):
    code = "request.unsupported_media_type"
    text = Text("The body must be JSON.", "请求体必须为 JSON。")
    fix = Text(
        "Send it with Content-Type: application/json.", "请使用 Content-Type: application/json。"
    )


class ForbiddenCharacter(Invalid):
    code = "request.nul_character"
    text = Text(
        "Text must not contain the character NUL (U+0000).", "文本不能包含空字符（U+0000）。"
    )
    fix = Text("Remove it.", "请删除该字符。")


class LoneSurrogate(Invalid):
    code = "request.lone_surrogate"
    text = Text(
        "Text contains half of a surrogate pair, which is no character.",
        "文本包含不成对的代理项，不是有效字符。",
    )
    fix = Text("Send whole characters in UTF-8.", "请以 UTF-8 发送完整字符。")


class ValueOutOfRange(Invalid):
    code = "request.value_out_of_range"
    text = Text("A number is larger than can be stored.", "数值超出可存储的范围。")
    fix = Text("Send a smaller number.", "请减小数值。")


class Busy(Unavailable):
    code = "service.busy"
    text = Text("Too many requests are in work.", "当前请求过多。")


class Stopping(Unavailable):
    code = "service.stopping"
    text = Text("This process is stopping.", "该进程正在停止。")


_STATUS: Final[dict[type[AirlaneError], int]] = {
    AirlaneError: 500,
    Malformed: 400,
    Invalid: 422,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    MethodNotAllowed: 405,
    Conflict: 409,
    PreconditionFailed: 412,
    TooLarge: 413,
    UnsupportedMediaType: 415,
    PreconditionRequired: 428,
    Unavailable: 503,
}

_TITLE_ZH: Final[dict[int, str]] = {
    400: "请求格式错误",
    401: "未认证",
    403: "无权限",
    404: "未找到",
    405: "方法不支持",
    409: "冲突",
    412: "前提条件不满足",
    413: "请求过大",
    415: "媒体类型不支持",
    422: "请求无法处理",
    428: "缺少前提条件",
    500: "内部错误",
    503: "服务暂不可用",
}


def status_of(kind: type[AirlaneError]) -> int:
    """The HTTP status of an error class: that of the nearest kind above it."""
    return next(_STATUS[base] for base in kind.__mro__ if base in _STATUS)


def title_of(status: int, locale: Locale) -> str:
    if locale == "zh-CN" and status in _TITLE_ZH:
        return _TITLE_ZH[status]
    return HTTPStatus(status).phrase


def problem(error: AirlaneError, *, locale: Locale, instance: str) -> dict[str, Any]:
    """The members of the problem document."""
    status = status_of(type(error))
    here = trace.current()
    return {
        "type": f"/problems/{error.code}",
        "title": title_of(status, locale),
        "status": status,
        "detail": error.text.render(locale, error.params),
        "instance": instance,
        "code": error.code,
        "fix": error.fix.render(locale, error.params),
        "errors": [_field(fault, locale) for fault in error.problems],
        "trace_id": here.trace_id if here else None,
        **{name: error.params[name] for name in error.members if name in error.params},
    }


def _field(fault: FieldProblem, locale: Locale) -> dict[str, Any]:
    return {
        "pointer": fault.pointer,
        "code": fault.code,
        "detail": fault.text.render(locale, fault.params),
        "fix": fault.fix.render(locale, fault.params),
    }


def problem_response(error: AirlaneError, scope: Scope) -> Response:
    """The whole answer, in the caller's language."""
    locale = locale_of(scope)
    body = problem(error, locale=locale, instance=scope["path"])
    # A path or a value may hold what cannot be encoded: show it escaped rather than fail here.
    content = json.dumps(body, ensure_ascii=False, default=str).encode("utf-8", "backslashreplace")
    headers = {"Content-Language": locale, **_headers(error)}
    return Response(content, body["status"], headers, media_type=CONTENT_TYPE)


def _headers(error: AirlaneError) -> dict[str, str]:
    if isinstance(error, Unavailable):
        return {"Retry-After": str(error.retry_after_s)}
    if isinstance(error, Unauthenticated):
        # RFC 6750 §3: no error code when no token came.
        failed = "" if error.code == Unauthenticated.code else ', error="invalid_token"'
        return {"WWW-Authenticate": f'Bearer realm="airlane"{failed}'}
    if isinstance(error, MethodNotAllowed) and error.params.get("allow"):
        return {"Allow": str(error.params["allow"])}
    if isinstance(error, TooLarge):
        # The rest of the body is still on its way and will not be read.
        return {"Connection": "close"}
    return {}
