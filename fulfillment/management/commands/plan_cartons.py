"""`manage.py plan_cartons`: which cartons for the orders of a file, and where in them each unit lies."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from fulfillment.packing.entries import BadInstance
from fulfillment.packing.goods import Plan
from fulfillment.packing.instance import Instance, answer, read_instance, solve

TOLD_EVERY = 100  # orders


class Command(BaseCommand):
    """Reads a file, writes the plans; needs no database. The formats are in `docs/formats.md`."""

    help = "Plan the cartons of the orders in a file."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, and the form of the answer."""
        parser.add_argument("instance", metavar="INSTANCE", help="A JSON file, or - for the standard input.")
        parser.add_argument("--json", action="store_true", help="One JSON document instead of the lines.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Nothing but the answer goes to the standard output."""
        instance = _read(options["instance"])
        plans = solve(instance, told=self._tell)
        if options["json"]:
            self.stdout.write(json.dumps(answer(instance, plans), ensure_ascii=False))
            return
        for line in _lines(instance, plans):
            self.stdout.write(line)

    def _tell(self, done: int) -> None:
        if done % TOLD_EVERY == 0:
            self.stderr.write(f"{done:,} orders planned", self.style.NOTICE)


def _read(name: str) -> Instance:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
        return read_instance(text)
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{name} cannot be read: {error}") from error
    except BadInstance as error:
        raise CommandError(str(error)) from error


def _lines(instance: Instance, plans: list[Plan]) -> Iterator[str]:
    """An order, its cartons below it, and what they cost; then the total."""
    width = max((len(carton.name) for carton in instance.cartons), default=0)
    for order, made in zip(instance.orders, plans, strict=True):
        yield f"Order {order.id}: {_count(len(made.cartons), 'carton')}, cost {made.cost}"
        for filled in made.cartons:
            yield f"  {filled.carton.name:<{width}}  {_count(len(filled.items), 'unit'):>9}  {filled.gross_g:>7,} g"
        for sku in sorted(set(made.unpacked)):
            yield f"  {'no carton':<{width}}  {_count(made.unpacked.count(sku), 'unit'):>9}  of {sku}"
    yield f"{_count(sum(len(made.cartons) for made in plans), 'carton')} in all"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
