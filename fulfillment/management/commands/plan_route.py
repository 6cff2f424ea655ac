"""`manage.py plan_route`: the shortest walk to the stops of a file."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from fulfillment.picking import Graph, Layout, PlanningError, Route, drawn_route, route
from fulfillment.picking.instances import place_of, read_instance, stops_of


class Command(BaseCommand):
    """Reads a file, writes the walk; needs no database. The formats are in `docs/formats.md`."""

    help = "Plan the shortest walk of one picker."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, the form of the answer, and where to draw it."""
        parser.add_argument("instance", metavar="INSTANCE", help="A JSON file, or - for the standard input.")
        parser.add_argument("--json", action="store_true", help="One JSON document instead of the lines.")
        parser.add_argument("--svg", metavar="FILE", help="Draw the walk into this file; of a layout only.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Nothing but the answer goes to the standard output."""
        try:
            instance = read_instance(options["instance"])
            place = place_of(instance)
            found = route(place, stops_of(instance, place))
        except PlanningError as error:
            raise CommandError(str(error)) from error
        if options["svg"]:
            _draw(place, found, options["svg"])
        if options["json"]:
            self.stdout.write(json.dumps(_answer(found)))
            return
        for line in _lines(place, found):
            self.stdout.write(line)


def _answer(found: Route) -> dict[str, Any]:
    return {
        "distance": found.distance,
        "order": list(found.order),
        "s_shape": found.s_shape,
        "proven": found.proven,
        "lower_bound": found.lower_bound,
    }


def _draw(place: Layout | Graph, found: Route, name: str) -> None:
    if not isinstance(place, Layout):
        raise CommandError("Only a layout can be drawn: a graph does not say where its nodes are.")
    try:
        Path(name).write_text(drawn_route(place, found, title="Route"), encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{name} cannot be written: {error.strerror}.") from error


def _lines(place: Layout | Graph, found: Route) -> Iterator[str]:
    """One line per stop, then the metres and how good they are."""
    for number, stop in enumerate(found.order, start=1):
        aisle, bay = place.address(stop) if isinstance(place, Layout) else (None, None)
        where = f"  aisle {aisle}, bay {bay}" if bay else ""
        yield f"{number:>4}  node {stop}{where}"
    proof = "the shortest there is" if found.proven else f"none is shorter than {found.lower_bound:,.1f} m"
    yield f"{found.distance:,.1f} m, {proof}"
    if found.s_shape is not None:
        yield f"{found.s_shape:,.1f} m by the S-shape, {found.saved:,.1f} m saved"
