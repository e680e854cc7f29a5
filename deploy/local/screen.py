"""What is on screen when the park is open: where things are, and how to use them."""

import json

from deploy.local import checks
from deploy.local.addresses import make_line
from deploy.local.console import note, say
from deploy.local.park_processes import ParkProcesses
from shared.kernel.clock import ClockFile


def say_what_is_different(park: ParkProcesses) -> None:
    """What a person should know about this machine before anything starts."""
    state = park.state
    if not park.own_postgres:
        note("*_DATABASE_URL is set: that database is used, no PostgreSQL is started")
    elif park.data_dir != state.postgres:
        note(f"PostgreSQL does not run as root, and others cannot enter {state.home}:")
        note(f"its data is in {park.data_dir}")
    if not park.own_kafka:
        note("KAFKA_BOOTSTRAP_SERVERS is set: that Kafka is used, none is started")
    else:
        for finding in checks.broker():
            note(finding.text)


def say_where(park: ParkProcesses, seconds: float) -> None:
    say(f"\n  The park is open, {seconds:.1f} s after the start.\n")
    for service in park.services:
        url = park.ports.url(service)
        say(f"  {service:<10} {url}   docs {url}/docs   worker :{park.ports.worker(service)}")


def say_how_to_use(park: ParkProcesses, clock: ClockFile, *, has_world: bool) -> None:
    _say_credentials(park)
    world = (
        "plays along (WORLD=0 leaves it out)"
        if has_world
        else f"is left out; {make_line('world')} plays it"
    )
    say(f"\n  The world outside (customs office, scanners, airlines) {world}.")
    speed = "as fast as real time" if clock.rate == 1 else f"× {clock.rate:g}"
    say(
        f"  Business time is {clock.now():%Y-%m-%d %H:%M} UTC and passes {speed}; "
        f"{make_line('skip HOURS=6')} moves it on."
    )
    say(f"\n  Logs: {park.state.logs}/")
    say(f"  Stop: Ctrl-C; data is kept, {make_line('reset')} forgets it")


def _say_credentials(park: ParkProcesses) -> None:
    path = park.state.credentials
    if not path.exists():
        return
    known = json.loads(path.read_text())
    say(f"\n  Credentials, also in {path}:")
    for who, values in known.items():
        say(f"  {who:<10} {values['client_id']}   {values['client_secret']}")
