"""Why a document cannot be read at all, whichever door it comes by. What is wrong with one of its
fields is in `shared.documents.faults`.
"""

from shared.kernel.errors import AirlaneError, Invalid, Text, TooLarge


class Malformed(AirlaneError):
    """The request cannot even be read: not JSON, not UTF-8."""

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
    text = Text("JSON does not support {value}.", "JSON 不支持 {value}。")
    fix = Text("Send null or leave the field out.", "请使用 null 或省略该字段。")


class NumberTooLong(Malformed):
    code = "request.number_too_long"
    text = Text("A number in the body has thousands of digits.", "请求体中有数字多达数千位。")
    fix = Text("Send a smaller number.", "请发送较小的数字。")


class NestedTooDeep(Malformed):
    code = "request.nested_too_deep"
    text = Text(
        "Arrays and objects are nested deeper than {limit} levels.",
        "数组与对象的嵌套超过 {limit} 层。",
    )
    fix = Text("No request here needs more than ten levels.", "本接口的请求均不超过十层。")


class RepeatedName(Malformed):
    code = "request.repeated_name"
    text = Text("The object has two members named {name}.", "对象中出现两个名为 {name} 的成员。")
    fix = Text("Leave one of them out.", "请只保留一个。")


class TooManyValues(TooLarge):
    code = "request.too_many_values"
    text = Text(
        "The body has more than {limit} values, or more than {limit} members in one object.",
        "请求体中的值，或单个对象的成员，超过 {limit} 个。",
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
        "Text contains half of a surrogate pair, which is not a character.",
        "文本包含不成对的代理项，不是有效字符。",
    )
    fix = Text("Send whole characters in UTF-8.", "请以 UTF-8 发送完整字符。")
