"""`manage.py import_history FILE.csv`: past orders of another system, as facts for the figures."""

import json
from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser

from kpis.history_import import run, undo
from kpis.history_import.rows import BadFile
from kpis.models import HistoryImport

BY = "command"
MOST_SHOWN = 50


class Command(BaseCommand):
    """Orders that are wrong are refused whole and told with their lines; all the others are taken in."""

    help = "Take in a history of orders (docs/formats.md, or Shopify's order export), try it first, or undo it."

    def add_arguments(self, parser: CommandParser) -> None:
        """A file, or `--undo` with the number of an import."""
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE.csv")
        parser.add_argument("--dry-run", action="store_true", help="Say what would happen; nothing stays.")
        parser.add_argument("--json", action="store_true", help="One JSON document.")
        parser.add_argument("--undo", type=int, metavar="ID", help="Take everything of an import away again.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 1 when the file as a whole cannot be read."""
        if options["undo"] is not None:
            return self._undo(options["undo"], as_json=options["json"])
        if options["file"] is None:
            raise CommandError("Name a file, or an import to undo.")
        try:
            with options["file"].open("rb") as file:
                name = options["file"].name
                outcome = run(file, name=name, by=BY, dry_run=options["dry_run"], tell=self._progress)
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from None
        except BadFile as bad:
            raise CommandError(str(bad)) from None
        told = {"import": outcome.history_id, "dry_run": options["dry_run"], "format": outcome.kind}
        told |= {"lines": outcome.lines, **outcome.counts, "errors": outcome.errors}
        if options["json"]:
            self.stdout.write(json.dumps(told, default=float))
        else:
            self._show(told)
        return None

    def _show(self, told: dict[str, Any]) -> None:
        for error in told["errors"][:MOST_SHOWN]:
            self.stdout.write(f"line {error['line']}, order {error['order'] or '?'}: {error['error']}")
        if (more := len(told["errors"]) - MOST_SHOWN) > 0:
            self.stdout.write(f"... and {more:,} more; all of them with --json")
        done = "Would take in" if told["dry_run"] else f"Import {told['import']}: took in"
        worth = "of several currencies" if told["total"] is None else f"{told['total']:,.2f} in all"
        self.stdout.write(
            f"{done} {told['orders_new']:,} orders with {told['units']:,} units, {worth}, from "
            f"{told['lines']:,} lines; {told['orders_known']:,} were known, {told['orders_refused']:,} refused, "
            f"{told['contradictory']:,} have times that contradict each other."
        )

    def _undo(self, history_id: int, *, as_json: bool) -> None:
        try:
            count = undo(history_id, by=BY)
        except HistoryImport.DoesNotExist:
            raise CommandError(f"There is no import {history_id}.") from None
        told = {"import": history_id, "undone": count}
        self.stdout.write(json.dumps(told) if as_json else f"Import {history_id}: {count:,} orders taken away again.")

    def _progress(self, done: int, of: int) -> None:
        self.stderr.write(f"{done / max(of, 1):.0%} read")
