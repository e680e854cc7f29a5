"""The validator of JSON Schema: jsonschema-rs, which compiles a schema once and then checks a
product in a few microseconds (docs/adr/0021).

Patterns run on its linear engine, formats are checked, and nothing is ever fetched.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Final

from jsonschema_rs import Draft202012Validator, RegexOptions, ValidationError, ValidationErrorKind

from services.catalog.domain.types.attributes import FAULTS_MAX, AttributeFault
from services.catalog.domain.types.schema import SchemaInvalid, SchemaPatternUnusable
from shared.kernel.errors import FieldProblem
from shared.kernel.json import JsonObject

# Bytes of a compiled pattern.
_PATTERN_BYTES_MAX: Final = 256 * 1024
# Rules that stand at one attribute, whatever the others are.
_OF_ONE_VALUE: Final = ("properties", "patternProperties", "additionalProperties", "propertyNames")
_Kind: Final = ValidationErrorKind


def validator_of(schema: JsonObject) -> Callable[[JsonObject], list[AttributeFault]]:
    """Compiles a schema that `schema_fault` has nothing against."""
    compiled = _compiled(schema)
    is_valid, iter_errors = compiled.is_valid, compiled.iter_errors

    def faults(attributes: JsonObject) -> list[AttributeFault]:
        if is_valid(attributes):
            return []
        errors = islice(iter_errors(attributes), FAULTS_MAX)
        return [fault for error in errors for fault in _faults(error)][:FAULTS_MAX]

    return faults


def schema_fault(schema: JsonObject) -> FieldProblem | None:
    """What the meta-schema or a pattern's engine refuses; pointers begin at the type."""
    try:
        _compiled(schema)
    except ValidationError as error:
        return _schema_problem(error)
    return None


def _compiled(schema: JsonObject) -> Draft202012Validator:
    return Draft202012Validator(
        schema,
        pattern_options=RegexOptions(size_limit=_PATTERN_BYTES_MAX),
        validate_formats=True,
        ignore_unknown_formats=False,
        offline=True,
    )


def _schema_problem(error: ValidationError) -> FieldProblem:
    at = "".join(f"/{_escaped(part)}" for part in ("schema", *error.instance_path))
    if isinstance(error.kind, _Kind.Format) and error.kind.format == "regex":
        return SchemaPatternUnusable.at(at, pattern=error.instance)
    return SchemaInvalid.at(at, reason=error.message.rstrip("."))


def _faults(error: ValidationError) -> Iterator[AttributeFault]:
    """Usually one; one for each member that should not be there."""
    path, kind, keyword = tuple(error.instance_path), error.kind, error.kind.name
    is_of_one_value = bool(error.evaluation_path) and error.evaluation_path[0] in _OF_ONE_VALUE
    match kind:
        case _Kind.Required():
            yield AttributeFault((*path, kind.property), keyword, None, is_of_one_value)
        case _Kind.AdditionalProperties() | _Kind.UnevaluatedProperties():
            for name in kind.unexpected:
                yield AttributeFault((*path, name), keyword, None, is_of_one_value)
        case _Kind.PropertyNames():
            yield AttributeFault((*path, str(kind.error.instance)), keyword, None, is_of_one_value)
        case _Kind.AnyOf() | _Kind.OneOfNotValid():
            yield AttributeFault(path, keyword, _first_of_each(kind.context), is_of_one_value)
        case _Kind.OneOfMultipleValid():
            yield AttributeFault(path, "oneOf (more than one fits)", None, is_of_one_value)
        case _:
            yield AttributeFault(path, keyword, _limit(kind), is_of_one_value)


def _first_of_each(forms: Sequence[Sequence[ValidationError]]) -> list[AttributeFault]:
    return [
        fault for errors in forms for error in errors[:1] for fault in islice(_faults(error), 1)
    ]


def _limit(kind: ValidationErrorKind) -> object:
    match kind:
        case _Kind.Type():
            return kind.types
        case _Kind.Enum():
            return kind.options
        case _Kind.Constant():
            return [kind.expected_value]
        case _Kind.Not():
            return None
        case _:
            return kind.value


def _escaped(part: str | int) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")
