"""The rules of the tables that were written by hand: columns, keys, counts, references."""

import math
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from deploy.data import acceptance, classifications, rates
from deploy.data.csv_files import CsvRow
from deploy.data.table import Table, Tables

_EARTH_RADIUS_KM: Final = 6371.0
_EVERYWHERE: Final = "*"
_CHAPTER: Final = 2
_DAY: Final = re.compile(r"20\d\d-\d\d-\d\d")


def _distance_km(tables: Tables, leg: CsvRow) -> float:
    """Along the great circle, by way of the technical stops."""
    at = {row["iata"]: row for row in tables["airports"]}
    stops = [leg["origin"], *leg["via"].split(), leg["destination"]]
    return sum(_great_circle_km(at[from_], at[to]) for from_, to in pairwise(stops))


def _great_circle_km(from_: CsvRow, to: CsvRow) -> float:
    lat1, lat2 = (math.radians(float(airport["latitude_deg"])) for airport in (from_, to))
    lon1, lon2 = (math.radians(float(airport["longitude_deg"])) for airport in (from_, to))
    chord = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * _EARTH_RADIUS_KM * math.asin(math.sqrt(chord))


def _leg_faults(tables: Tables, name: str) -> Iterator[str]:
    """What routes and onward legs have in common."""
    airports = tables.column("airports", "iata")
    carriers, vehicles = tables.column("carriers", "carrier"), tables.column("vehicles", "vehicle")
    for leg in tables[name]:
        way = f"{leg['origin']}-{leg['destination']}"
        if unknown := {leg["origin"], *leg["via"].split(), leg["destination"]} - airports:
            yield f"{way}: {', '.join(sorted(unknown))} is not in airports.csv"
            continue
        if leg["carrier"] not in carriers:
            yield f"{way}: {leg['carrier']} is not in carriers.csv"
        if leg["vehicle"] not in vehicles:
            yield f"{way}: {leg['vehicle']} is not in vehicles.csv"
        yield from _origin_faults(leg, way)
        if not (int(leg["weekly_frequency"]) > 0 and float(leg["payload_t"]) > 0):
            yield f"{way}: frequency and payload are not above zero"
        flown, km = _distance_km(tables, leg), int(leg["distance_km"])
        is_road = leg.get("mode") == "road"  # a quarter longer than the great circle
        if not (1.2 * flown < km < 1.3 * flown if is_road else abs(km - flown) <= 1):
            yield f"{way}: {km} km, the great circle has {flown:.0f}"


def _origin_faults(row: CsvRow, name: str) -> Iterator[str]:
    """Every row says where it is from, as of which day, and whether it was made up."""
    if not row["source"]:
        yield f"{name}: no source"
    if not _DAY.fullmatch(row["as_of"]):
        yield f"{name}: {row['as_of']} is no day"
    if row["basis"] not in {"reported", "synthetic"}:
        yield f"{name} is called {row['basis']}"


def _routes(tables: Tables) -> Iterator[str]:
    yield from _own_routes(tables, "routes")
    international = [row for row in tables["routes"] if row["scope"] == "international"]
    if len(international) != 45:
        yield f"{len(international)} international routes instead of 45"


def _own_routes(tables: Tables, name: str) -> Iterator[str]:
    """Routes from the park's airport."""
    yield from _leg_faults(tables, name)
    countries = {row["iata"]: row["country_iso2"] for row in tables["airports"]}
    for route in tables[name]:
        to, is_home = route["destination"], countries.get(route["destination"]) == "CN"
        if route["origin"] != "EHU":
            yield f"{route['origin']}-{to} does not start at EHU"
        if route["scope"] != ("domestic" if is_home else "international"):
            yield f"EHU-{to} is called {route['scope']}"
        if route["basis"] == "reported" and not route["note"]:
            yield f"EHU-{to} is reported, and no note says when"


def _parallel_routes(tables: Tables) -> Iterator[str]:
    yield from _own_routes(tables, "parallel-routes")
    lanes = tables.column("routes", "destination")
    for route in tables["parallel-routes"]:
        if route["destination"] not in lanes:
            yield f"EHU-{route['destination']} is no lane of routes.csv"
        if route["basis"] != "synthetic":
            yield f"EHU-{route['destination']} is called {route['basis']}"


