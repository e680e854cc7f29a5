"""How a product is found: the words that stand for it in the index, and the words that a question
asks for. Both sides are made here, so that they cannot differ.

Words of the index are of four kinds, which cannot be taken for each other, nor for a beginning:
folded text has no capital letters and no colon.

    lamp, 假发, 发     a word; of a script without spaces every two characters, and the last one
    JF                 the initials of two Chinese characters as they are read
    :hs:670419         what the product is, for filters
    :of:mer_…          whose it is: a merchant's search reads only what is theirs
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from services.catalog.domain.products.folding import fold, runs_and_words
from services.catalog.domain.products.product import Product

# Raise it when the words of a product change: the worker then makes those of all products again.
EDITION: Final = 2
# A run of Chinese -> for each character the letters that its readings begin with, the usual first.
Initials = Callable[[str], Sequence[str]]

# PostgreSQL takes 2,046 bytes; longer words are compared in the folded text.
WORD_CHARS_MAX: Final = 100
# Between texts, so that no question reaches from one into the next.
_BORDER: Final = " | "
_NO_JOINERS: Final = str.maketrans("", "", "._-")
# As far as initials are asked for, a second reading is written out.
INITIALS_MAX: Final = 6


@dataclass(frozen=True, slots=True)
class SearchWords:
    """What the index has of a product: its words, without order, and all of its text, folded, with
    one space before and after every word.
    """

    words: str
    folded: str


@dataclass(frozen=True, slots=True)
class Searched:
    """What of a product its words are made of: if that is equal, so are they."""

    sku: str
    title: dict[str, str]
    hs_code: str
    origin_country: str
    battery: bool
    product_type: str | None
    parent_sku: str | None
    options: dict[str, str]
    gtin: str | None
    brand: str | None
    material: str | None


def searched(product: Product) -> Searched:
    variant = product.variant
    return Searched(
        product.sku,
        product.title,
        product.hs_code,
        product.origin_country,
        product.battery,
        product.product_type,
        None if variant is None else variant.parent_sku,
        {} if variant is None else variant.options,
        product.gtin,
        product.details.brand,
        product.details.material,
    )


def search_words(product: Product, merchant_id: str, initials: Initials) -> SearchWords:
    """The words of a product. `words` are separated by spaces and need no quoting."""
    words = set(_facts(product, merchant_id))
    lines: dict[str, None] = {}
    read: dict[str, None] = {}
    for language, text in _texts(product):
        found = runs_and_words(fold(text))
        lines[" ".join([run or word for run, word in found])] = None
        is_chinese = language[:2] == "zh" and language[2:3] in {"", "-"}
        for run, word in found:
            if run:
                # The last character stands alone: one is asked for as the beginning of a pair.
                words.update([run[at : at + 2] for at in range(len(run))])
                if is_chinese and len(run) > 1:
                    _add_initials(initials(run), words, read)
            else:
                words.add(word[:WORD_CHARS_MAX])
    lines.pop("", None)
    if read:
        lines[" ".join(read)] = None
    return SearchWords(" ".join(words), f" {_BORDER.join(lines)} ")


def fact(kind: str, value: str) -> str:
    """The word for what a product is. White space cannot be part of a word."""
    return f":{kind}:{'_'.join(value.split())}"


def brand_words(brand: str) -> str:
    """The same for a brand however it is written."""
    return " ".join([run or word for run, word in runs_and_words(fold(brand))])


def whole_number(gtin: str) -> str:
    """The same for a trade item however many digits it was written in, and found while typed."""
    return gtin.lstrip("0")


def _facts(product: Product, merchant_id: str) -> Iterator[str]:
    yield fact("of", merchant_id)
    yield fact("hs", product.hs_code)
    yield fact("from", product.origin_country)
    yield fact("battery", "yes" if product.battery else "no")
    if product.product_type is not None:
        yield fact("type", product.product_type)
    if product.variant is not None:
        yield fact("parent", product.variant.parent_sku)
    if product.gtin is not None:
        yield fact("gtin", whole_number(product.gtin))
    if product.details.brand is not None:
        yield fact("brand", brand_words(product.details.brand))


def _texts(product: Product) -> Iterator[tuple[str, str]]:
    """With their languages, where these are known."""
    yield from product.title.items()
    yield "", product.sku
    # As typed without its hyphens.
    yield "", product.sku.translate(_NO_JOINERS)
    yield "", product.hs_code
    if product.gtin is not None:
        yield "", whole_number(product.gtin)
    details = product.details
    more = [details.brand, details.material]
    if product.variant is not None:
        more += product.variant.options.values()
    for text in more:
        if text is not None:
            yield "", text


def _add_initials(letters: Sequence[str], words: set[str], read: dict[str, None]) -> None:
    """The initials of a run, and once more around each second reading of a character."""
    # A full stop where nothing is known: places stay what they are, and no question has one.
    usual = "".join([one[:1] or "." for one in letters]).upper()
    read[usual] = None
    words.update([usual[at : at + 2] for at in range(len(usual) - 1)])
    for at, one in enumerate(letters):
        if len(one) > 1:
            before = usual[max(0, at - INITIALS_MAX + 1) : at]
            other = one[1].upper()
            after = usual[at + 1 : at + INITIALS_MAX]
            read[before + other + after] = None
            words.update((before[-1:] + other, other + after[:1]))
