"""Suggestions of HS headings and the Harmonized System itself, as REST clients see them."""

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel, Field

from services.catalog.domain.classifications.evidence import Evidence, Ground, Known
from services.catalog.domain.classifications.hs_codes import HsCode
from services.catalog.domain.classifications.suggestion import (
    Classifier,
    Confidence,
    Hint,
    Suggestion,
    Suggestions,
)
from services.catalog.domain.classifications.tables import HsText
from shared.kernel.errors import Locale, Text
from shared.kernel.words import words

_HEADING: Final = 4
EDITION: Final = "HS 2022"

_BY_WORD: Final = Text(
    "“{said}” is a trade name of goods of {code}.", "“{said}”属于 {code} 的商品名称。"
)
_OF_MATERIAL: Final = Text(
    "“{said}” that is {features} belongs to {code}.", "{features} 的“{said}”归入 {code}。"
)
_IF_MATERIAL: Final = Text(
    "“{said}” would belong to {code} if it were {features}, which the title does not say.",
    "标题未注明材质等特征；若为 {features}，“{said}”归入 {code}。",
)
_ASSUMED: Final = Text(
    "“{said}” is usually {features}, and then belongs to {code}; the title does not say so.",
    "“{said}”通常为 {features}，归入 {code}；标题未注明。",
)
_BY_TEXT: Final = Text(
    "The texts of {code} have the words “{said}”.", "{code} 的条文含有“{said}”。"
)
_DETAILS: Final[Mapping[Known, Text]] = {
    Known.NAMED: _OF_MATERIAL,
    Known.ASSUMED: _ASSUMED,
    Known.POSSIBLE: _IF_MATERIAL,
}
_HINTS: Final[Mapping[Hint, Text]] = {
    Hint.MATERIAL: Text(
        "Say what it is mostly made of, in `material` or in the title.",
        "请在 material 或标题中注明主要材质。",
    ),
    Hint.GOODS: Text(
        "Name the goods in plain words, such as “table lamp”, without pattern and brand.",
        "请用通用名称说明商品，例如“台灯”，不含图案和品牌。",
    ),
    Hint.USE: Text("Say what it is used for, or by whom.", "请说明用途或使用者。"),
}


class TextsOut(BaseModel):
    en: str
    zh_cn: str | None = Field(
        default=None,
        serialization_alias="zh-CN",
        description="Our own wording, not official; a subheading has that of its heading.",
    )


class ReasonOut(BaseModel):
    """What in the title speaks for the code."""

    kind: Ground
    detail: str
    language: str
    said: str = Field(description="Words of the title, folded.")
    matched: str = Field(description="The word of the trade, or the words of the tariff's text.")
    code: str
    features: list[str] = Field(description="What the code asks for: material, wearer, occasion.")
    known: Known = Field(description="Whether the title names these features.")
    weight: float


class SuggestionOut(BaseModel):
    code: str = Field(
        description="Six digits where the words decide it, else four.", examples=["940550"]
    )
    description: str = Field(description="Of the code, in the language asked for.")
    texts: TextsOut
    heading: TextsOut
    score: float = Field(description="0 to 1, on one scale for all titles.")
    confidence: Confidence
    reasons: list[ReasonOut]


class HintOut(BaseModel):
    code: Hint
    detail: str


class SuggestionsOut(BaseModel):
    edition: str
    confidence: Confidence = Field(
        description="That the first suggestion is right; unknown without suggestions."
    )
    items: list[SuggestionOut] = Field(description="One for each heading, the best first.")
    hints: list[HintOut] = Field(description="What would make it more certain.")


class HsCodeOut(BaseModel):
    code: str
    level: int = Field(description="2: chapter, 4: heading, 6: subheading.")
    parent: str | None
    texts: TextsOut
    edition: str


def suggestions_out(found: Suggestions, classifier: Classifier, locale: Locale) -> SuggestionsOut:
    return SuggestionsOut.model_construct(
        edition=EDITION,
        confidence=found.confidence,
        items=[_suggestion_out(item, classifier, locale) for item in found.items],
        hints=[
            HintOut.model_construct(code=hint, detail=words(_HINTS[hint]).in_language(locale))
            for hint in found.hints
        ],
    )


def _suggestion_out(item: Suggestion, classifier: Classifier, locale: Locale) -> SuggestionOut:
    texts = classifier.texts
    of_code, of_heading = _texts_of(item.code, texts), _texts_of(item.code[:_HEADING], texts)
    return SuggestionOut.model_construct(
        code=item.code,
        description=of_code.zh_cn if locale == "zh-CN" and of_code.zh_cn else of_code.en,
        texts=of_code,
        heading=of_heading,
        score=item.score,
        confidence=item.confidence,
        reasons=[_reason_out(reason, classifier, locale) for reason in item.reasons],
    )


def _texts_of(code: str, texts: Mapping[str, HsText]) -> TextsOut:
    return TextsOut.model_construct(
        en=texts[code].description, zh_cn=texts[code[:_HEADING]].name_zh
    )


def _reason_out(reason: Evidence, classifier: Classifier, locale: Locale) -> ReasonOut:
    if reason.ground is Ground.HS_TEXT:
        template = _BY_TEXT
    else:
        template = _DETAILS[reason.known] if reason.features else _BY_WORD
    names = classifier.names_zh if locale == "zh-CN" else {}
    features = [names.get(feature, feature) for feature in reason.features]
    joined = "、".join(features) if locale == "zh-CN" else ", ".join(features)
    detail = words(template, said=reason.said, code=reason.code, features=joined)
    return ReasonOut.model_construct(
        kind=reason.ground,
        detail=detail.in_language(locale),
        language=reason.language,
        said=reason.said,
        matched=reason.matched,
        code=reason.code,
        features=list(reason.features),
        known=reason.known,
        weight=round(reason.weight, 3),
    )


def hs_code_out(found: HsCode) -> HsCodeOut:
    return HsCodeOut.model_construct(
        code=found.code,
        level=found.level,
        parent=found.parent,
        texts=TextsOut.model_construct(en=found.description, zh_cn=found.name_zh),
        edition=found.edition,
    )
