"""Refusals. Errors are part of the product: every rule that can be broken has a class with a stable
code, and a text and a fix in English and Chinese. Nothing here knows about transport:
`shared.http.errors` maps the kinds to HTTP statuses.

    AirlaneError
    ├── Invalid               the request can never work as it is
    ├── Unauthenticated       the caller is not known
    ├── Forbidden             the caller is known, and not allowed to do this
    ├── NotFound              missing, or another tenant's: the answer is the same
    ├── Gone                  it was here, and is kept no longer
    ├── Conflict              not possible in the current state
    ├── PreconditionFailed    If-Match names another version
    ├── PreconditionRequired  a change needs If-Match
    ├── TooLarge              above a limit that is written down
    ├── TooManyRequests       this caller asks too often, or for too much at once
    └── Unavailable           a temporary fault; carries retry_after_s
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final, Literal

Locale = Literal["en", "zh-CN"]
DEFAULT_LOCALE: Final[Locale] = "en"


@dataclass(frozen=True)
class Text:
    """One sentence in both languages; the error's parameters fill its `{name}` placeholders. Of
    several values in one parameter all are named, in their order. A parameter that is a text itself
    is shown in the same language.
    """

    en: str
    zh: str

    def render(self, locale: Locale, params: dict[str, object]) -> str:
        shown = {name: _in_words(value, locale) for name, value in params.items()}
        return (self.zh if locale == "zh-CN" else self.en).format_map(_Lenient(shown))


def _in_words(value: object, locale: Locale) -> object:
    if isinstance(value, Text):
        return value.render(locale, {})
    if not isinstance(value, (list, tuple, set, frozenset)):
        return value
    several = sorted(value) if isinstance(value, (set, frozenset)) else value
    words = [str(_in_words(one, locale)) for one in several]
    if locale == "zh-CN":
        return "、".join(words) or "无"
    return ", ".join(words) or "none"


class _Lenient(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


@dataclass(frozen=True)
class FieldProblem:
    """One fault in one place. `pointer` is a JSON Pointer (RFC 6901) into the request body."""

    pointer: str
    code: str
    text: Text
    fix: Text
    params: dict[str, object] = field(default_factory=dict)


class AirlaneError(Exception):
    """Base of all refusals. Subclass a kind below, set `code`, `text`, `fix`; raise with params."""

    code: ClassVar[str] = "internal.error"
    text: ClassVar[Text] = Text("Something went wrong on our side.", "系统内部错误。")
    # After how long a retry makes sense; None: a retry alone does not help.
    retry_after_s: int | None = None
    # Parameters that are also members of the problem document (RFC 9457 §3.2), e.g. an id.
    members: ClassVar[tuple[str, ...]] = ()
    fix: ClassVar[Text] = Text(
        "Try again; report the trace_id if it persists.", "请重试；若仍出现，请提供 trace_id。"
    )

    def __init__(
        self,
        *,
        pointer: str | None = None,
        problems: Sequence[FieldProblem] = (),
        problem_count: int | None = None,
        **params: object,
    ) -> None:
        """`problem_count`: how many faults there were, when `problems` names only some of them."""
        self.params = params
        own = (self.at(pointer, **params),) if pointer else ()
        self.problems: tuple[FieldProblem, ...] = (*own, *problems)
        self.problem_count = problem_count or len(self.problems)
        super().__init__(f"{self.code}: {self.text.render('en', params)}")

    @classmethod
    def at(cls, pointer: str, **params: object) -> FieldProblem:
        """This rule, broken at one place of the body: for an answer that names several faults."""
        return FieldProblem(pointer, cls.code, cls.text, cls.fix, params)


def known_kinds(kind: type[AirlaneError] = AirlaneError) -> Iterator[type[AirlaneError]]:
    """Every class of errors that this process has loaded."""
    yield kind
    for below in kind.__subclasses__():
        yield from known_kinds(below)


class Invalid(AirlaneError):
    code = "request.invalid"
    text = Text("The request is not valid.", "请求内容无效。")
    fix = Text(
        "Correct the fields listed in errors[] and send it again.", "请按 errors[] 修正后重新提交。"
    )


def refuse(problems: Sequence[FieldProblem]) -> None:
    """Raises Invalid with all problems at once, if there are any."""
    if problems:
        raise Invalid(problems=problems)


class Unauthenticated(AirlaneError):
    code = "auth.required"
    text = Text("A valid access token is required.", "需要有效的访问令牌。")
    fix = Text(
        "Get one from POST /oauth/token and send it as 'Authorization: Bearer …'.",
        "请通过 POST /oauth/token 获取令牌，并以 Authorization: Bearer … 发送。",
    )


class Forbidden(AirlaneError):
    code = "auth.forbidden"
    text = Text("This token is not allowed to do that.", "此令牌无权执行该操作。")
    fix = Text("It needs: {needs}.", "需要权限：{needs}。")


class NotFound(AirlaneError):
    code = "resource.not_found"
    text = Text("The resource does not exist.", "资源不存在。")
    fix = Text(
        "Check the id; the lists show what you have access to.",
        "请核对编号；可通过列表接口查看有权访问的资源。",
    )


class Gone(AirlaneError):
    code = "resource.gone"
    text = Text("This is kept no longer.", "该内容已不再保留。")
    fix = Text("Read the current state instead.", "请改为读取当前状态。")


class Conflict(AirlaneError):
    code = "resource.conflict"
    text = Text("This conflicts with the current state.", "与当前状态冲突。")
    fix = Text("Read the resource again, then decide.", "请重新读取资源后再操作。")


class PreconditionFailed(AirlaneError):
    code = "request.precondition_failed"
    text = Text(
        "The resource has changed: its ETag is {etag}.", "资源已变更，当前 ETag 为 {etag}。"
    )
    fix = Text(
        "Read it again and repeat the change with the new ETag.",
        "请重新读取，并使用新的 ETag 重试。",
    )


class PreconditionRequired(AirlaneError):
    code = "request.precondition_required"
    text = Text("Changing this needs an If-Match header.", "修改该资源需要 If-Match 请求头。")
    fix = Text(
        "Send If-Match with the ETag of your last read, or If-Match: * to overwrite.",
        "请携带上次读取的 ETag 作为 If-Match；若要强制覆盖，请使用 If-Match: *。",
    )


class TooLarge(AirlaneError):
    code = "request.too_large"
    text = Text("The request exceeds the limit of {limit}.", "请求超过上限 {limit}。")
    fix = Text("Split it into smaller requests.", "请拆分后提交。")


class TooManyRequests(AirlaneError):
    code = "request.too_many"
    text = Text("You are sending too many requests.", "您的请求过多。")
    fix = Text("Try again after the time in Retry-After.", "请在 Retry-After 指定时间后重试。")
    retry_after_s = 1


class Unavailable(AirlaneError):
    code = "service.unavailable"
    text = Text("The service is busy.", "服务繁忙。")
    fix = Text("Try again after the time in Retry-After.", "请在 Retry-After 指定时间后重试。")
    retry_after_s = 1
