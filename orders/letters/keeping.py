"""The texts that the shop wrote, version by version: the newest holds, and none is ever changed."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction

from orders.letters.errors import MailTextChanged
from orders.letters.letter import Letter
from orders.models import MailText

Letters = Mapping[tuple[str, str], Letter]


def own_letters(*kinds: str) -> Letters:
    """The texts that hold instead of the program's, by kind and language; of these kinds, or all. One statement."""
    rows = MailText.objects.filter(kind__in=kinds) if kinds else MailText.objects.all()
    newest = rows.order_by("kind", "language", "-version").distinct("kind", "language")
    return {(row.kind, row.language): letter_of(row) for row in newest if not row.is_standard}


def letter_of(row: MailText) -> Letter:
    """A version as it was kept."""
    return Letter(row.subject, row.greeting, row.opening, row.closing)


def newest_version(kind: str, language: str) -> int:
    """0 where nobody has written anything."""
    row = MailText.objects.filter(kind=kind, language=language).order_by("-version").first()
    return row.version if row else 0


def keep_letter(kind: str, language: str, letter: Letter | None, *, seen: int, by: str) -> MailText:
    """Make it the next version; None is the program's own text. `seen` is the version that was looked at.

    Raises MailTextChanged when somebody else was faster.
    """
    newest = newest_version(kind, language)
    if newest != seen:
        raise MailTextChanged(newest)
    words = vars(letter) if letter else {"is_standard": True}
    try:
        with transaction.atomic():
            return MailText.objects.create(kind=kind, language=language, version=newest + 1, by=by[:80], **words)
    except IntegrityError as taken:
        raise MailTextChanged(newest + 1) from taken
