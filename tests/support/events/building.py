"""How every builder of this folder makes its payload."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from pydantic import BaseModel

# Every instant of a builder is counted from here.
AT: Final = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)

M = TypeVar("M", bound=BaseModel)


def built(model: type[M], defaults: Mapping[str, Any], changes: Mapping[str, Any]) -> M:
    """`defaults` with `changes`. A change of a field that `model` does not have is refused: the
    model itself would ignore it.
    """
    unknown = changes.keys() - model.model_fields.keys()
    assert not unknown, f"{model.__name__} has no field {sorted(unknown)}"
    return model.model_validate({**defaults, **changes})
