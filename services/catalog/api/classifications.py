"""Suggestions of HS headings, and the tree of the Harmonized System."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from services.catalog.api.deps import CatalogRead, Classifiers
from services.catalog.domain.classifications.hs_codes import HsLevel
from services.catalog.queries import classifications as queries
from services.catalog.schemas.classifications import (
    HsCodeOut,
    SuggestionsOut,
    hs_code_out,
    suggestions_out,
)
from shared.documents.faults import in_words
from shared.documents.text import Line
from shared.http import Page, PageOf, json_reply, problems
from shared.kernel.errors import Text

_SUGGESTIONS_MAX: Final = 20
# The texts are full of signs, such as %.
_SAYS_SOMETHING: Final = "[0-9A-Za-z]|[^ -~]"
_SAYS_SOMETHING_WORDS: Final = Text(
    "text with a letter, a digit or a Chinese sign", "含有字母、数字或汉字的文本"
)

classifications_api: Final = APIRouter(tags=["classifications"])


@classifications_api.get(
    "/v1/classifications:suggest", response_model=SuggestionsOut, responses=problems(422)
)
async def suggest_classification(
    call: CatalogRead,
    classifier: Classifiers,
    title: Annotated[
        Line,
        Query(
            description="What the goods are called, in English, Chinese or both.",
            examples=["White hanging heart T-light holder"],
        ),
    ],
    material: Annotated[
        Line | None,
        Query(description="What they are mostly made of.", examples=["Iron, painted"]),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=_SUGGESTIONS_MAX, description="Headings at most.")] = 5,
) -> Response:
    """Suggest headings and subheadings of HS 2022 for a title.

    Found by the words of the trade and the texts of the tariff, each suggestion with its reasons.
    It is no ruling: somebody who knows the goods confirms it. What the words do not tell is
    unknown: then the list is empty, and `hints` say what would help.
    """
    found = classifier.suggest(title, material=material or "", limit=limit)
    return json_reply(suggestions_out(found, classifier, call.locale))


@dataclass
class HsCodeFilters:
    level: Annotated[
        HsLevel | None, Query(description="2: chapters, 4: headings, 6: subheadings.")
    ] = None
    parent: Annotated[
        str | None,
        Query(
            pattern=r"^[0-9]{2}([0-9]{2})?$",
            description="The chapter or heading that they belong to.",
            examples=["9405"],
        ),
    ] = None
    q: Annotated[
        str | None,
        Query(
            pattern=in_words(_SAYS_SOMETHING, _SAYS_SOMETHING_WORDS),
            max_length=100,
            description="Part of a text, English or Chinese.",
        ),
    ] = None


@classifications_api.get("/v1/hs-codes", response_model=Page[HsCodeOut], responses=problems(422))
async def list_hs_codes(
    call: CatalogRead, given: Annotated[HsCodeFilters, Depends()], page: PageOf
) -> Response:
    """List the codes of HS 2022.

    Chapters, headings and subheadings in the order of their codes.
    """
    asked = page.of(given, str)
    async with call.read() as reader:
        found = await queries.list_hs_codes(reader, asked.window, asked.filters)
    return json_reply(asked.page(found, hs_code_out, key=lambda hs_code: (hs_code.code,)))


@classifications_api.get(
    "/v1/hs-codes/{hs_code}", response_model=HsCodeOut, responses=problems(404)
)
async def get_hs_code(
    hs_code: Annotated[str, Path(max_length=6, examples=["940550"])], call: CatalogRead
) -> Response:
    """Read a line of the Harmonized System."""
    async with call.read() as reader:
        found = await queries.get_hs_code(reader, code=hs_code)
    return json_reply(hs_code_out(found))
