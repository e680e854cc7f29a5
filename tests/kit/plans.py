"""What a list reads: its statements explained instead of run."""

import json
from typing import Any

from shared.db import Reader, Statement
from shared.kernel.json import JsonObject


class Explaining(Reader):
    """Explains instead of reading: `plans` of the statements that lists would run."""

    __slots__ = ("plans",)

    def __init__(self, reader: Reader) -> None:
        super().__init__(reader._pooled, reader.tenant)
        self.plans: list[JsonObject] = []

    async def fetch_all(self, statement: Statement[Any], **values: object) -> list[Any]:
        text = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement.sql}"
        explained = await self._connection.fetchval(text, *statement.arguments(values))
        found = explained if isinstance(explained, list) else json.loads(explained)
        self.plans.append(found[0]["Plan"])
        return []


def touched(node: JsonObject) -> int:
    """What its scans returned or passed over."""
    own = 0
    if "Scan" in node["Node Type"]:
        passed_over = node.get("Rows Removed by Filter", 0) + node.get(
            "Rows Removed by Index Recheck", 0
        )
        own = int((node["Actual Rows"] + passed_over) * node["Actual Loops"])
    return own + sum(touched(inner) for inner in node.get("Plans", []))


def buffers(node: JsonObject) -> int:
    """Pages that it asked for."""
    return int(node["Shared Hit Blocks"] + node["Shared Read Blocks"])


def told(node: JsonObject, depth: int = 0) -> str:
    name = node.get("Index Name") or node.get("Relation Name") or ""
    line = f"\n{'  ' * depth}{node['Node Type']} {name} {node['Actual Rows']}"
    return line + "".join(told(inner, depth + 1) for inner in node.get("Plans", []))
