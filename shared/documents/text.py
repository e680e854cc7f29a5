"""Text that people read: names, titles, descriptions; and the same in several languages. Invisible
characters are refused, because they make two names look alike or a line read backwards.

Several scripts and most emoji need joiners (ZWJ, ZWNJ), so they are allowed after characters beyond
Latin. Marks that only guide the direction of a line (LRM, RLM, ALM) are harmless. A variation
selector chooses the form of one character, and tags follow a black flag. Anywhere else, or one
after the other, both can carry a whole text that nobody sees.
"""

import re
from typing import Annotated, Final, TypeVar

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from shared.kernel.json import as_kept
from shared.kernel.languages import TAG_PATTERN, canonical_tag

T = TypeVar("T")

_REFUSED: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # control characters, NEL (U+0085) among them
    "\u00ad\u200b\u2060-\u2064\ufeff\u180e"  # invisible: soft hyphen, zero-width space …
    "\u034f\u2800\u3164\uffa0"  # blanks that count as letters, symbols or marks
    "\u2028\u2029"  # ends of lines and paragraphs
    "\u202a-\u202e\u2066-\u206f"  # overrides, embeddings and isolates of direction
    "\ufff9-\ufffb\ufffe\uffff"  # interlinear annotations, noncharacters
    "\ud800-\udfff]"
    "|(?:(?<![^\x00-\u02ff])[\u200c\u200d])"  # a joiner after Latin, or at the beginning
    "|(?:(?<=[\ufe00-\ufe0f\U000e0100-\U000e01ef])[\ufe00-\ufe0f\U000e0100-\U000e01ef])"
    "|(?:(?<![\U0001f3f4\U000e0020-\U000e007e])[\U000e0000-\U000e007f])"
)


# Of what is refused, these count as printable.
_PRINTABLE: Final = re.compile("[\u034f\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def visible(text: str) -> str:
    """Returns the text. Raises PydanticCustomError (field.unseen_character) with the code point."""
    if not _is_plain(text):
        _refuse_unseen(text)
    return text


def visible_lines(text: str) -> str:
    """The same for text of several lines, with each line break as one line feed."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not _is_plain(text):
        _refuse_unseen(text.replace("\n", " ").replace("\t", " "))
    return text


def _is_plain(text: str) -> bool:
    """Usual text, in any script: found faster than the whole rule can be asked."""
    return text.isprintable() and (text.isascii() or _PRINTABLE.search(text) is None)


def _refuse_unseen(text: str) -> None:
    if (found := _REFUSED.search(text)) is not None:
        raise PydanticCustomError(
            "unseen_character",
            "the text holds the invisible character {character}",
            {"character": f"U+{ord(found[0]):04X}", "position": found.start()},
        )


# One line, without white space around it.
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(visible),
]

# Several lines, without white space around them.
Lines = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=5000),
    AfterValidator(visible_lines),
]


def by_language(texts: dict[str, T]) -> dict[str, T]:
    """The texts by language tag, each tag as it is usually written, in the order in which they are
    kept. Raises PydanticCustomError (field.language_tag, field.language_repeated).
    """
    written: dict[str, T] = {}
    for given, text in texts.items():
        tag = canonical_tag(given)
        if tag is None:
            raise PydanticCustomError("language_tag", "{tag} is no language tag", {"tag": given})
        if tag in written:
            raise PydanticCustomError("language_repeated", "{tag} is there twice", {"tag": tag})
        written[tag] = text
    return as_kept(written)


LANGUAGES_MAX: Final = 40
# Beside AfterValidator(by_language): how the names of the members look.
LANGUAGE_NAMES: Final = Field(
    max_length=LANGUAGES_MAX, json_schema_extra={"propertyNames": {"pattern": TAG_PATTERN}}
)
# One line in each of some languages: {"en": "Mug", "zh-CN": "马克杯"}.
LineByLanguage = Annotated[dict[str, Line], AfterValidator(by_language), LANGUAGE_NAMES]
LinesByLanguage = Annotated[dict[str, Lines], AfterValidator(by_language), LANGUAGE_NAMES]
