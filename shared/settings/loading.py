"""Reads settings from the environment, or says in a readable line what is wrong with a variable."""

from typing import Final, TypeVar

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings


class SettingsError(Exception):
    """The environment is wrong; `lines` says how, one line per variable."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        super().__init__("\n".join(lines))


S = TypeVar("S", bound=BaseSettings)

_SECRET_FIELDS: Final = ("url", "secret", "password", "token", "key")


def load(settings_class: type[S]) -> S:
    """Reads the environment. Raises SettingsError with one readable line per bad variable."""
    lines: list[str] = []
    parts: dict[str, BaseSettings] = {}
    for name, field in settings_class.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseSettings):
            try:
                parts[name] = field.annotation()
            except ValidationError as error:
                lines += _lines(field.annotation, error)
                parts[name] = field.annotation.model_construct()
    try:
        settings = settings_class(**parts)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError(_lines(settings_class, error) + lines) from error
    if lines:
        raise SettingsError(lines)
    return settings


def _lines(settings_class: type[BaseSettings], error: ValidationError) -> list[str]:
    lines = []
    for fault in error.errors(include_url=False):
        if not fault["loc"]:  # a fault of several variables together; the message names them
            lines.append(f"{fault['msg']}.")
            continue
        variable, field = _variable(settings_class, str(fault["loc"][0]))
        lines.append(_line(variable, field, fault["type"], fault["msg"], fault.get("input")))
    return lines


def _variable(settings_class: type[BaseSettings], name: str) -> tuple[str, FieldInfo | None]:
    """The environment variable behind an error's location: a field's name or its alias."""
    for field_name, field in settings_class.model_fields.items():
        alias = field.validation_alias
        if name in (field_name, alias):
            if isinstance(alias, str):
                return alias, field
            return f"{settings_class.model_config.get('env_prefix', '')}{field_name}".upper(), field
    return name, None


def _line(variable: str, field: FieldInfo | None, kind: str, message: str, given: object) -> str:
    about = f" ({field.description.rstrip('.')})" if field and field.description else ""
    if kind == "missing":
        return f"{variable} is not set{about}."
    # A connection string or key must not end up in a log because of a typo in it.
    secret = any(word in variable.lower() for word in _SECRET_FIELDS)
    value = "" if secret else f" = {str(given)[:60]!r}"
    return f"{variable}{value}: {message}{about}."
