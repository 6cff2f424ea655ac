"""`manage.py bench`: how many orders a second the shop takes, beside what its PostgreSQL could do at best."""

import argparse
import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser

from ordermgmt.bench.runs import NAMES, Wish, measure
from ordermgmt.bench.table import as_table
from ordermgmt.management.commands.run import interruptible
from ordermgmt.management.commands.simulate import INTERRUPTED


class Command(BaseCommand):
    """Measures on a private stack and tells how it goes; exit code 1 when an answer or the books are wrong."""

    help = (
        "Measure placing, bulk placing, one hot SKU and the first two stages on a private durable stack with "
        "production settings, beside the same writes by pgbench."
    )
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """A wrong argument is answered by one line."""
        return super().create_parser(prog_name, subcommand, usage=argparse.SUPPRESS, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What, for how long, how often."""
        parser.add_argument("--seconds", type=_whole, default=10, metavar="N", help="For each part in each round.")
        parser.add_argument("--rounds", type=_whole, default=3, metavar="N", help="Medians are shown.")
        parser.add_argument("--only", type=_names, default=NAMES, metavar="PARTS", help=f"Of {', '.join(NAMES)}.")
        parser.add_argument("--json", action="store_true", help="A list of rows instead of the table.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Returns only when every answer was right and the books are."""
        tell("Starting a database, a broker and a web of its own ...")
        wish = Wish(options["seconds"], options["rounds"], options["only"])
        try:
            with interruptible():
                result = measure(wish, tell)
        except KeyboardInterrupt:
            raise CommandError("Stopped before the end.", returncode=INTERRUPTED) from None
        except (ConnectionError, TimeoutError) as error:
            raise CommandError(f"The web went away: {error}") from None
        if options["json"]:
            self.stdout.write(json.dumps([row.as_json() for row in result.rows]))
        else:
            self.stdout.write(as_table(result.rows, measured_on=result.measured_on))
        if result.faults:
            raise CommandError("\n".join(result.faults))


def tell(text: str) -> None:
    """Progress, aside: standard output is for the result."""
    sys.stderr.write(f"{text}\n")


def _whole(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 600:
        raise ArgumentTypeError(f"{text} is not a whole number from 1 to 600")
    return int(text)


def _names(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(filter(None, text.split(","))))
    if wrong := [name for name in names if name not in NAMES]:
        raise ArgumentTypeError(f"cannot measure {', '.join(wrong)}; the parts are {', '.join(NAMES)}")
    return names
