"""`manage.py issue_key`: a new API key for a channel, shown once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inventory.models import Warehouse
from orders.keys import SCOPES, issue_key
from orders.models import Channel


class Command(BaseCommand):
    """Prints nothing but the key on stdout, so that it can be piped."""

    help = "Issue an API key for a channel. Only its hash is stored: it is shown now and never again."

    def add_arguments(self, parser: CommandParser) -> None:
        """A channel, a name to recognise the key by, and what it opens."""
        parser.add_argument("channel", help="the channel's code")
        parser.add_argument("name", help="what the key is for, for people")
        parser.add_argument("--warehouse", help="the code of the one warehouse whose work it opens, for a 3PL")
        parser.add_argument("--scopes", nargs="+", choices=sorted(SCOPES), default=["orders:read", "products:read"])

    def handle(self, *args: Any, **options: Any) -> str:
        """The key."""
        channel = Channel.objects.filter(code=options["channel"]).first()
        if channel is None:
            known = ", ".join(Channel.objects.values_list("code", flat=True)) or "none yet"
            raise CommandError(f"There is no channel {options['channel']}. Channels: {known}.")
        warehouse = Warehouse.objects.filter(code=options["warehouse"]).first()
        if warehouse is None and options["warehouse"]:
            raise CommandError(f"There is no warehouse {options['warehouse']}.")
        try:
            return issue_key(channel=channel, name=options["name"], scopes=options["scopes"], warehouse=warehouse)
        except ValueError as refusal:
            raise CommandError(f"{refusal}.") from None
