"""Builds the files of `data/` again from their sources, and checks the tables written by hand.

python -m deploy.data                          checks everything whose source is installed
python -m deploy.data NAME=SOURCE …            … and these against the source given
python -m deploy.data --write NAME[=SOURCE] …  writes these anew

NAME is a file of data/ without its ending: airports, country-places, country-airports,
airport-positions, feeders, delivery-regions, hs2022, hs2022-sections, orders-demo, rate-contracts,
last-mile-tariffs. Where each source is found stands in data/SOURCES.md.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from deploy.data.airports import AirportUnknown
from deploy.data.built_files import BUILT_FILES, DATA, BuiltFile, is_same
from deploy.data.harmonized_system import NotHarmonizedSystem
from deploy.data.table import Tables, faults_of
from deploy.data.tables import TABLES

CODES: Final = DATA.parent / "services" / "customs" / "reference" / "codes.csv"
_UNUSABLE: Final = (AirportUnknown, NotHarmonizedSystem, OSError, ValueError, LookupError)


def _name(file: BuiltFile) -> str:
    return file.name.partition(".")[0]


def _check_built(file: BuiltFile, source: Path | None) -> str:
    """What is wrong with it; empty if nothing is, or if there is nothing to compare it with."""
    source = source or file.installed_source()
    if source is None:
        print(f"  {file.name:<24} not compared: {_name(file)}=PATH names its source, {file.source}")
        return ""
    try:
        if is_same(file.build(source), file.path.read_bytes()):
            print(f"  {file.name:<24} as built from {source}")
            return ""
    except _UNUSABLE as error:
        return f"{file.name}: {source} cannot be used: {error}"
    return f"{file.name}: {source} makes another file; the committed one is from {file.made_from}"


def _check_tables() -> list[str]:
    tables, found = Tables(DATA, CODES), []
    for table in TABLES:
        faults = faults_of(table, tables)
        if not faults:
            print(f"  {table.file + '.csv':<24} {table.rows} rows, every rule holds")
        found += faults
    return found


def _write(file: BuiltFile, source: Path | None) -> str:
    source = source or file.installed_source()
    if source is None:
        return f"{file.name}: {_name(file)}=PATH names its source, {file.source}"
    try:
        content = file.build(source)
    except _UNUSABLE as error:
        return f"{file.name}: {source} cannot be used: {error}"
    file.path.write_bytes(content)
    print(f"  {file.name:<24} written from {source}")
    return ""


def _sources(parser: argparse.ArgumentParser, given: Iterable[str]) -> dict[str, Path | None]:
    """By name; None where the installed package is meant."""
    pairs = [argument.partition("=") for argument in given]
    sources = {name: Path(path) if path else None for name, _, path in pairs}
    names = [_name(file) for file in BUILT_FILES]
    if unknown := sorted(sources.keys() - set(names)):
        parser.error(f"{', '.join(unknown)}: choose from {', '.join(names)}")
    return sources


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m deploy.data",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--write", action="store_true", help="write the named files anew")
    parser.add_argument("sources", nargs="*", metavar="NAME=SOURCE")
    given = parser.parse_args(arguments)
    sources = _sources(parser, given.sources)
    if given.write:
        faults = [_write(f, sources[_name(f)]) for f in BUILT_FILES if _name(f) in sources]
    else:
        faults = [_check_built(file, sources.get(_name(file))) for file in BUILT_FILES]
        faults += _check_tables()
    faults = [fault for fault in faults if fault]
    for fault in faults:
        print(f"Fix: {fault}", file=sys.stderr)
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
