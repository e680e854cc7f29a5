"""A table of `data/` that was written by hand, and what is wrong with one."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.data.csv_files import CsvRow, read_rows


@dataclass(frozen=True)
class Table:
    """`key`: the columns that no two rows have in common. `rules` yield one line per fault."""

    file: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    rows: int
    rules: Callable[["Tables"], Iterator[str]]


class Tables:
    """Reads each file of a folder once, by its name without `.csv`."""

    def __init__(self, folder: Path, codes: Path) -> None:
        self._folder, self._codes = folder, codes
        self._read: dict[str, list[CsvRow]] = {}

    def __getitem__(self, name: str) -> list[CsvRow]:
        if name not in self._read:
            path = self._codes if name == "codes" else self._folder / f"{name}.csv"
            self._read[name] = read_rows(path)
        return self._read[name]

    def column(self, name: str, column: str) -> set[str]:
        return {row[column] for row in self[name]}


def faults_of(table: Table, tables: Tables) -> list[str]:
    """One line per fault; without the right columns no other rule can be checked."""
    rows = tables[table.file]
    if tuple(rows[0]) != table.columns:
        return [f"{table.file}: columns are {', '.join(rows[0])}"]
    keys = Counter(tuple(row[column] for column in table.key) for row in rows)
    found = [f"{' '.join(key)} is there {count} times" for key, count in keys.items() if count > 1]
    if len(rows) != table.rows:
        found.append(f"{len(rows)} rows instead of {table.rows}")
    return [f"{table.file}: {fault}" for fault in (*found, *table.rules(tables))]
