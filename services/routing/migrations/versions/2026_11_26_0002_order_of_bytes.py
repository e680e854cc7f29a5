"""Ids, codes and waybill numbers sort as bytes, whatever the locale; version 2 of the kit."""

from alembic import op

from shared.db.ddl import sort_as_bytes, upgrade_kit

revision = "0002"
down_revision = "0001"

_COLUMNS = {
    "airports": ("iata",),
    "carriers": ("carrier", "awb_prefix"),
    "country_places": ("country",),
    "delivery_allowances": ("country",),
    "early_facts": ("order_id", "kind", "tenant_id"),
    "flights": ("id", "route_id", "flight_number", "master_waybill"),
    "handling_times": ("airport", "step"),
    "routes": ("id", "origin", "destination", "mode"),
    "shipment_legs": ("shipment_id", "tenant_id", "flight_id"),
    "shipment_statuses": ("shipment_id", "tenant_id", "code", "airport", "flight_id"),
    "shipments": ("id", "tenant_id", "order_id", "house_waybill", "master_waybill"),
    "status_updates": ("id", "code", "airport", "flight_id", "house_waybill", "master_waybill"),
    "waybill_stock": ("awb_prefix",),
}


def upgrade() -> None:
    upgrade_kit(op, "routing", from_=1, to=2)
    for table, columns in _COLUMNS.items():
        sort_as_bytes(op, "routing", table, *columns)
