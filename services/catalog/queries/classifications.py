"""The Harmonized System for reading, and the tables of suggestions, read whole at the start."""

from typing import Final

from services.catalog.domain.classifications.hs_codes import HsCode, HsCodeNotFound
from services.catalog.domain.classifications.tables import (
    ClassificationTables,
    FamilyCode,
    HsText,
    Kind,
    TradeWord,
)
from shared.db import INTEGER, TEXT, Filters, Listing, Reader, Window, sql

_HS_SELECT: Final = "SELECT code, level, description, name_zh, edition FROM catalog.hs_codes"

_TEXTS: Final = sql(
    "SELECT code, level, description, name_zh FROM catalog.hs_codes ORDER BY code", HsText
)
_FAMILIES: Final = sql(
    """
    SELECT family, features, code, chance FROM catalog.classification_families
    ORDER BY family, features
    """,
    FamilyCode,
)
_HS_CODE: Final = sql(f"{_HS_SELECT} WHERE code = :code", HsCode, code=TEXT)
_HS_CODES: Final = Listing(
    _HS_SELECT,
    HsCode,
    order_by="code",
    after="code > :after_code",
    filters={
        "level": "level = :level",
        # The parent of a code is the code without its last two digits.
        "parent": "level > 2 AND left(code, level - 2) = :parent",
        "q": "strpos(lower(description), lower(:q)) > 0 OR strpos(name_zh, :q) > 0",
    },
    after_code=TEXT,
    level=INTEGER,
    parent=TEXT,
    q=TEXT,
)


def _word(kind: str, language: str, word: str, target: str, feature: str) -> TradeWord:
    return TradeWord(Kind(kind), language, word, target, feature)


_WORDS: Final = sql(
    """
    SELECT kind, language, word, target, feature FROM catalog.classification_words
    ORDER BY kind, language, word, target, feature
    """,
    _word,
)


async def read_classification_tables(reader: Reader) -> ClassificationTables:
    return ClassificationTables(
        texts=await reader.fetch_all(_TEXTS),
        words=await reader.fetch_all(_WORDS),
        families=await reader.fetch_all(_FAMILIES),
    )


async def get_hs_code(reader: Reader, *, code: str) -> HsCode:
    """Raises HsCodeNotFound."""
    found = await reader.fetch_first(_HS_CODE, code=code)
    if found is None:
        raise HsCodeNotFound
    return found


async def list_hs_codes(reader: Reader, window: Window, filters: Filters) -> list[HsCode]:
    """By code. Filters: level, parent, q (part of a text, in English or Chinese)."""
    return await _HS_CODES.page(reader, window, filters)