def _onward_legs(tables: Tables) -> Iterator[str]:
    yield from _leg_faults(tables, "onward-legs")
    for leg in tables["onward-legs"]:
        way = f"{leg['origin']}-{leg['destination']}"
        if (leg["mode"] == "road") != (leg["vehicle"] == "truck"):
            yield f"{way}: a {leg['vehicle']} goes by {leg['mode']}"
        if leg["basis"] != "synthetic":
            yield f"{way} is called {leg['basis']}"


def _carriers(tables: Tables) -> Iterator[str]:
    for carrier in tables["carriers"]:
        name, prefix = carrier["carrier"], carrier["awb_prefix"]
        if not (len(prefix) == 3 and prefix.isdigit()):
            yield f"{name}: prefix {prefix} is not three digits"
        if bool(carrier["stock_first"]) != (carrier["basis"] == "synthetic"):
            yield f"{name}: only made-up carriers have waybill numbers"
        if carrier["stock_first"] and prefix != "000":
            yield f"{name}: {prefix} may be an airline's"
        yield from _origin_faults(carrier, name)


def _vehicles(tables: Tables) -> Iterator[str]:
    for vehicle in tables["vehicles"]:
        name = vehicle["vehicle"]
        if (vehicle["mode"] == "road") != (vehicle["kind"] == "truck"):
            yield f"{name}: a {vehicle['kind']} goes by {vehicle['mode']}"
        if not 0 < int(vehicle["range_km"]) <= int(vehicle["range_max_km"]):
            yield f"{name}: the longest range is {vehicle['range_max_km']} km"
        if int(vehicle["piece_kg_max"]) > int(vehicle["payload_kg"]):
            yield f"{name}: a piece may be heavier than the payload"
        yield from _origin_faults(vehicle, name)


def _embargoes(tables: Tables) -> Iterator[str]:
    countries = tables.column("country-places", "country")
    chapters = {code for code in tables.column("hs2022", "hscode") if len(code) == _CHAPTER}
    for row in tables["embargoes"]:
        name = f"{row['country']} {row['hs_prefix']}".strip()
        if row["country"] not in countries:
            yield f"{name} is not in country-places.csv"
        if row["hs_prefix"] and row["hs_prefix"][:_CHAPTER] not in chapters:
            yield f"{name}: there is no such chapter"
        if row["basis"] != "reported":
            yield f"{name}: an embargo is law, not {row['basis']}"
        if not (row["reason_en"] and row["reason_zh"]):
            yield f"{name}: the reason is missing in a language"
        yield from _origin_faults(row, name)


def _handling_times(tables: Tables) -> Iterator[str]:
    times = tables["handling-times"]
    for row in times:
        if row["airport"] not in {_EVERYWHERE} | tables.column("airports", "iata"):
            yield f"{row['airport']} is not in airports.csv"
        if not 0 < int(row["minutes"]) <= 24 * 60:
            yield f"{row['airport']} {row['step']}: {row['minutes']} minutes"
    for step in ("air_air", "air_road", "road_air", "road_road"):
        if not any(row["airport"] == _EVERYWHERE and row["step"] == step for row in times):
            yield f"no time for {step} where nothing else is said"


def _delivery_allowances(tables: Tables) -> Iterator[str]:
    countries = tables.column("delivery-allowances", "country")
    if unknown := countries - tables.column("country-places", "country") - {_EVERYWHERE}:
        yield f"{', '.join(sorted(unknown))} is not in country-places.csv"
    if _EVERYWHERE not in countries:
        yield "no allowance where nothing else is said"


def _emission_factors(tables: Tables) -> Iterator[str]:
    if len({(row["method"], row["method_version"]) for row in tables["emission-factors"]}) != 1:
        yield "more than one method: their values cannot be added up"
    for row in tables["emission-factors"]:
        if not row["source"]:
            yield f"{row['mode']} {row['vehicle_kind']}: nothing says where the value is from"


def _marketplaces(tables: Tables) -> Iterator[str]:
    stores = tables["marketplaces"]
    known = tables.column("country-places", "country")
    open_ones = sum(store["open_to_chinese_sellers_19"] == "true" for store in stores)
    if open_ones != 19:
        yield f"{open_ones} stores are open to Chinese sellers instead of 19"
    for store in stores:
        if store["country_iso2"] not in known:
            yield f"{store['code']}: {store['country_iso2']} is not in country-places.csv"
        if store["region"] not in {"NA", "EU", "FE"}:
            yield f"{store['code']}: there is no region {store['region']}"


