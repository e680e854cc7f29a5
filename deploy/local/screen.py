"""What is on screen when the park is open: where things are, and how to use them."""

import json
from typing import TYPE_CHECKING

from deploy.local import checks
from deploy.local.console import note, say

if TYPE_CHECKING:
    from deploy.local.park import Park


def say_what_is_different(park: "Park") -> None:
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


def say_where(park: "Park", seconds: float) -> None:
    say(f"\n  The park is open, {seconds:.1f} s after the start.\n")
    for service in park.services:
        url = park.ports.url(service)
        say(f"  {service:<10} {url}   docs {url}/docs   worker :{park.ports.worker[service]}")


def say_credentials(park: "Park") -> None:
    path = park.state.credentials
    if path.exists():
        known = json.loads(path.read_text())
        say(f"\n  Credentials, also in {path}:")
        for who, values in known.items():
            say(f"  {who:<10} {values['client_id']}   {values['client_secret']}")
        if merchant := known.get("merchant"):
            say("\n  A token of the merchant:")
            say(f"  curl -s {park.ports.url('catalog')}/oauth/token \\")
            say("    -d grant_type=client_credentials \\")
            say(f"    -d client_id={merchant['client_id']} \\")
            say(f"    -d client_secret={merchant['client_secret']}")
    say(f"\n  Logs: {park.state.logs}/   Stop: Ctrl-C; data is kept, make reset forgets it")
