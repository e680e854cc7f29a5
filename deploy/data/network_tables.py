"""The rules of the tables of the network: airports, carriers, vehicles, routes, times."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from deploy.data.csv_files import CsvRow
from deploy.data.great_circle import great_circle_km
from deploy.data.table import Table, Tables

_EVERYWHERE: Final = "*"
_CHAPTER: Final = 2
_APART_KM_MAX: Final = 1.0
_DAY: Final = re.compile(r"20\d\d-\d\d-\d\d")


def _distance_km(tables: Tables, leg: CsvRow) -> float:
    """Along the great circle, by way of the technical stops."""
    at = {
        row["iata"]: (float(row["latitude_deg"]), float(row["longitude_deg"]))
        for row in tables["airports"]
    }
    stops = [leg["origin"], *leg["via"].split(), leg["destination"]]
    return sum(great_circle_km(at[from_], at[to]) for from_, to in pairwise(stops))


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
        if abs(km - (1.25 * flown if is_road else flown)) > _APART_KM_MAX:
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
    yield from _made_up_legs(tables, "onward-legs")


def _feeders(tables: Tables) -> Iterator[str]:
    yield from _made_up_legs(tables, "feeders")
    numbers = [int(row["number"]) for row in tables["feeders"]]
    if len(set(numbers)) < len(numbers) or not 7_000 <= min(numbers) <= max(numbers) < 10_000:
        yield "numbers are not one for each row from 7000 to 9999"


def _made_up_legs(tables: Tables, name: str) -> Iterator[str]:
    yield from _leg_faults(tables, name)
    for leg in tables[name]:
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
        yield from _origin_faults(row, f"{row['airport']} {row['step']}")
    for step in ("air_air", "air_road", "road_air", "road_road"):
        if not any(row["airport"] == _EVERYWHERE and row["step"] == step for row in times):
            yield f"no time for {step} where nothing else is said"


def _station_times(tables: Tables) -> Iterator[str]:
    airports, carriers = tables.column("airports", "iata"), tables.column("carriers", "carrier")
    vehicles = tables.column("vehicles", "vehicle") | tables.column("vehicles", "kind")
    for row in tables["station-times"]:
        name = f"{row['step']} {row['station']}"
        for column, known in (("station", airports), ("carrier", carriers), ("vehicle", vehicles)):
            if row[column] not in known | {_EVERYWHERE}:
                yield f"{name}: {row[column]} is no {column}"
        if row["product"] not in {_EVERYWHERE, "general", "express"}:
            yield f"{name}: {row['product']} is no product"
        if not 0 <= int(row["minutes"]) <= 24 * 60:
            yield f"{name}: {row['minutes']} minutes"
        yield from _origin_faults(row, name)


def _postal_regions(tables: Tables) -> Iterator[str]:
    rows = tables["postal-regions"]
    airports = tables.column("airports", "iata")
    without_rest = {row["country"] for row in rows}
    without_rest -= {row["country"] for row in rows if not row["postal_prefixes"]}
    yield from (f"{country} has no rest" for country in sorted(without_rest))
    taken: set[tuple[str, str]] = set()
    for row in rows:
        name, country = row["region"], row["country"]
        if unknown := set(row["gateways"].split()) - airports:
            yield f"{name}: {', '.join(sorted(unknown))} is not in airports.csv"
        for prefix in row["postal_prefixes"].split() or [""]:
            if (country, prefix) in taken:
                yield f"{name}: {prefix or 'the rest'} belongs to another region, too"
            taken.add((country, prefix))
        yield from _origin_faults(row, name)


def _emission_factors(tables: Tables) -> Iterator[str]:
    if len({(row["method"], row["method_version"]) for row in tables["emission-factors"]}) != 1:
        yield "more than one method: their values cannot be added up"
    for row in tables["emission-factors"]:
        if not row["source"]:
            yield f"{row['mode']} {row['vehicle_kind']}: nothing says where the value is from"


_ORIGIN: Final = ("source", "as_of", "basis")
_LEG: Final = ("carrier", "vehicle", "weekly_frequency", "payload_t", "distance_km", *_ORIGIN)
NETWORK_TABLES: Final = (
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
        133,
        _onward_legs,
    ),
    Table(
        "feeders",
        ("number", "origin", "destination", "via", "mode", *_LEG, "note"),
        ("origin", "destination", "mode"),
        367,
        _feeders,
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
        ("airport", "step", "minutes", *_ORIGIN, "note"),
        ("airport", "step"),
        8,
        _handling_times,
    ),
    Table(
        "station-times",
        (
            *("step", "station", "carrier", "product", "vehicle", "handling_code", "minutes"),
            *_ORIGIN,
            "note",
        ),
        ("step", "station", "carrier", "product", "vehicle", "handling_code"),
        18,
        _station_times,
    ),
    Table(
        "postal-regions",
        (
            *("region", "country", "postal_prefixes", "name", "latitude_deg", "longitude_deg"),
            "gateways",
            *_ORIGIN,
        ),
        ("region",),
        137,
        _postal_regions,
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
)
