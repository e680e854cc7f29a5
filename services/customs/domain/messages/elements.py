"""What an element of a CEB message may hold. Layouts are written as the specification writes them
(edition 202205), one element after the other:

    guid G36; preNo? C18; orderNo C..60; POD C3-4~; freight N19,5; gnum N5+; ieFlag C1 =E

`?` may be absent. `C36` has exactly 36 characters, `C..60` one to 60, `C3-4` three or four. `N5` is
a whole number of up to five digits, `N5+` one from 1 on, `N19,5` a decimal number of up to 19
digits, five of them after the point. `T14` is a time of that many digits, `G36` a guid. `=3` or
`=E|B|W` are the only values. `~`: white space is collapsed before the length counts.

The tables say what is written: what satisfies both the schema and the document of the edition,
where these differ. What is read may be more.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

# White space of XML 1.0. Other blanks are text there.
BLANKS: Final = " \t\n\r"
_BLANK_RUN: Final = re.compile(f"[{BLANKS}]+")
# XML 1.0 allows no other control characters, not even as references.
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPEC: Final = re.compile(
    r"^(\w+)(\?)? ([CNTG])(\.\.)?(\d+)(?:-(\d+))?(?:,(\d+))?(\+)?(~)?(?: =(\S+))?$"
)
_DECIMAL: Final = re.compile(r"[0-9]+(\.[0-9]+)?", re.ASCII)
_DATE: Final = "(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])"
_CLOCK: Final = "([01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]"
_TIMES: Final = {
    8: (re.compile(_DATE), "YYYYMMDD"),
    14: (re.compile(_DATE + _CLOCK), "YYYYMMDDhhmmss"),
    17: (re.compile(_DATE + _CLOCK + "[0-9]{3}"), "YYYYMMDDhhmmssfff"),
}


class Form(StrEnum):
    TEXT = "C"
    NUMBER = "N"
    TIME = "T"
    GUID = "G"


def clean(value: str) -> str:
    """Without what XML cannot carry: such characters become spaces."""
    return value if value.isprintable() else _NOT_XML.sub(" ", value)


@dataclass(frozen=True, slots=True)
class Element:
    """`length_min` and `length_max` count characters of a text, and digits of a number."""

    name: str
    is_obligatory: bool
    form: Form
    length_min: int
    length_max: int
    decimals: int = 0
    number_min: int = 0
    is_collapsed: bool = False
    allowed: tuple[str, ...] = ()

    def written(self, value: str) -> str:
        """The value as it is written: without blanks around it, guids in capitals."""
        if self.form is Form.GUID:
            return clean(value).strip().upper()
        # Letters and digits only: most values, and nothing to change about them.
        if value.isalnum():
            return value
        value = clean(value).strip()
        return _BLANK_RUN.sub(" ", value) if self.is_collapsed else value

    def fault(self, value: str | None) -> str | None:
        """What is wrong with the value (English, short), or None."""
        text = "" if value is None else self.written(value)
        if not text:
            return "is missing" if self.is_obligatory else None
        if self.allowed and text not in self.allowed:
            return f"must be {' or '.join(self.allowed)}"
        if self.form is Form.NUMBER:
            return self._number_fault(text)
        if not self.length_min <= len(text) <= self.length_max:
            return self._length_fault()
        return self._time_fault(text) if self.form is Form.TIME else None

    def _length_fault(self) -> str:
        if self.length_min == self.length_max:
            return f"must have {self.length_max} characters"
        if self.length_min > 1:
            return f"must have {self.length_min} to {self.length_max} characters"
        return f"may have at most {self.length_max} characters"

    def _number_fault(self, text: str) -> str | None:
        if not _DECIMAL.fullmatch(text):
            return "is not a number"
        whole, _, fraction = text.partition(".")
        if len(fraction) > self.decimals:
            return f"has more than {self.decimals} decimals" if self.decimals else "must be whole"
        if len(whole) + len(fraction) > self.length_max:
            return f"has more than {self.length_max} digits"
        if self.number_min and int(whole) < self.number_min:
            return f"must be {self.number_min} or more"
        return None

    def _time_fault(self, text: str) -> str | None:
        pattern, form = _TIMES[self.length_max]
        return None if pattern.fullmatch(text) else f"is not a time of the form {form}"


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The elements of one node, in the order in which they are written (xs:sequence). Each table
    is one object, and equal to itself only.
    """

    elements: tuple[Element, ...]
    names: frozenset[str]

    def __iter__(self) -> Iterator[Element]:
        return iter(self.elements)

    def __getitem__(self, name: str) -> Element:
        return next(element for element in self.elements if element.name == name)


NOTHING: Final = Layout((), frozenset())


def layout(spec: str) -> Layout:
    """Reads the notation above. It is written by programmers: a slip is an AssertionError."""
    parts = " ".join(spec.split()).rstrip(" ;")
    elements = tuple(_element(part) for part in parts.split("; "))
    names = frozenset(element.name for element in elements)
    assert len(names) == len(elements), spec
    return Layout(elements, names)


def _element(text: str) -> Element:
    match = _SPEC.match(text)
    assert match is not None, text
    name, optional, form, upto, first, last, decimals, positive, collapsed, allowed = match.groups()
    low, high = (1, int(first)) if upto else (int(first), int(last or first))
    return Element(
        name=name,
        is_obligatory=optional is None,
        form=Form(form),
        length_min=low,
        length_max=high,
        decimals=int(decimals or 0),
        number_min=1 if positive else 0,
        is_collapsed=collapsed is not None,
        allowed=tuple(allowed.split("|")) if allowed else (),
    )
