"""The only mapping from kinds of refusal to HTTP statuses, and the problem documents (RFC 9457).

Refusals before a route is reached (unknown path, malformed body …) are defined here too. Texts for
pydantic's errors are in `shared.documents.faults`; `shared.http.translation` translates what
libraries raise.
"""

import json
from http import HTTPStatus
from math import ceil
from typing import Final

from starlette.responses import Response
from starlette.types import Scope

from shared.documents.errors import Malformed
from shared.documents.faults import ERRORS_MAX
from shared.http.incoming import locale_of
from shared.http.rates import Policy
from shared.kernel.errors import (
    AirlaneError,
    Conflict,
    FieldProblem,
    Forbidden,
    Gone,
    Invalid,
    Locale,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    Text,
    TooLarge,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
)
from shared.kernel.json import JsonObject
from shared.telemetry import metrics, trace

CONTENT_TYPE: Final = "application/problem+json"


class NotHttp(Malformed):
    code = "request.not_http"
    text = Text("This is not a valid HTTP/1.1 request.", "这不是合法的 HTTP/1.1 请求。")
    fix = Text(
        "Use an HTTP library to write the request line, the header fields and the body's length.",
        "请使用 HTTP 库生成请求行、请求头与请求体长度。",
    )


class RepeatedHeader(Malformed):
    code = "request.repeated_header"
    text = Text("The header {name} was sent more than once.", "请求头 {name} 重复出现。")
    fix = Text("Send it once.", "请只发送一次。")


class HostInvalid(Malformed):
    code = "request.host_invalid"
    text = Text(
        "HTTP/1.1 needs one Host header that names a host.",
        "HTTP/1.1 请求须有一个有效的 Host 请求头。",
    )
    fix = Text("Send the host and port of the address you call.", "请发送所访问地址的主机与端口。")


class UnknownTransferCoding(AirlaneError):
    code = "request.unknown_transfer_coding"
    text = Text("The transfer coding {coding} is not supported.", "不支持传输编码 {coding}。")
    fix = Text(
        "Send a Content-Length, or chunked alone.", "请使用 Content-Length，或仅使用 chunked。"
    )


class HeadTooLarge(AirlaneError):
    code = "request.head_too_large"
    text = Text("The header fields exceed the limit of {limit}.", "请求头超过上限 {limit}。")
    fix = Text("Send fewer or shorter header fields.", "请减少或缩短请求头。")


class BodyTooSlow(AirlaneError):
    code = "request.body_too_slow"
    text = Text("The body did not arrive in time.", "请求体未能及时到达。")
    fix = Text("Send it faster and without pauses.", "请尽快连续发送请求体。")


class UnknownPath(NotFound):
    code = "request.no_such_path"
    text = Text("There is nothing at this path.", "该路径不存在。")
    fix = Text(
        "The paths are listed in /docs and /openapi.json.", "可用路径见 /docs 与 /openapi.json。"
    )


class MethodNotAllowed(AirlaneError):
    code = "request.method_not_allowed"
    text = Text("This path does not support the method {method}.", "该路径不支持 {method} 方法。")
    fix = Text("Use one of those in the Allow header.", "请使用 Allow 响应头中列出的方法。")


class UnsupportedMediaType(AirlaneError):
    code = "request.unsupported_media_type"
    text = Text("The body must be JSON.", "请求体必须为 JSON。")
    fix = Text(
        "Send it with Content-Type: application/json.", "请使用 Content-Type: application/json。"
    )


class UnsupportedCharset(UnsupportedMediaType):
    code = "request.unsupported_charset"
    text = Text(
        "JSON is sent in UTF-8, not in {charset}.", "JSON 须为 UTF-8 编码，而非 {charset}。"
    )
    fix = Text("Encode the body as UTF-8.", "请将请求体编码为 UTF-8。")


class UnsupportedContentCoding(UnsupportedMediaType):
    code = "request.unsupported_content_coding"
    text = Text(
        "The content coding {coding} is not supported.",
        "请求体不支持内容编码 {coding}。",
    )
    fix = Text(
        "Send it uncompressed, without Content-Encoding.", "请不压缩，并去掉 Content-Encoding。"
    )


class ValueOutOfRange(Invalid):
    code = "request.value_out_of_range"
    text = Text("A number is too large to be stored.", "数值超出可存储的范围。")
    fix = Text("Send a smaller number.", "请减小数值。")


