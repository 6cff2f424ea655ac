"""`manage.py stages`: the nine stages, where their code is, and how many orders are there now."""

import json
from argparse import ArgumentParser
from dataclasses import asdict, dataclass
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Count

from orders.flow import STAGES
from orders.models import Order


@dataclass(frozen=True)
class Line:
    """One stage as it is shown."""

    number: int
    state: str
    app: str
    file: str
    orders: int


class Command(BaseCommand):
    """Prints nine lines, one per stage; orders that were rejected or cancelled are in none of them."""

    help = "The nine stages: number, state, app, file, orders now there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Only the form of the answer can be chosen."""
        parser.add_argument("--json", action="store_true", help="A JSON list instead of the lines.")

    def handle(self, *args: Any, **options: Any) -> None:
        """One query."""
        lines = stage_lines()
        if options["json"]:
            self.stdout.write(json.dumps([asdict(line) for line in lines]))
            return
        states, apps, files = (max(len(getattr(line, name)) for line in lines) for name in ("state", "app", "file"))
        for line in lines:
            self.stdout.write(
                f"{line.number}  {line.state:<{states}}  {line.app:<{apps}}  {line.file:<{files}}  {line.orders:>7,}"
            )


def stage_lines() -> list[Line]:
    """The nine stages in order with the orders that stand there."""
    standing = dict(Order.objects.order_by().values_list("state").annotate(Count("pk")))
    return [
        Line(stage.number, stage.state.value, stage.app, stage.file, standing.get(stage.state.value, 0))
        for stage in STAGES
    ]
