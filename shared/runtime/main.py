"""The command line of every service. Each command imports only what it runs: ten processes start on
two cores, and a worker does not need a web framework.
"""

import argparse
import asyncio
import gc
import importlib
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, NoReturn

from shared.kernel.json import JsonObject
from shared.settings import SettingsError

_SERVICES: Final = Path(__file__).resolve().parents[2] / "services"
# Faults that a person must fix, as opposed to those that a supervisor should retry.
EXIT_CONFIGURATION: Final = 2
EXIT_UNAVAILABLE: Final = 3


@dataclass(frozen=True)
class OwnCommand:
    """`function` is "module:function": it takes the settings and returns the line to print. It
    raises SettingsError for what a person must do differently. With an `argument`, it takes that as
    a second one. Without `needs_settings` it takes no settings, and runs without an environment.
    """

    name: str
    help: str
    function: str
    argument: str | None = None
    needs_settings: bool = True


def main(
    service: str,
    *,
    app: str | None = None,
    worker: str | None = None,
    settings: str | None = None,
    own: Sequence[OwnCommand] = (),
    argv: Sequence[str] | None = None,
) -> None:
    """Runs one command of `service` and exits. The factories are named "module:function"; by
    default `services.<service>.app:create_app`, `….worker:create_worker`, `….settings:Settings`.
    `own` are commands that only this service has.
    """
    factories = {
        "api": app or f"services.{service}.app:create_app",
        "worker": worker or f"services.{service}.worker:create_worker",
        "settings": settings or f"services.{service}.settings:Settings",
    }
    arguments = _parser(service, own).parse_args(argv)
    commands: dict[str, Callable[[str, dict[str, str], argparse.Namespace], int]] = {
        "api": _api,
        "worker": _worker,
        "migrate": _migrate,
        "openapi": _openapi,
        **{command.name: partial(_own, command) for command in own},
    }
    try:
        status = commands[arguments.command](service, factories, arguments)
    except SettingsError as error:
        without_settings = {command.name for command in own if not command.needs_settings}
        is_other = arguments.command in without_settings
        what = f"{arguments.command} failed" if is_other else "the settings are wrong"
        _fail(EXIT_CONFIGURATION, f"{service}: {what}", error.lines)
    except KeyboardInterrupt:
        status = 130
    sys.exit(status)


def _parser(service: str, own: Sequence[OwnCommand]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"python -m services.{service}", description=f"Airlane's service {service}."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("api", help="serve the REST API")
    commands.add_parser("worker", help="publish and consume events, run jobs")
    commands.add_parser("migrate", help="bring the database schema up to date, as its owner")
    openapi = commands.add_parser("openapi", help="write the OpenAPI document")
    openapi.add_argument("--check", action="store_true", help="only compare with the written one")
    openapi.add_argument("--stdout", action="store_true", help="print it instead")
    for command in own:
        parsed = commands.add_parser(command.name, help=command.help)
        if command.argument is not None:
            parsed.add_argument(command.argument)
    return parser


def _own(
    command: OwnCommand, service: str, factories: dict[str, str], given: argparse.Namespace
) -> int:
    settings = (_settings(service, factories),) if command.needs_settings else ()
    more = () if command.argument is None else (getattr(given, command.argument),)
    _print(f"{service}: {_named(command.function)(*settings, *more)}")
    return 0


def _api(service: str, factories: dict[str, str], _: argparse.Namespace) -> int:
    settings = _settings(service, factories)
    from shared.runtime.api import serve  # noqa: PLC0415

    app = _named(factories["api"])(settings)
    rest_the_collector()
    return serve(app, settings)


def _worker(service: str, factories: dict[str, str], _: argparse.Namespace) -> int:
    settings = _settings(service, factories)
    from shared.runtime.worker import run  # noqa: PLC0415

    worker = _named(factories["worker"])(settings)
    rest_the_collector()
    return run(worker)


def rest_the_collector() -> None:
    """Modules and tables live as long as the process, so the cyclic collector need not look at them
    again. Requests and events leave few cycles, so it may also run less often than by default
    (every 700 allocations); reference counting frees everything else at once.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _migrate(service: str, factories: dict[str, str], _: argparse.Namespace) -> int:
    settings = _settings(service, factories)
    if settings.owner_database_url is None:
        variable = f"{service.upper()}_OWNER_DATABASE_URL"
        raise SettingsError([f"{variable} is not set: migrations run as the owner role."])
    from shared.db.migrate import upgrade  # noqa: PLC0415

    try:
        changed = asyncio.run(upgrade(service, settings.owner_database_url))
    except OSError as error:
        _fail(EXIT_UNAVAILABLE, f"{service}: the database cannot be reached", [str(error)])
    _print(f"{service}: schema {'brought up to date' if changed else 'was up to date'}")
    return 0


def _openapi(service: str, factories: dict[str, str], arguments: argparse.Namespace) -> int:
    from shared.telemetry.logging import configure_logging  # noqa: PLC0415

    configure_logging(service, level="ERROR")  # standard output is for the document
    document = openapi_document(factories["api"], factories["settings"])
    path = _SERVICES / service / "openapi.json"
    if arguments.stdout:
        sys.stdout.write(document)
        return 0
    if not arguments.check:
        path.write_text(document, encoding="utf-8")
        _print(f"{service}: {path.name} written")
        return 0
    if path.exists() and path.read_text(encoding="utf-8") == document:
        return 0
    _print(f"{service}: openapi.json is stale; run: python -m services.{service} openapi")
    return 1


def openapi_document(app: str, settings: str) -> str:
    """The contract as canonical JSON. Needs no database and no environment."""
    values = _named(settings)(database_url="postgresql://nowhere/none")
    document: JsonObject = _named(app)(values).openapi()
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _settings(service: str, factories: dict[str, str]) -> Any:
    """Settings from the environment, and logging as they say. Raises SettingsError."""
    from shared.settings import load  # noqa: PLC0415
    from shared.telemetry.logging import configure_logging  # noqa: PLC0415

    settings = load(_named(factories["settings"]))
    configure_logging(service, level=settings.log_level)
    return settings


def _named(factory: str) -> Any:
    module, _, name = factory.partition(":")
    return getattr(importlib.import_module(module), name)


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")


def _fail(status: int, head: str, lines: Sequence[str]) -> NoReturn:
    sys.stderr.write("\n  ".join((f"{head}:", *lines)) + "\n")
    sys.stderr.flush()
    sys.exit(status)
