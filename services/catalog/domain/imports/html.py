"""Descriptions out of shop systems are HTML; ours are text."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Final

_TAG: Final = re.compile(
    r"</?(?:p|br|div|span|ul|ol|li|h[1-6]|b|strong|i|em|table|tr|td|img|a)\b", re.IGNORECASE
)
_BLOCKS: Final = frozenset("p br div ul ol li h1 h2 h3 h4 h5 h6 table tr".split())
_UNSEEN: Final = frozenset("script style head title".split())
_BLANK_LINES: Final = re.compile(r"\s*\n\s*")


def is_html(text: str) -> bool:
    return "<" in text and _TAG.search(text) is not None


def text_of_html(html: str) -> str:
    """What a browser shows of it, a line for each block, points of lists with a dash."""
    reader = _Text()
    # The parser looks through the rest of the text for the end of each tag that has none.
    # `<![if …]>` of Word is passed over as a comment: of others in that form it breaks off.
    tags, end, rest = html.replace("<![", "<!").rpartition(">")
    reader.feed(tags + end)
    reader.close()
    reader.handle_data(unescape(rest))
    lines = _BLANK_LINES.sub("\n", "".join(reader.pieces)).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines if line.strip())


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the interface
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag in _BLOCKS:
            self.pieces.append("\n- " if tag == "li" else "\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            # White space of the source is not shown.
            self.pieces.append(re.sub(r"\s+", " ", data))
