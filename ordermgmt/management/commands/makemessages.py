"""Collects what is to be translated, from templates and Python into one catalogue for the whole project."""

from typing import Any

from django.core.management.commands import makemessages

NOT_OURS = [".venv", "tests", "docs", "static", "staticfiles", ".data"]


class Command(makemessages.Command):
    """As Django's; without guesses that somebody would have to check, and without lines that change with every edit."""

    def handle(self, *args: Any, **options: Any) -> None:
        """All languages that there are, unless some are named."""
        self.msgmerge_options = [*self.msgmerge_options, "--no-fuzzy-matching", "--no-wrap"]
        options["all"] = not options["locale"]
        options |= {"no_location": True, "no_wrap": True, "no_obsolete": True}
        options["ignore_patterns"] = [*options["ignore_patterns"], *NOT_OURS]
        super().handle(*args, **options)
