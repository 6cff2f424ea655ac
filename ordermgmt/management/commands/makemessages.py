"""Collects what is to be translated: of templates and Python into one catalogue, of scripts into another one."""

from typing import Any

from django.core.management.commands import makemessages

NOT_OURS = [".venv", "tests", "docs", "staticfiles", ".data"]
NOT_OF = {"django": ["static"], "djangojs": []}


class Command(makemessages.Command):
    """As Django's; without guesses that somebody would have to check, and without lines that change with every edit."""

    def handle(self, *args: Any, **options: Any) -> None:
        """All languages that there are, unless some are named."""
        self.msgmerge_options = [*self.msgmerge_options, "--no-fuzzy-matching", "--no-wrap"]
        options["all"] = not options["locale"]
        options |= {"no_location": True, "no_wrap": True, "no_obsolete": True}
        asked = options["ignore_patterns"]
        for domain, besides in NOT_OF.items():
            options |= {"domain": domain, "ignore_patterns": [*asked, *NOT_OURS, *besides]}
            super().handle(*args, **options)
