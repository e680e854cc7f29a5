"""`make bench`: all figures of the README in one run; also written to `.airlane/bench.json`."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from deploy.bench import (
    ceb,
    classification,
    declarations,
    events,
    http_ratio,
    imports,
    lists,
    lists_peak,
    order_lists,
    timetables,
    webhooks,
)
from deploy.bench.rig import ROOT, Figure, machine
from deploy.bench.storm import receipt_door, storm

STATE: Final = ROOT / ".airlane"
# A park of its own, beside one that may be running.
_CHAIN_ENV: Final = {
    "AIRLANE_STATE_DIR": str(STATE / "bench"),
    "RATE": "60",
    # No office plays along: lists wait for no answer.
    "CUSTOMS_SENDS": "507,509,603,605,607,213,215,701",
}


def chain_figures() -> list[Figure]:
    """Starts a park with all processes and measures inside it."""
    result = Path(_CHAIN_ENV["AIRLANE_STATE_DIR"]) / "chain.json"
    result.unlink(missing_ok=True)
    subprocess.run(
        [sys.executable, "-m", "deploy.local", "bench"],
        env={**os.environ, **_CHAIN_ENV},
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return [Figure.from_json(figure) for figure in json.loads(result.read_text())]


def routing_figures() -> list[Figure]:
    """Loads its graph libraries only when they are measured."""
    from deploy.bench.routes import measure

    return measure.measure()


PARTS: Final[dict[str, Callable[[], list[Figure]]]] = {
    "classification": classification.measure,
    "ceb": ceb.measure,
    "http": http_ratio.measure,
    "events": events.measure,
    "lists": lists.measure,
    "webhooks": webhooks.measure,
    "imports": imports.measure,
    "routing": routing_figures,
    "timetables": timetables.measure,
    "chain": chain_figures,
}
# They fill a disk and take many minutes: only when they are asked for.
LARGE: Final[dict[str, Callable[[], list[Figure]]]] = {
    "order-lists": order_lists.measure,
    "declarations": declarations.measure,
    "customs-storm": storm.measure,
    "receipt-door": receipt_door.measure,
    "lists-peak": lists_peak.measure,
}


def _line(figure: Figure) -> str:
    verdict = {None: "", True: "met", False: "MISSED"}[figure.met]
    sign = "≥" if figure.higher_is_better else "≤"
    goal = "" if figure.goal is None else f"goal {sign} {figure.goal:,g} {verdict}"
    note = f"  ({figure.note})" if figure.note else ""
    return f"  {figure.name:<52} {figure.value!s:>28} {figure.unit:<11} {goal}{note}".rstrip()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.bench", description=__doc__)
    parser.add_argument(
        "parts",
        nargs="*",
        metavar="PART",
        help=f"only these: {', '.join(PARTS)} (default: all); {', '.join(LARGE)}: large",
    )
    wanted = parser.parse_args(arguments).parts or list(PARTS)
    if unknown := set(wanted) - PARTS.keys() - LARGE.keys():
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    print(f"\n  {machine()}; medians (lowest–highest)\n")
    measured: list[Figure] = []
    for part in wanted:
        figures = (PARTS | LARGE)[part]()
        for figure in figures:
            print(_line(figure), flush=True)
        measured += figures
        print()
    STATE.mkdir(exist_ok=True)
    report = {"machine": machine(), "figures": [figure.as_json() for figure in measured]}
    (STATE / "bench.json").write_text(json.dumps(report, indent=1, ensure_ascii=False))
    missed = sum(figure.met is False for figure in measured)
    print(f"  {missed} of {sum(f.goal is not None for f in measured)} goals missed")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
