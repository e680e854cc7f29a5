"""Pydantic's errors as ours: a JSON Pointer, a stable code, a text in two languages and what to do.

The codes are not pydantic's names, which change with its versions; several of its error types share
one code.
"""

from collections.abc import Sequence
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from shared.kernel.errors import FieldProblem, Invalid, Text
from shared.kernel.money import AMOUNT_PATTERN

# More faults than this in one answer help nobody; `error_count` is the total.
ERRORS_MAX: Final = 100
# The same for one item of a batch, which may have hundreds of items.
ITEM_ERRORS_MAX: Final = 10

# code → text, fix. `{placeholders}` are filled from pydantic's ctx.
_WORDS: Final[dict[str, tuple[Text, Text]]] = {
    "field.missing": (
        Text("This field is required.", "该字段为必填项。"),
        Text("Add it.", "请补充该字段。"),
    ),
    "field.unknown": (
        Text("This field is not known here.", "此处没有该字段。"),
        Text("Remove it, or correct its name.", "请删除该字段或更正名称。"),
    ),
    "field.wrong_type": (
        Text("This must be {wanted}.", "此处必须为{wanted_zh}。"),
        Text("Send a value of that type.", "请发送该类型的值。"),
    ),
    "field.too_short": (
        Text("At least {min_length} characters are needed.", "至少需要 {min_length} 个字符。"),
        Text("Lengthen it.", "请补足长度。"),
    ),
    "field.too_long": (
        Text("At most {max_length} characters are allowed.", "最多 {max_length} 个字符。"),
        Text("Shorten it.", "请缩短。"),
    ),
    "field.too_few_items": (
        Text("Too few entries: at least {min_length} must be there.", "至少需要 {min_length} 项。"),
        Text("Add entries.", "请增加条目。"),
    ),
    "field.too_many_items": (
        Text("At most {max_length} entries are allowed.", "最多 {max_length} 项。"),
        Text("Send fewer, or split the request.", "请减少条目，或拆分提交。"),
    ),
    "field.wrong_format": (
        Text("This does not match the pattern {pattern}.", "不符合格式 {pattern}。"),
        Text(
            "Write it in that form; an id is copied from the answer that it came in.",
            "请按该格式填写；编号请从返回它的接口中复制。",
        ),
    ),
    "field.too_small": (
        Text("This must be {bound}.", "此值必须{bound_zh}。"),
        Text("Send a larger number.", "请增大数值。"),
    ),
    "field.too_large": (
        Text("This must be {bound}.", "此值必须{bound_zh}。"),
        Text("Send a smaller number.", "请减小数值。"),
    ),
    "field.not_a_multiple": (
        Text("This must be a multiple of {multiple_of}.", "必须为 {multiple_of} 的倍数。"),
        Text("Round it.", "请取整。"),
    ),
    "field.too_many_digits": (
        Text("The number has too many digits.", "数字位数过多。"),
        Text("Round it.", "请舍入。"),
    ),
    "field.not_one_of": (
        Text("This must be one of: {expected}.", "取值必须为以下之一：{expected_zh}。"),
        Text("Choose one of them.", "请从中选择。"),
    ),
    "field.no_time_zone": (
        Text("The instant has no offset.", "时间缺少时区偏移。"),
        Text("Add one, such as +08:00 or Z.", "请补充时区，例如 +08:00 或 Z。"),
    ),
    "field.implausible_instant": (
        Text(
            "The instant is not between {earliest} and {latest}.",
            "时间不在 {earliest} 与 {latest} 之间。",
        ),
        Text("Check the date, the offset and the clock it comes from.", "请核对日期、时区与时钟。"),
    ),
    "field.not_finite": (
        Text("This must be a finite number.", "必须为有限数值。"),
        Text("Send an ordinary number.", "请发送普通数值。"),
    ),
    "field.unseen_character": (
        Text(
            "The character {character} at position {position} is invisible.",
            "第 {position} 位的字符 {character} 不可见。",
        ),
        Text("Remove it.", "请删除该字符。"),
    ),
    "field.language_tag": (
        Text("{tag} is not a language tag.", "{tag} 不是有效的语言标签。"),
        Text(
            "Use BCP 47 tags such as en, de or zh-CN.",
            "请使用 BCP 47 标签，例如 en、de 或 zh-CN。",
        ),
    ),
    "field.language_repeated": (
        Text("The language {tag} is there twice.", "语言 {tag} 重复。"),
        Text("Keep one of the two.", "请只保留一项。"),
    ),
    "field.url_unusable": (
        Text("This is not an address that can be fetched.", "该网址无法访问。"),
        Text(
            "Send an absolute http or https URL without a user name, percent-encoded.",
            "请填写完整的 http 或 https 网址，不含用户名，特殊字符需编码。",
        ),
    ),
    "field.invalid": (
        Text("{reason}.", "取值无效：{reason}。"),
        Text("Correct it.", "请更正。"),
    ),
}  # fmt: skip

# A pattern for values that people type -> what it requires, as the end of "This must be …".
_PATTERNS: Final[dict[str, Text]] = {
    AMOUNT_PATTERN: Text("an amount such as 12.99, as text", "文本形式的金额，例如 12.99"),
    r"^[A-Z]{2}$": Text("two capital letters such as DE", "两位大写字母，例如 DE"),
    r"^[A-Z]{3}$": Text(
        "three capital letters such as EUR or EHU", "三位大写字母，例如 EUR 或 EHU"
    ),
}


def in_words(pattern: str, words: Text) -> str:
    """Returns the pattern; from now on its violations are explained in these words."""
    _PATTERNS[pattern] = words
    return pattern


