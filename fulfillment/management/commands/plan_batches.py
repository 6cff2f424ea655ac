"""`manage.py plan_batches`: which orders of a file to pick on one tour."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from fulfillment.picking import Batches, PlanningError, batches
from fulfillment.picking.batches import SECONDS
from fulfillment.picking.instances import orders_of, place_of, read_instance


class Command(BaseCommand):
    """Reads a file, writes the tours; needs no database. The formats are in `docs/formats.md`."""

    help = "Plan which orders are picked on one tour."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, the form of the answer, and how long to try."""
        parser.add_argument("instance", metavar="INSTANCE", help="A JSON file, or - for the standard input.")
        parser.add_argument("--json", action="store_true", help="One JSON document instead of the lines.")
        parser.add_argument("--seconds", type=float, default=SECONDS, help="Look for better tours for so long.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Nothing but the answer goes to the standard output."""
        try:
            instance = read_instance(options["instance"])
            place = place_of(instance)
            orders, capacity = orders_of(instance, place)
            found = batches(place, orders, capacity=capacity, seconds=options["seconds"], tell=self._tell)
        except PlanningError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(asdict(found), ensure_ascii=False))
            return
        for line in _lines(found):
            self.stdout.write(line)

    def _tell(self, said: str) -> None:
        self.stderr.write(said, self.style.NOTICE)


def _lines(found: Batches) -> Iterator[str]:
    """One line per tour, then what all of them walk and save."""
    for number, tour in enumerate(found.tours, start=1):
        yield f"{number:>4}  {tour.distance:>10,.1f} m  {', '.join(map(str, tour.orders))}"
    alone = found.one_order_per_tour
    saved = f", {1 - found.distance / alone:.0%} less" if alone else ""
    yield f"{found.distance:,.1f} m in all; {alone:,.1f} m with one order per tour{saved}"
