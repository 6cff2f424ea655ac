"""`manage.py kpis`: every figure of a window, and `kpis rebuild`: the facts behind them, made again or compared."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date, timedelta
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand

from kpis import windows
from kpis.figures import CUTS, report
from kpis.fold import check, fold_all, rebuild

MOST_SHOWN = 20
DAYS = 30


class Command(BaseCommand):
    """Folds what has settled first, so that the figures are of now."""

    help = "Show the figures of a window, taken apart by a cut; or rebuild the facts they are computed from."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`kpis --from D --to D [--by CUT] [--json]`, `kpis rebuild [--check]`."""
        parser.add_argument("action", nargs="?", choices=["show", "rebuild"], default="show")
        parser.add_argument("--from", dest="first", type=_day, metavar="DAY", help="First day; default 30 days back.")
        parser.add_argument("--to", dest="last", type=_day, metavar="DAY", help="The day after the last.")
        parser.add_argument("--by", choices=CUTS, default="", help="Take the figures apart.")
        parser.add_argument("--json", action="store_true", help="As programs read it.")
        parser.add_argument("--check", action="store_true", help="Compare with facts from scratch; change nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 1 when a check finds a difference."""
        if options["action"] == "rebuild":
            return self._rebuild(only_check=options["check"])
        last = options["last"] or windows.today() + timedelta(days=1)
        first = options["first"] or last - timedelta(days=DAYS)
        if first >= last:
            raise CommandError(f"--from {first} is not before --to {last}.")
        for _ in fold_all():
            pass
        told = report(first, last, by=options["by"])
        if options["json"]:
            self.stdout.write(json.dumps(told, default=float))
        else:
            self._show(told)
        return None

    def _show(self, told: dict[str, Any], indent: str = "") -> None:
        for name, value in told.items():
            if isinstance(value, dict):
                self.stdout.write(f"{indent}{name or '(none)'}")
                self._show(value, indent + "  ")
            else:
                shown = "no data" if value is None else f"{value:.4f}" if isinstance(value, float) else value
                self.stdout.write(f"{indent}{name or '(none)':<22} {shown}")

    def _rebuild(self, *, only_check: bool) -> None:
        if not only_check:
            count = rebuild(self._progress)
            self.stdout.write(f"Made the facts of {count:,} orders again.")
            return
        differences = check(self._progress)
        for row in differences[:MOST_SHOWN]:
            self.stdout.write(f"{row.what} of order id {row.order_id}, only {row.side}: {row.row}")
        if differences:
            raise CommandError(f"{len(differences):,} facts differ from those made from scratch.")
        self.stdout.write("Every fact is as made from scratch.")

    def _progress(self, done: int, of: int) -> None:
        self.stderr.write(f"{done:,} of {of:,} orders")


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a day such as 2026-11-23") from None
    if not windows.EARLIEST <= day <= windows.LATEST:
        raise ArgumentTypeError(f"{text} is not from {windows.EARLIEST} to {windows.LATEST}")
    return day
