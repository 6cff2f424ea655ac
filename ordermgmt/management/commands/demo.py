"""`manage.py demo`: fills an empty database with a shop and weeks of its past."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand
from django.db import DatabaseError
from rich.console import Console
from rich.progress import Progress

from ordermgmt.simulation.history import DatabaseInUse, load_demo
from orders.models import Order

FEWEST_ORDERS, FEWEST_DAYS = 60, 14


class Command(BaseCommand):
    """Loads the demo shop; refuses where there are products, orders or channels."""

    help = "Load the demo shop into an empty database: real baskets, placed over the last weeks, in every stage now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How much past, and which."""
        parser.add_argument("--orders", type=int, default=240, help=f"How many, at least {FEWEST_ORDERS}.")
        parser.add_argument("--days", type=int, default=45, help=f"How far back, at least {FEWEST_DAYS}.")
        parser.add_argument("--seed", type=int, default=1, help="The same seed gives the same history.")

    def handle(self, *args: Any, **options: Any) -> None:
        """All or nothing: a load that fails or is interrupted leaves the database as it was."""
        orders, days = options["orders"], options["days"]
        if orders < FEWEST_ORDERS or days < FEWEST_DAYS:
            raise CommandError(f"A believable past needs at least {FEWEST_ORDERS} orders and {FEWEST_DAYS} days.")
        quietly = options["verbosity"] == 0
        with Progress(console=Console(stderr=True), disable=quietly, transient=True) as progress:
            bar = progress.add_task("Loading the demo shop", total=1.0)

            def tick(share: float) -> None:
                progress.update(bar, completed=share)

            try:
                load_demo(orders=orders, days=days, seed=options["seed"], tick=tick)
            except DatabaseInUse as refusal:
                raise CommandError(str(refusal)) from None
            except DatabaseError as error:
                told = str(error).strip().replace("\n", ": ")
                raise CommandError(f"The demo shop could not be loaded, nothing was changed: {told}") from error
        if not quietly:
            self.stdout.write(f"The demo shop is loaded: {Order.objects.count():,} orders of the last {days} days.")
