"""Reference data: industrial belts, overseas stores, HS 2022 (see data/SOURCES.md)."""

from services.catalog.migrations.reference import load_belts, load_hs_codes, load_stores

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    load_belts()
    load_stores(source="Selling Partner API, public documentation", as_of="2026-11-22")
    load_hs_codes(edition="HS 2022")
