"""From a broken rule (an error class) to one entry of `errors[]`, so that a body with five faults
is answered once with all five.
"""

from collections.abc import Sequence
from typing import Any

from shared.kernel.errors import AirlaneError, FieldProblem, Invalid


def problem(rule: type[AirlaneError], pointer: str, **params: Any) -> FieldProblem:
    return FieldProblem(pointer, rule.code, rule.text, rule.fix, params)


def refuse(problems: Sequence[FieldProblem]) -> None:
    """Raises Invalid with all problems, if there are any."""
    if problems:
        raise Invalid(problems=problems)