_TYPES: Final[dict[str, tuple[str, str]]] = {
    "string": ("text", "文本"),
    "int": ("a whole number", "整数"),
    "float": ("a number", "数字"),
    "decimal": ("a decimal number", "十进制数"),
    "bool": ("true or false", "true 或 false"),
    "dict": ("an object", "对象"),
    "model": ("an object", "对象"),
    "dataclass": ("an object", "对象"),
    "list": ("an array", "数组"),
    "tuple": ("an array", "数组"),
    "set": ("an array", "数组"),
    "date": ("a date such as 2026-11-22", "日期，例如 2026-11-22"),
    "datetime": ("an instant such as 2026-11-22T08:00:00Z", "时间，例如 2026-11-22T08:00:00Z"),
    "time": ("a time such as 08:00:00", "时刻，例如 08:00:00"),
    "timedelta": ("a duration", "时长"),
    "url": ("an absolute URL", "完整的网址"),
    "uuid": ("a UUID", "UUID"),
    "bytes": ("text", "文本"),
    "none": ("null", "null"),
}

_CODES: Final[dict[str, str]] = {
    "missing": "field.missing",
    "extra_forbidden": "field.unknown",
    "string_too_short": "field.too_short",
    "string_too_long": "field.too_long",
    "too_short": "field.too_few_items",
    "too_long": "field.too_many_items",
    "string_pattern_mismatch": "field.wrong_format",
    "greater_than": "field.too_small",
    "greater_than_equal": "field.too_small",
    "less_than": "field.too_large",
    "less_than_equal": "field.too_large",
    "multiple_of": "field.not_a_multiple",
    "decimal_max_digits": "field.too_many_digits",
    "decimal_max_places": "field.too_many_digits",
    "decimal_whole_digits": "field.too_many_digits",
    "int_parsing_size": "field.too_many_digits",
    "enum": "field.not_one_of",
    "literal_error": "field.not_one_of",
    "union_tag_invalid": "field.not_one_of",
    "timezone_aware": "field.no_time_zone",
    "implausible_instant": "field.implausible_instant",
    "finite_number": "field.not_finite",
    "unseen_character": "field.unseen_character",
    "language_tag": "field.language_tag",
    "url_unusable": "field.url_unusable",
    "language_repeated": "field.language_repeated",
}

_BOUNDS: Final[dict[str, tuple[str, str]]] = {
    "gt": ("above", "大于"),
    "ge": ("at least", "不小于"),
    "lt": ("below", "小于"),
    "le": ("at most", "不大于"),
}

_PLACES: Final = ("query", "path", "header", "cookie")
# How pydantic ends the place of a fault in the name of a member.
_NAME: Final = "[key]"


def field_problem(error: ErrorDetails) -> FieldProblem:
    """One entry of pydantic's `errors()`, with FastAPI's `loc`, as a FieldProblem."""
    kind: str = error["type"]
    context: dict[str, object] = dict(error.get("ctx") or {})
    # A validator of a whole object may blame one member of it.
    at = pointer((*error["loc"], *[str(context[n]) for n in ("member",) if n in context]))
    if "." in kind:  # a code of our own, from PydanticCustomError("catalog.product.…", …)
        message = Text(error["msg"], error["msg"])
        return FieldProblem(at, kind, message, _WORDS["field.invalid"][1], context)
    code = _CODES.get(kind)
    if code is None:
        wanted = _TYPES.get(kind.partition("_")[0])
        code = "field.wrong_type" if wanted else "field.invalid"
        if wanted:
            context["wanted"], context["wanted_zh"] = wanted
        else:
            context["reason"] = _reason(error["msg"], context)
    for name, (en, zh) in _BOUNDS.items():
        if name in context:
            context["bound"] = f"{en} {context[name]}"
            context["bound_zh"] = f"{zh} {context[name]}"
    if kind == "union_tag_invalid":
        context["expected"] = context.get("expected_tags", "")
    if "expected" in context:
        context["expected_zh"] = str(context["expected"]).replace(" or ", "、").replace(", ", "、")
    text, fix = _WORDS[code]
    if words := _PATTERNS.get(str(context.get("pattern"))):
        text = Text(f"This must be {words.en}.", f"此处必须为{words.zh}。")
    return FieldProblem(at, code, text, fix, context)


def invalid(faults: Sequence[ErrorDetails]) -> Invalid:
    """Pydantic's `errors()`, with FastAPI's `loc`, as one refusal that lists the first of them."""
    named = [field_problem(fault) for fault in faults[:ERRORS_MAX]]
    return Invalid(problems=named, problem_count=len(faults))


def invalid_model(error: ValidationError, *, named_max: int = ERRORS_MAX) -> Invalid:
    """The same for a model that a route reads by itself; pointers start at the model."""
    faults = error.errors(include_url=False)
    named = [field_problem({**f, "loc": ("body", *f["loc"])}) for f in faults[:named_max]]
    return Invalid(problems=named, problem_count=len(faults))


def pointer(location: Sequence[str | int]) -> str:
    """A JSON Pointer into the body; outside the body it starts with the place, as /query/limit."""
    place = location[0] if location else "body"
    parts = location if place in _PLACES else location[1:]
    # What is wrong is the name of the member.
    if parts and parts[-1] == _NAME:
        parts = parts[:-1]
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _reason(message: str, context: dict[str, object]) -> str:
    """The message of a ValueError raised by a validator, or pydantic's own."""
    raised = context.get("error")
    return str(raised if isinstance(raised, Exception) else message).rstrip(".")


def explained() -> list[tuple[str, Text, Text]]:
    """Every code of this module with its texts, for the list of problem types."""
    return [(code, text, fix) for code, (text, fix) in _WORDS.items()]
