"""A line of the Harmonized System as clients read it."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from shared.kernel.errors import NotFound, Text

_LEVELS_APART: Final = 2


class HsLevel(IntEnum):
    """Digits of a code."""

    CHAPTER = 2
    HEADING = 4
    SUBHEADING = 6


class HsCodeNotFound(NotFound):
    code = "catalog.hs_code.not_found"
    text = Text("There is no such code in the Harmonized System.", "HS 编码中没有该编码。")


@dataclass(frozen=True, slots=True)
class HsCode:
    """`level`: see HsLevel. `name_zh`: our own wording, for chapters and headings only."""

    code: str
    level: int
    description: str
    name_zh: str | None
    edition: str

    @property
    def parent(self) -> str | None:
        return self.code[:-_LEVELS_APART] if self.level > _LEVELS_APART else None
