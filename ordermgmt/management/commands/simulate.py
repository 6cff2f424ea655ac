"""`manage.py simulate`: real orders, through all nine stages, by the programs that run the shop."""

import argparse
import json
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import httpx
from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser

from ordermgmt.management.commands.run import interruptible
from ordermgmt.sign_in import FIRST_USER, make_first_sign_in
from ordermgmt.simulation.desk import NoShop
from ordermgmt.simulation.faults import PARTNERS, PARTS
from ordermgmt.simulation.runs import Wish, private_shop, run_against, run_privately
from ordermgmt.simulation.shop import Shares
from ordermgmt.simulation.summary import Summary, as_table
from ordermgmt.simulation.watch import watching
from ordermgmt.stack.stack import Stack

INTERRUPTED = 130


class Command(BaseCommand):
    """Plays, shows how it goes, ends with a summary; exit code 0 only if every order ended and the books are right."""

    help = (
        "Place real baskets through the API with several clients at once and let the workers carry them through all "
        "nine stages. Starts a private stack, gone afterwards, unless --url and --key name a running one."
    )
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """A wrong argument is answered by one line."""
        return super().create_parser(prog_name, subcommand, usage=argparse.SUPPRESS, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How much, where, and what goes wrong on purpose."""
        parser.add_argument("--orders", type=partial(_whole, most=100_000), default=100, metavar="N")
        parser.add_argument("--seed", type=int, default=1, help="The same seed draws the same orders and decisions.")
        parser.add_argument(
            "--clients", type=partial(_whole, most=64), default=8, metavar="N", help="Shoppers at once."
        )
        parser.add_argument("--manual-share", type=_share, default=0.15, metavar="S", help="Orders that people pick.")
        parser.add_argument("--3pl-share", type=_share, default=0.1, metavar="S", dest="third_party_share")
        parser.add_argument("--kill", type=_parts, default=(), metavar="PARTS", help=f"kill -9 of {', '.join(PARTS)}.")
        parser.add_argument(
            "--faults", type=_partners, default=(), metavar="NAMES", help=f"Who works badly: {', '.join(PARTNERS)}."
        )
        parser.add_argument("--url", default="", help="A running shop instead of a private one.")
        parser.add_argument("--key", default="", help="Its API key, with all scopes.")
        parser.add_argument("--keep", action="store_true", help="Leave the private shop open until Ctrl-C.")
        parser.add_argument("--json", action="store_true", help="The summary as one JSON object; progress aside.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Returns on success only."""
        check(options)
        shares = Shares(options["manual_share"], options["third_party_share"])
        wish = Wish(options["orders"], options["seed"], options["clients"], shares, options["kill"], options["faults"])
        try:
            with interruptible():
                if options["url"]:
                    self.run_outside(wish, options)
                else:
                    self.run_inside(wish, options)
        except NoShop as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            raise CommandError("Stopped before the end.", returncode=INTERRUPTED) from None

    def run_outside(self, wish: Wish, options: dict[str, Any]) -> None:
        """Against a shop that runs."""
        with watching(wish.orders, aside=options["json"]) as watch:
            summary = run_against(options["url"].rstrip("/"), options["key"], wish, watch.show)
        self.tell(summary, as_json=options["json"])

    def run_inside(self, wish: Wish, options: dict[str, Any]) -> None:
        """On a stack that is made for this and ends with it."""
        sys.stderr.write("Starting a database, a broker, web, worker and beat of its own ...\n")
        errands = wish.errands()
        with private_shop(wish, errands) as (stack, keys):
            with watching(wish.orders, aside=options["json"]) as watch:
                summary = run_privately(stack, keys, wish, errands, watch.show)
            try:
                self.tell(summary, as_json=options["json"])
            finally:
                if options["keep"]:
                    keep_open(stack)

    def tell(self, summary: Summary, *, as_json: bool) -> None:
        """The summary, and an error if it is not a good one."""
        self.stdout.write(json.dumps(summary.as_json()) if as_json else as_table(summary))
        if not summary.ok:
            raise CommandError("Not every order came to its end in good order; see above.")


def check(options: dict[str, Any]) -> None:
    """What the parser cannot see; raises CommandError."""
    if bool(options["url"]) != bool(options["key"]):
        raise CommandError("--url and --key belong together.")
    if options["url"] and not is_address(options["url"]):
        raise CommandError("--url must be an address such as http://127.0.0.1:8000.")
    if not options["key"].isascii():
        raise CommandError("--key has characters that no key has.")
    if options["url"] and (options["kill"] or options["keep"] or options["faults"]):
        raise CommandError("--kill, --faults and --keep work on a private stack only, not with --url.")
    if options["manual_share"] + options["third_party_share"] > 1:
        raise CommandError("--manual-share and --3pl-share together are more than 1.")


def is_address(text: str) -> bool:
    """Whether a browser would understand it."""
    try:
        return httpx.URL(text).scheme in ("http", "https") and bool(httpx.URL(text).host)
    except httpx.InvalidURL:
        return False


def keep_open(stack: Stack) -> None:
    """Until Ctrl-C."""
    first = make_first_sign_in()
    password = first.password if first else ""
    sys.stderr.write(f"\nThe shop stays open: {stack.url}/ ({FIRST_USER}, {password}). Ctrl-C ends it.\n")
    with suppress(KeyboardInterrupt):
        while True:
            time.sleep(1)


def _whole(text: str, *, most: int) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise ArgumentTypeError(f"{text} is not a whole number from 1 to {most}")
    return int(text)


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise ArgumentTypeError(f"{text} is not a share from 0 to 1")
    return value


def _partners(text: str) -> Sequence[str]:
    names = tuple(dict.fromkeys(filter(None, text.split(","))))
    if wrong := [name for name in names if name not in PARTNERS]:
        raise ArgumentTypeError(f"cannot let {', '.join(wrong)} fail; those who can are {', '.join(PARTNERS)}")
    return names


def _parts(text: str) -> Sequence[str]:
    parts = tuple(dict.fromkeys(filter(None, text.split(","))))
    if wrong := [part for part in parts if part not in PARTS]:
        raise ArgumentTypeError(f"cannot kill {', '.join(wrong)}; the parts are {', '.join(PARTS)}")
    return parts
