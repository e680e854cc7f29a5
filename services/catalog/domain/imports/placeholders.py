"""What people and programs write into a cell to say that there is nothing: `-`, `NULL`, `无`."""

from typing import Final

# Whatever the column is about.
_SIGNS: Final = frozenset(
    "- -- --- — —— – / // \\ # . .. … ／ － ～ ~ _ null (null) <null> n/a n.a. n\\a".split()
)
# May be a value where a type names it: a closure of none, the region NA.
_WORDS: Final = frozenset(
    ("na", "nil", "none", "无", "暂无", "空", "不适用", "待定", "not applicable", "does not apply")
)
_ALL: Final = _SIGNS | _WORDS
_LENGTH_MAX: Final = max(map(len, _ALL))
# Longer ones are no values of readers that take any text.
SHORT_MAX: Final = 4


def is_nothing(cell: object) -> bool:
    """Whether the whole cell says that there is no value. A blank one does not say so."""
    if not isinstance(cell, str) or len(cell) > _LENGTH_MAX + 2:
        return False
    return cell.strip().casefold() in _ALL


def is_sign_of_nothing(cell: str) -> bool:
    """One that is no value of any attribute."""
    return cell.strip().casefold() in _SIGNS
