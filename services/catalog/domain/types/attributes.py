"""The attributes of a product against its type: what a validator of JSON Schema found, in words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from shared.kernel.errors import FieldProblem, Invalid, Text
from shared.kernel.json import JsonObject

Path = tuple[str | int, ...]
# More findings than this about one product help nobody.
FAULTS_MAX: Final = 100
_OPTIONS_SHOWN: Final = 20
_FORMS_SHOWN: Final = 4


@dataclass(frozen=True, slots=True)
class AttributeFault:
    """A keyword of the schema that a value breaks. `path` leads to the value from the attributes.
    `limit`: what the keyword asks for; for anyOf and oneOf the first fault of each form.
    `is_of_one_value`: the rule stands at one attribute and needs none of the others.
    """

    path: Path
    keyword: str
    limit: object
    is_of_one_value: bool


@dataclass(frozen=True, slots=True)
class KnownType:
    """The newest version of a product type, ready to be used. `faults` runs its validator."""

    code: str
    version: int
    schema: JsonObject
    faults: Callable[[JsonObject], Sequence[AttributeFault]]

    def problems(self, attributes: JsonObject) -> list[FieldProblem]:
        """What the schema refuses. Pointers begin at the product: /attributes/length_in."""
        return [problem_of(fault, self.schema, self.code) for fault in self.faults(attributes)]

    def problems_of_part(self, attributes: JsonObject) -> list[FieldProblem]:
        """The same for attributes that others will add to: only rules of single attributes count,
        so nothing is missing yet.
        """
        found = self.faults(attributes)
        return [
            problem_of(fault, self.schema, self.code) for fault in found if fault.is_of_one_value
        ]


class AttributeMissing(Invalid):
    code = "catalog.attribute.missing"
    text = Text("{label} is required.", "缺少必填属性：{label_zh}。")
    fix = Text("Add it.{hint}", "请补充该属性。{hint}")


class AttributeUnknown(Invalid):
    code = "catalog.attribute.unknown"
    text = Text("The product type has no attribute {label}.", "该商品类型没有属性 {label_zh}。")
    fix = Text(
        "Remove it or correct its name: GET /v1/product-types/{product_type}/schema lists all.",
        "请删除或更正名称；全部属性见 GET /v1/product-types/{product_type}/schema。",
    )


class AttributeWrongType(Invalid):
    code = "catalog.attribute.wrong_type"
    text = Text("{label} must be {limit}.", "{label_zh} 必须为{limit_zh}。")
    fix = Text("Send a value of that type.{hint}", "请填写该类型的值。{hint}")


class AttributeTooSmall(Invalid):
    code = "catalog.attribute.too_small"
    text = Text("{label} must be {limit}.", "{label_zh} 必须{limit_zh}。")
    fix = Text("Check the value and its unit.{hint}", "请核对数值与单位。{hint}")


class AttributeTooLarge(Invalid):
    code = "catalog.attribute.too_large"
    text = Text("{label} must be {limit}.", "{label_zh} 必须{limit_zh}。")
    fix = Text("Check the value and its unit.{hint}", "请核对数值与单位。{hint}")


class AttributeNotAMultiple(Invalid):
    code = "catalog.attribute.not_a_multiple"
    text = Text("{label} must be a multiple of {limit}.", "{label_zh} 必须为 {limit} 的倍数。")
    fix = Text("Round it.{hint}", "请取整。{hint}")


class AttributeTooShort(Invalid):
    code = "catalog.attribute.too_short"
    text = Text(
        "{label} must have at least {limit} characters.", "{label_zh} 至少需要 {limit} 个字符。"
    )
    fix = Text("Lengthen it.{hint}", "请补足长度。{hint}")


class AttributeTooLong(Invalid):
    code = "catalog.attribute.too_long"
    text = Text("{label} must have at most {limit} characters.", "{label_zh} 最多 {limit} 个字符。")
    fix = Text("Shorten it.{hint}", "请缩短。{hint}")


class AttributeTooFewItems(Invalid):
    code = "catalog.attribute.too_few_items"
    text = Text("{label} must have at least {limit} entries.", "{label_zh} 至少需要 {limit} 项。")
    fix = Text("Add entries.{hint}", "请增加条目。{hint}")


class AttributeTooManyItems(Invalid):
    code = "catalog.attribute.too_many_items"
    text = Text("{label} must have at most {limit} entries.", "{label_zh} 最多 {limit} 项。")
    fix = Text("Remove entries.{hint}", "请减少条目。{hint}")


class AttributeRepeated(Invalid):
    code = "catalog.attribute.repeated"
    text = Text("An entry of {label} is there twice.", "{label_zh} 中有重复项。")
    fix = Text("List each once.{hint}", "每项只填写一次。{hint}")


class AttributeNotOneOf(Invalid):
    code = "catalog.attribute.not_one_of"
    text = Text("{label} must be one of: {limit}.", "{label_zh} 必须为以下之一：{limit}。")
    fix = Text("Choose one of them.{hint}", "请从中选择。{hint}")


class AttributeWrongFormat(Invalid):
    code = "catalog.attribute.wrong_format"
    text = Text("{label} must be {limit}.", "{label_zh} 必须为{limit_zh}。")
    fix = Text("Write it in that form.{hint}", "请按该格式填写。{hint}")


class AttributeFitsNoForm(Invalid):
    code = "catalog.attribute.fits_no_form"
    text = Text(
        "{label} fits none of the forms that are allowed: {limit}",
        "{label_zh} 不符合任何允许的形式：{limit_zh}",
    )
    fix = Text("Give it one of the forms.{hint}", "请采用其中一种形式。{hint}")


class AttributeNotAllowed(Invalid):
    code = "catalog.attribute.not_allowed"
    text = Text(
        "{label} breaks the rule {limit} of the product type.",
        "{label_zh} 不符合商品类型的规则 {limit}。",
    )
    fix = Text(
        "Compare it with GET /v1/product-types/{product_type}/schema.{hint}",
        "请对照 GET /v1/product-types/{product_type}/schema。{hint}",
    )


# Keyword of JSON Schema → what it is here. All others are AttributeNotAllowed.
_KINDS: Final[Mapping[str, type[Invalid]]] = {
    "required": AttributeMissing,
    "dependentRequired": AttributeMissing,
    "additionalProperties": AttributeUnknown,
    "unevaluatedProperties": AttributeUnknown,
    "propertyNames": AttributeUnknown,
    "falseSchema": AttributeUnknown,
    "type": AttributeWrongType,
    "minimum": AttributeTooSmall,
    "exclusiveMinimum": AttributeTooSmall,
    "maximum": AttributeTooLarge,
    "exclusiveMaximum": AttributeTooLarge,
    "multipleOf": AttributeNotAMultiple,
    "minLength": AttributeTooShort,
    "maxLength": AttributeTooLong,
    "minItems": AttributeTooFewItems,
    "maxItems": AttributeTooManyItems,
    "uniqueItems": AttributeRepeated,
    "enum": AttributeNotOneOf,
    "const": AttributeNotOneOf,
    "pattern": AttributeWrongFormat,
    "format": AttributeWrongFormat,
    "anyOf": AttributeFitsNoForm,
    "oneOf": AttributeFitsNoForm,
}
_TYPES: Final[Mapping[str, tuple[str, str]]] = {
    "string": ("text", "文本"),
    "integer": ("a whole number", "整数"),
    "number": ("a number", "数字"),
    "boolean": ("true or false", "true 或 false"),
    "object": ("an object", "对象"),
    "array": ("an array", "数组"),
    "null": ("null", "null"),
}
_BOUNDS: Final[Mapping[str, tuple[str, str]]] = {
    "minimum": ("at least", "不小于"),
    "exclusiveMinimum": ("above", "大于"),
    "maximum": ("at most", "不大于"),
    "exclusiveMaximum": ("below", "小于"),
}
FORMATS: Final[Mapping[str, tuple[str, str]]] = {
    "date": ("a date such as 2026-11-22", "日期，例如 2026-11-22"),
    "date-time": ("an instant such as 2026-11-22T08:00:00Z", "时间，例如 2026-11-22T08:00:00Z"),
    "time": ("a time such as 08:00:00Z", "时刻，例如 08:00:00Z"),
    "duration": ("a duration such as P1Y", "时长，例如 P1Y"),
    "email": ("an e-mail address", "电子邮箱"),
    "uri": ("an absolute URI", "完整的网址"),
    "uuid": ("a UUID", "UUID"),
}


def problem_of(fault: AttributeFault, schema: JsonObject, product_type: str) -> FieldProblem:
    """The fault in both languages, with the label, unit and description that the schema gives."""
    kind = _KINDS.get(fault.keyword, AttributeNotAllowed)
    at = "".join(f"/{_escaped(part)}" for part in ("attributes", *fault.path))
    return kind.at(at, product_type=product_type, **_words(fault, schema))


def _words(fault: AttributeFault, schema: JsonObject) -> dict[str, object]:
    nodes = list(_nodes(schema, fault.path))
    node = nodes[-1] if nodes else schema
    limit, limit_zh = _limit(fault, schema, unit=_text(node.get("x-unit")))
    description = _text(node.get("description")) if fault.path else ""
    return {
        "label": _label(fault.path, nodes, chinese=False) or "The set of attributes",
        "label_zh": _label(fault.path, nodes, chinese=True) or "属性整体",
        "limit": limit,
        "limit_zh": limit_zh,
        "hint": f" ({description})" if description else "",
    }


def _limit(fault: AttributeFault, schema: JsonObject, *, unit: str) -> tuple[str, str]:
    """What was wanted, as the texts above need it, in English and in Chinese."""
    keyword, limit = fault.keyword, fault.limit
    if keyword in _BOUNDS:
        en, zh = _BOUNDS[keyword]
        value = f"{limit} {unit}".strip()
        return f"{en} {value}", f"{zh} {value}"
    if keyword == "type" and isinstance(limit, Sequence):
        named = [_TYPES.get(str(one), (str(one), str(one))) for one in limit]
        return " or ".join(en for en, _ in named), "或".join(zh for _, zh in named)
    if keyword in {"enum", "const"}:
        options = list(limit) if isinstance(limit, (list, tuple)) else [limit]
        more = ", …" if len(options) > _OPTIONS_SHOWN else ""
        shown = ", ".join(str(option) for option in options[:_OPTIONS_SHOWN]) + more
        return shown, shown
    if keyword == "pattern":
        return f"of the form {limit}", f"格式 {limit}"
    if keyword in {"anyOf", "oneOf"} and isinstance(limit, Sequence):
        forms = [problem_of(one, schema, "") for one in limit[:_FORMS_SHOWN]]
        return (
            " / ".join(form.text.render("en", form.params) for form in forms),
            " / ".join(form.text.render("zh-CN", form.params) for form in forms),
        )
    plain = keyword if limit is None else str(limit)
    return FORMATS.get(plain, (plain, plain)) if keyword == "format" else (plain, plain)


def _label(path: Path, nodes: Sequence[JsonObject], *, chinese: bool) -> str:
    """Such as "Size › Length", or the plain names where the schema has no titles."""
    parts = []
    for index, part in enumerate(path):
        node = nodes[index + 1] if index + 1 < len(nodes) else {}
        title = _text(node.get("title"))
        if chinese:
            titles = node.get("x-titles")
            title = _text(titles.get("zh-CN")) if isinstance(titles, dict) else ""
            title = title or _text(node.get("title"))
        # An entry of a list is known by its place, also where entries have a title.
        parts.append(f"{title} {part + 1}".strip() if isinstance(part, int) else title or part)
    return " › ".join(parts)


def _nodes(schema: JsonObject, path: Path) -> Iterator[JsonObject]:
    """The subschemas that describe the way to a value, as far as they can be told: the whole, that
    of the first part, and so on. Rules that hold only sometimes (anyOf, if) describe nothing.
    """
    node = _resolved(schema, schema)
    yield node
    for part in path:
        if isinstance(part, int):
            prefix = node.get("prefixItems")
            inside = isinstance(prefix, list) and part < len(prefix)
            found = prefix[part] if inside and isinstance(prefix, list) else node.get("items")
        else:
            members = node.get("properties")
            found = members.get(part) if isinstance(members, dict) else None
        if not isinstance(found, dict):
            return
        node = _resolved(found, schema)
        yield node


def _resolved(node: JsonObject, schema: JsonObject) -> JsonObject:
    """With what it refers to; its own words come first."""
    for _ in range(8):
        reference = node.get("$ref")
        if not isinstance(reference, str):
            return node
        target = at_pointer(schema, unquote(reference.removeprefix("#")))
        if not isinstance(target, dict):
            return node
        node = target | {name: value for name, value in node.items() if name != "$ref"}
    return node


def at_pointer(document: object, pointer: str) -> object:
    """What a JSON Pointer (RFC 6901) leads to; None if there is nothing."""
    found = document
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(found, dict) and name in found:
            found = found[name]
        elif (
            isinstance(found, list) and name.isascii() and name.isdigit() and int(name) < len(found)
        ):
            found = found[int(name)]
        else:
            return None
    return found


def _escaped(part: str | int) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
