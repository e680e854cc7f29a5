"""Refuses query parameters that a route does not know or that are repeated: if a misspelt filter
were ignored, the answer would be everything.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from fastapi._compat import field_annotation_is_sequence
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic.fields import FieldInfo
from starlette.requests import Request

from shared.kernel.errors import FieldProblem, Invalid, Text


class UnknownParameter(Invalid):
    code = "request.unknown_parameter"
    text = Text("The parameter {name} is not known here.", "此处没有参数 {name}。")
    fix = Text("Known parameters: {known}.", "可用参数：{known}。")


class RepeatedParameter(Invalid):
    code = "request.repeated_parameter"
    text = Text("The parameter {name} was sent more than once.", "参数 {name} 重复出现。")
    fix = Text("Send it once.", "请只发送一次。")


@dataclass(frozen=True)
class QueryRule:
    """The query parameters of a route: all of them, and those that may be repeated."""

    known: frozenset[str]
    lists: frozenset[str]

    @classmethod
    def of(cls, route: APIRoute) -> "QueryRule":
        fields = dict(_parameters(route.dependant))
        lists = {n for n, field in fields.items() if field_annotation_is_sequence(field.annotation)}
        return cls(frozenset(fields), frozenset(lists))

    def check(self, request: Request) -> None:
        """Raises Invalid with one fault for each parameter."""
        given = Counter(name for name, _ in request.query_params.multi_items())
        known = ", ".join(sorted(self.known)) or "–"
        faults = [
            _fault(UnknownParameter, name, known)
            if name not in self.known
            else _fault(RepeatedParameter, name, known)
            for name, count in given.items()
            if name not in self.known or (count > 1 and name not in self.lists)
        ]
        if faults:
            raise Invalid(problems=faults)


def _fault(kind: type[Invalid], name: str, known: str) -> FieldProblem:
    pointer = "/query/" + name.replace("~", "~0").replace("/", "~1")
    return FieldProblem(pointer, kind.code, kind.text, kind.fix, {"name": name, "known": known})


def _parameters(dependant: Dependant) -> Iterator[tuple[str, FieldInfo]]:
    for parameter in dependant.query_params:
        yield parameter.alias, parameter.field_info
    for below in dependant.dependencies:
        yield from _parameters(below)
