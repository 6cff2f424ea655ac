"""`manage.py reconcile_stock`: whether stock, ledger and promises agree, and on request the repair."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from orders.reconcile import find_drift, repair


class Command(BaseCommand):
    """Prints one sentence per contradiction; ends with exit code 1 while there is any."""

    help = (
        "Compare what is on hand with the ledger, what is reserved with the promises, and the promises with the orders "
        "and baskets they are for; exit code 1 when they differ."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to repair, and the form of the answer."""
        parser.add_argument("--repair", action="store_true", help="Put right what differs; safe on a running shop.")
        parser.add_argument("--json", action="store_true", help="One JSON object instead of sentences.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Find, repair if asked to, and look again."""
        found = find_drift()
        done = repair(found) if options["repair"] else []
        left = find_drift() if options["repair"] else found
        if options["json"]:
            told = {"drift": [drift.sentence for drift in found], "repaired": done}
            self.stdout.write(json.dumps({"ok": not left, **told, "left": [drift.sentence for drift in left]}))
        else:
            self._tell("Differs", [drift.sentence for drift in found])
            self._tell("Repaired", done)
            self._tell("Still differs", [drift.sentence for drift in left] if options["repair"] else [])
            if not left:
                self.stdout.write("Stock, ledger and promises agree.")
        if left:
            advice = "a person has to look" if options["repair"] else "--repair puts it right"
            raise CommandError(f"{len(left)} found that differ: {advice}.", returncode=1)

    def _tell(self, title: str, sentences: list[str]) -> None:
        if sentences:
            self.stdout.write("\n".join([f"{title}:", *(f"  {sentence}" for sentence in sentences)]))