class RateExceeded(TooManyRequests):
    """`violated-policies` is the member named by the draft on rate limit fields."""

    code = "request.rate_exceeded"
    text = Text(
        "This caller has sent more than {quota} requests in {window_s} seconds.",
        "该调用方在 {window_s} 秒内的请求超过 {quota} 次。",
    )
    fix = Text(
        "Wait as long as Retry-After says; the RateLimit header shows how many are left.",
        "请按 Retry-After 等待；RateLimit 响应头给出剩余额度。",
    )
    members = ("violated-policies",)

    def __init__(self, policy: Policy, wait_s: float) -> None:
        violated: JsonObject = {"violated-policies": [policy.name]}
        super().__init__(quota=policy.quota, window_s=ceil(policy.window_s), **violated)
        self.retry_after_s = max(1, ceil(wait_s))


class TooManyAtOnce(TooManyRequests):
    code = "request.too_many_at_once"
    text = Text(
        "You have more than {limit} requests in progress.", "您同时进行中的请求超过 {limit} 个。"
    )
    fix = Text("Wait for responses before sending more.", "请等待已有请求返回后再提交。")


class Busy(Unavailable):
    code = "service.busy"
    text = Text("Too many requests are in progress.", "当前请求过多。")


class Stopping(Unavailable):
    code = "service.stopping"
    text = Text("This process is stopping.", "该进程正在停止。")


_STATUS: Final[dict[type[AirlaneError], int]] = {
    AirlaneError: 500,
    Malformed: 400,
    BodyTooSlow: 408,
    Invalid: 422,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    MethodNotAllowed: 405,
    Conflict: 409,
    Gone: 410,
    PreconditionFailed: 412,
    TooLarge: 413,
    UnsupportedMediaType: 415,
    PreconditionRequired: 428,
    TooManyRequests: 429,
    HeadTooLarge: 431,
    UnknownTransferCoding: 501,
    Unavailable: 503,
}

_TITLE_ZH: Final[dict[int, str]] = {
    400: "请求格式错误",
    401: "未认证",
    403: "无权限",
    404: "未找到",
    405: "方法不支持",
    408: "请求超时",
    409: "冲突",
    410: "已不再保留",
    412: "前提条件不满足",
    413: "请求过大",
    415: "媒体类型不支持",
    422: "请求无法处理",
    428: "缺少前提条件",
    429: "请求过多",
    431: "请求头过大",
    500: "内部错误",
    501: "尚未实现",
    503: "服务暂不可用",
}


def status_of(kind: type[AirlaneError]) -> int:
    """The HTTP status of an error class: that of its nearest kind."""
    return next(_STATUS[base] for base in kind.__mro__ if base in _STATUS)


def title_of(status: int, locale: Locale) -> str:
    if locale == "zh-CN" and status in _TITLE_ZH:
        return _TITLE_ZH[status]
    return HTTPStatus(status).phrase


def problem(
    error: AirlaneError, *, locale: Locale, instance: str, errors_max: int = ERRORS_MAX
) -> JsonObject:
    """The members of the problem document, with the first `errors_max` faults and their total."""
    metrics.HTTP_PROBLEMS.labels(error.code).inc()
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
        "errors": [_field(fault, locale) for fault in error.problems[:errors_max]],
        "error_count": error.problem_count,
        "trace_id": here.trace_id if here else None,
        **{name: error.params[name] for name in error.members if name in error.params},
    }


def _field(fault: FieldProblem, locale: Locale) -> JsonObject:
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
    # A path or a value may contain what cannot be encoded: escape it rather than fail here.
    content = json.dumps(body, ensure_ascii=False, default=str).encode("utf-8", "backslashreplace")
    headers = {"Content-Language": locale, **_headers(error)}
    return Response(content, body["status"], headers, media_type=CONTENT_TYPE)


def _headers(error: AirlaneError) -> dict[str, str]:
    headers: dict[str, str] = {}
    if error.retry_after_s is not None:
        headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, Unauthenticated):
        # RFC 6750 §3: no error code if no token was sent.
        failed = "" if error.code == Unauthenticated.code else ', error="invalid_token"'
        headers["WWW-Authenticate"] = f'Bearer realm="airlane"{failed}'
    elif isinstance(error, Forbidden):
        # RFC 6750 §3.1: the token is good, but not for this.
        scope = error.params.get("needs_scope")
        named = f', scope="{scope}"' if scope else ""
        headers["WWW-Authenticate"] = f'Bearer realm="airlane", error="insufficient_scope"{named}'
    elif isinstance(error, MethodNotAllowed) and error.params.get("allow"):
        headers["Allow"] = str(error.params["allow"])
    elif isinstance(error, UnsupportedContentCoding):
        headers["Accept-Encoding"] = "identity"  # RFC 9110 §15.5.16
    elif isinstance(error, TooLarge | HeadTooLarge | BodyTooSlow | UnknownTransferCoding):
        # The rest of the request is still on its way and will not be read.
        headers["Connection"] = "close"
    return headers
