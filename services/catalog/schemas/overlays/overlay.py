"""Overlays, as REST clients see them."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.catalog.domain.overlays.overlay import MarketStatus, Overlay, StoredOverlay
from services.catalog.domain.overlays.stored import overlay_document
from services.catalog.domain.products.details import MEDIA_MAX
from services.catalog.schemas.products.details import (
    Attributes,
    Highlights,
    MediaIn,
    Warnings,
)
from services.catalog.schemas.products.patch import LinePatch, LinesPatch, ListsPatch
from services.catalog.schemas.products.product import MediaOut
from shared.documents.faults import invalid_model
from shared.documents.fields import Body
from shared.documents.text import Line, LineByLanguage, LinesByLanguage
from shared.kernel.json import JsonObject, merged


class OverlayIn(Body):
    """What differs in the market. What is left out or null is as the product has it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"status": "active", "title": {"de": "Teelichthalter"}}]}
    )

    status: MarketStatus = MarketStatus.DRAFT
    title: LineByLanguage = Field(default={}, description="By language; others are the product's.")
    brand: Line | None = None
    material: Line | None = None
    attributes: Attributes = Field(
        default={},
        description="A merge patch (RFC 7396) over the product's: null takes an attribute away.",
    )
    description: LinesByLanguage = Field(default={})
    highlights: Highlights = Field(default={}, description="Short selling points, by language.")
    warnings: Warnings = Field(default={}, description="Safety warnings, by language.")
    media: list[MediaIn] | None = Field(
        default=None,
        max_length=MEDIA_MAX,
        description="Take the place of all of the product's; [] shows none.",
    )

    def to_domain(self, market: str) -> Overlay:
        return Overlay(
            market=market,
            status=self.status,
            title=self.title,
            brand=self.brand,
            material=self.material,
            attributes=self.attributes,
            description=self.description,
            highlights={tag: tuple(lines) for tag, lines in self.highlights.items()},
            warnings={tag: tuple(lines) for tag, lines in self.warnings.items()},
            media=None if self.media is None else tuple([m.to_domain() for m in self.media]),
        )


class OverlayPatch(Body):
    """JSON merge patch (RFC 7396): what is absent stays; null goes back to what the product has."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "withdrawn"}]})

    status: MarketStatus | None = None
    title: LinePatch | None = None
    brand: Line | None = None
    material: Line | None = None
    attributes: JsonObject | None = None
    description: LinesPatch | None = None
    highlights: ListsPatch | None = None
    warnings: ListsPatch | None = None
    media: list[MediaIn] | None = None

    def apply(self, overlay: Overlay) -> Overlay:
        """Raises Invalid if the result is not a valid overlay."""
        patch = self.model_dump(mode="json", exclude_unset=True)
        document = {"status": overlay.status.value, **overlay_document(overlay)}
        try:
            changed = OverlayIn.model_validate(merged(document, patch))
        except ValidationError as error:
            raise invalid_model(error) from error
        return changed.to_domain(overlay.market)


class OverlayOut(BaseModel):
    id: str = Field(examples=["ovl_0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"])
    product_id: str
    merchant_id: str
    sku: str
    market: str = Field(examples=["DE"])
    status: MarketStatus
    title: dict[str, str] = Field(description="By language; others are the product's.")
    brand: str | None
    material: str | None
    attributes: JsonObject = Field(description="A merge patch over the product's.")
    description: dict[str, str]
    highlights: dict[str, list[str]]
    warnings: dict[str, list[str]]
    media: list[MediaOut] | None = Field(description="null: those of the product.")
    version: int = Field(description="Counts the changes; events carry it.")
    created_at: datetime
    updated_at: datetime


def overlay_out(stored: StoredOverlay) -> dict[str, object]:
    return {
        "id": stored.id,
        "product_id": stored.product_id,
        "merchant_id": stored.merchant_id,
        "sku": stored.sku,
        "market": stored.overlay.market,
        "status": stored.overlay.status,
        **overlay_document(stored.overlay),
        "version": stored.version,
        "created_at": stored.created_at,
        "updated_at": stored.updated_at,
    }