def _belts(tables: Tables) -> Iterator[str]:
    known = tables.column("hs2022", "hscode")
    for belt in tables["belts"]:
        unknown = [code for code in belt["hs_headings"].split() if code not in known]
        if unknown:
            yield f"{belt['code']}: {', '.join(unknown)} is not in hs2022.csv"


def _codes(tables: Tables) -> Iterator[str]:
    rows = tables["codes"]
    kinds = Counter(row["kind"] for row in rows)
    if kinds != {"country": 222, "currency": 18}:
        yield f"{dict(kinds)} instead of 222 countries and 18 currencies"
    known = tables.column("country-places", "country")
    listed = Counter((row["kind"], row["code"]) for row in rows if row["basis"] == "listed")
    for (kind, code), count in listed.items():
        if count > 1:
            yield f"{kind} {code} is listed {count} times"
        if not (len(code) == 3 and code.isdigit()):
            yield f"{kind} {code} is not three digits"
    for row in rows:
        if row["kind"] == "country" and row["iso"] not in known:
            yield f"{row['iso']} is not in country-places.csv"
        if row["basis"] == "remainder" and row["code"] != "399":
            yield f"{row['iso']}: {row['code']} is not the code for the rest of Europe"


_ORIGIN: Final = ("source", "as_of", "basis")
_LEG: Final = ("carrier", "vehicle", "weekly_frequency", "payload_t", "distance_km", *_ORIGIN)
TABLES: Final = (
    Table(
        "routes",
        ("origin", "destination", "via", "scope", *_LEG, "note"),
        ("origin", "destination"),
        106,
        _routes,
    ),
    Table(
        "parallel-routes",
        ("origin", "destination", "via", "scope", *_LEG, "note"),
        ("origin", "destination", "carrier"),
        15,
        _parallel_routes,
    ),
    Table(
        "onward-legs",
        ("origin", "destination", "via", "mode", *_LEG, "note"),
        ("origin", "destination", "mode"),
        52,
        _onward_legs,
    ),
    Table(
        "carriers",
        ("carrier", "name", "awb_prefix", "stock_first", "stock_last", *_ORIGIN, "note"),
        ("carrier",),
        14,
        _carriers,
    ),
    Table(
        "vehicles",
        (
            *("vehicle", "mode", "kind", "name", "payload_kg", "volume_dm3", "uld_positions"),
            *("door_width_cm", "door_height_cm", "piece_kg_max", "range_km", "range_max_km"),
            *_ORIGIN,
            "note",
        ),
        ("vehicle",),
        12,
        _vehicles,
    ),
    Table(
        "embargoes",
        (
            *("country", "scope", "hs_prefix", "valid_from", "valid_to", *_ORIGIN),
            *("reason_en", "reason_zh"),
        ),
        ("country", "scope", "hs_prefix", "valid_from"),
        34,
        _embargoes,
    ),
    Table(
        "handling-times",
        ("airport", "step", "minutes", "basis", "note"),
        ("airport", "step"),
        8,
        _handling_times,
    ),
    Table(
        "delivery-allowances",
        ("country", "hours", "basis", "note"),
        ("country",),
        2,
        _delivery_allowances,
    ),
    Table(
        "emission-factors",
        (
            *("method", "method_version", "mode", "vehicle_kind", "over_km", "up_to_km"),
            *("ttw_g_per_tkm", "wtw_g_per_tkm", "data_category", "basis", "as_of", "source"),
        ),
        ("mode", "vehicle_kind", "over_km"),
        6,
        _emission_factors,
    ),
    Table(
        "marketplaces",
        (
            *("code", "country_iso2", "marketplace_id", "region", "domain", "currency"),
            *("languages", "plug_types", "mains", "size_system", "open_to_chinese_sellers_19"),
        ),
        ("code",),
        23,
        _marketplaces,
    ),
    Table(
        "belts",
        ("code", "name_en", "name_zh", "hs_headings", "region", "source", "as_of"),
        ("code",),
        10,
        _belts,
    ),
    *acceptance.TABLES,
    *classifications.TABLES,
    *rates.TABLES,
    Table("codes", ("kind", "iso", "code", "name_zh", "basis"), ("kind", "iso"), 240, _codes),
)
