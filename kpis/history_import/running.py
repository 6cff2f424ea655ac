"""Taking a file in from its first byte to the last fact, trying it first, and undoing it."""

import codecs
import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, BinaryIO, TextIO, cast

from django.conf import settings
from django.db import DataError, transaction
from django.utils.translation import gettext as _

from inventory import clock
from kpis.briefs import forget_briefs
from kpis.history_import import staging
from kpis.history_import.rows import BadFile, Row, read_history
from kpis.history_import.shopify import MARK, read_shopify
from kpis.models import HistoryChunk, HistoryImport

PIECE = 1_048_576
SEPARATORS = ",;\t"  # as spreadsheets of different countries write them
LEASE = timedelta(minutes=15)
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Outcome:
    """What became of a file, or would: `errors` are the first thousand, each with line, order and what is wrong."""

    history_id: int | None
    kind: str
    lines: int
    counts: dict[str, Any]
    errors: list[dict[str, Any]]


class Counting(io.RawIOBase):
    """Bytes on their way, counted."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces, self._rest, self.count = iter(pieces), b"", 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """As much as fits; 0 at the end."""
        if not self._rest:
            self._rest = next(self._pieces, b"")
        taken, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(taken)] = taken
        self.count += len(taken)
        return len(taken)


def run(file: BinaryIO, *, name: str, by: str, dry_run: bool = False, tell: Tell = lambda done, of: None) -> Outcome:
    """Take in an open file that can be read twice. `tell` hears how many of how many bytes are read.

    With `dry_run` nothing stays. Raises BadFile.
    """
    digest, size = hashlib.sha256(), 0
    while piece := file.read(PIECE):
        digest.update(piece)
        size += len(piece)
    file.seek(0)
    history = HistoryImport.objects.create(
        file_name=name[:200], digest=digest.hexdigest(), bytes_total=size, by=by[:80], at=clock.now()
    )
    return _taken_in(history, iter(lambda: file.read(PIECE), b""), tell, dry_run=dry_run)


def claim() -> int | None:
    """The oldest uploaded file that no worker is at, for as long as the lease lasts; None when there is none."""
    with transaction.atomic():
        due = HistoryImport.objects.filter(due_at__lte=clock.now()).order_by("pk").select_for_update(skip_locked=True)
        history = due.first()
        if history is None:
            return None
        history.status, history.due_at = HistoryImport.Status.RUNNING, clock.now() + LEASE
        history.save(update_fields=["status", "due_at"])
        return history.pk


def take_in(history_id: int) -> None:
    """Take in an uploaded file that was claimed; what a worker who died had begun is begun again.

    A file that cannot be read ends as failed, with what is wrong.
    """
    history = HistoryImport.objects.get(pk=history_id)
    history.lines = 0
    staging.forget_rows(history_id)
    with suppress(BadFile):
        _taken_in(history, _uploaded(history_id), lambda done, of: None, dry_run=False)
    HistoryChunk.objects.filter(history_id=history_id).delete()


def give_up(history_id: int, why: str) -> None:
    """Nothing of this file is taken in; `why` is told as its error."""
    _fail(HistoryImport.objects.get(pk=history_id), why, dry_run=False)
    HistoryChunk.objects.filter(history_id=history_id).delete()


def upload(pieces: Iterable[bytes], *, name: str, by: str) -> HistoryImport:
    """Keep a file in pieces for a worker."""
    digest, size = hashlib.sha256(), 0
    with transaction.atomic():
        history = HistoryImport.objects.create(
            file_name=name[:200], by=by[:80], at=clock.now(), status=HistoryImport.Status.WAITING
        )
        for seq, piece in enumerate(pieces):
            digest.update(piece)
            size += len(piece)
            HistoryChunk.objects.create(history=history, seq=seq, data=piece)
        history.digest, history.bytes_total, history.due_at = digest.hexdigest(), size, clock.now()
        history.save(update_fields=["digest", "bytes_total", "due_at"])
    return history


def undo(history_id: int, *, by: str) -> int:
    """Take the facts of one import away again; returns the number of orders. Twice changes nothing."""
    with transaction.atomic():
        history = HistoryImport.objects.select_for_update().get(pk=history_id)
        if history.status != HistoryImport.Status.DONE:
            return 0
        count = staging.drop_facts(history_id)
        history.status, history.undone_by, history.undone_at = HistoryImport.Status.UNDONE, by[:80], clock.now()
        history.save(update_fields=["status", "undone_by", "undone_at"])
        forget_briefs()
        return count


def _uploaded(history_id: int) -> Iterator[bytes]:
    chunks = HistoryChunk.objects.filter(history_id=history_id).order_by("seq").values_list("data", flat=True)
    return (bytes(chunk) for chunk in chunks.iterator(chunk_size=1))


def _taken_in(history: HistoryImport, pieces: Iterator[bytes], tell: Tell, *, dry_run: bool) -> Outcome:
    try:
        source = Counting(pieces)
        kind, rows = _reader(source)
        history.kind = kind
        for count in staging.stage(history.pk, _legible(rows)):
            history.lines, history.bytes_read = history.lines + count, source.count
            history.save(update_fields=["kind", "lines", "bytes_read"])
            tell(source.count, history.bytes_total)
        with transaction.atomic():
            staging.take_turns()
            history.errors = staging.judge(history.pk)
            counts = staging.write(history.pk)
            _finish(history, counts)
            forget_briefs()
            transaction.set_rollback(dry_run)
    except BadFile as bad:
        _fail(history, str(bad), dry_run=dry_run)
        raise
    except DataError as beyond:
        _fail(history, why := _("The database cannot hold it: {why}").format(why=str(beyond).strip()), dry_run=dry_run)
        raise BadFile(why) from beyond
    finally:
        staging.forget_rows(history.pk)
    if dry_run:
        HistoryImport.objects.filter(pk=history.pk).delete()
    return Outcome(None if dry_run else history.pk, kind, history.lines, counts, history.errors)


def _reader(source: Counting) -> tuple[str, Iterator[Row]]:
    """By the header: Shopify's export, or the shop's own format; and by the sign that its names are separated by."""
    buffered = io.BufferedReader(source, PIECE)
    head = buffered.peek(65_536).removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace")
    file = cast(TextIO, io.TextIOWrapper(buffered, encoding="utf-8-sig", newline=""))
    first = "".join(head.splitlines()[:1])
    separator = max(SEPARATORS, key=first.count)
    try:
        names = [name.strip().lower() for name in next(csv.reader([first], delimiter=separator), [])]
    except csv.Error as error:
        raise BadFile(_("The CSV breaks in line {line}: {error}.").format(line=1, error=error)) from None
    if MARK in names:
        return "shopify", read_shopify(file, settings.SHOP_TIME_ZONE, separator)
    return "history", read_history(file, settings.SHOP_TIME_ZONE, separator)


def _legible(rows: Iterator[Row]) -> Iterator[Row]:
    try:
        yield from rows
    except UnicodeDecodeError:
        raise BadFile(_("The file is not in UTF-8.")) from None


def _finish(history: HistoryImport, counts: dict[str, Any]) -> None:
    for name, value in counts.items():
        setattr(history, name, value)
    history.status, history.ended_at, history.due_at = HistoryImport.Status.DONE, clock.now(), None
    history.bytes_read = history.bytes_total
    history.save()


def _fail(history: HistoryImport, why: str, *, dry_run: bool) -> None:
    if dry_run:
        HistoryImport.objects.filter(pk=history.pk).delete()
        return
    history.status, history.ended_at, history.due_at = HistoryImport.Status.FAILED, clock.now(), None
    history.errors = [{"line": 1, "order": "", "error": why}]
    history.save(update_fields=["kind", "status", "ended_at", "due_at", "errors"])
