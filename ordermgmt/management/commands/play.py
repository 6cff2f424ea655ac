"""`manage.py play`: keeps a running shop alive, as a part of `manage.py run`."""

import os
from argparse import ArgumentParser
from secrets import token_hex
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.core.management.base import BaseCommand

from ordermgmt.management.commands.run import interruptible
from ordermgmt.simulation.baskets import read_sample
from ordermgmt.simulation.dice import Dice
from ordermgmt.simulation.live import play
from ordermgmt.simulation.plan import plan_errands
from ordermgmt.simulation.session import Scene
from ordermgmt.simulation.shop import issue_keys
from orders.models import ApiKey

KEY_NAME = "Live demo"
SPARE = 8  # a small shop sells a part of the sample's articles, so that few of the baskets are whole there


class Command(BaseCommand):
    """Plays shoppers, staff, the third party, the manager and customers, slowly, until it is stopped."""

    help = "Place a real basket every few seconds over HTTP and play the people around it (PLAY_URL, PLAY_KEY)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How fast and how many; `make run` takes the defaults."""
        parser.add_argument("--every", type=float, default=10.0, metavar="SECONDS", help="Between two orders.")
        parser.add_argument("--orders", type=int, default=60, help="After so many, nobody buys any more.")
        parser.add_argument("--seed", type=int, default=1, help="The same seed draws the same orders.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Until SIGTERM or Ctrl-C."""
        if options["every"] <= 0 or options["orders"] < 0:
            raise CommandError("--every must be more than 0 seconds, --orders not below 0.")
        url = os.environ.get("PLAY_URL") or settings.BASE_URL
        key = os.environ.get("PLAY_KEY")
        keys = {"": key} if key else own_keys()
        dice = Dice(options["seed"])
        errands = plan_errands(read_sample(), options["orders"] * SPARE, dice=dice, prefix=f"live-{token_hex(4)}")
        try:
            with interruptible():
                play(Scene(url, keys, dice), errands, every=options["every"], most=options["orders"])
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")


def own_keys() -> dict[str, str]:
    """New keys for all channels, in place of those of the last time; raises CommandError in a shop without any."""
    ApiKey.objects.filter(name=KEY_NAME).delete()
    keys = issue_keys(KEY_NAME)
    if not keys:
        raise CommandError("There are no channels to sell through: load the demo shop, or set PLAY_KEY.")
    return keys
