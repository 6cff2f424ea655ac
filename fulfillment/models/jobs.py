"""Work in bulk: the job, one row for each thing to do it to, and the file that came of it in pieces."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory import clock


class Job(models.Model):
    """The same done to many rows by a worker, as printing, acting on a list or exporting it; removed after some days.

    `terms` are what was asked beside the rows. A file may come of it.

    `due_at` says when a worker looks next, and by when another one may take over from a worker that died. `attempts`
    counts the takings, so that a job that kills its workers ends.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting for a worker")
        RUNNING = "running", _("Running")
        DONE = "done", _("Ready")
        FAILED = "failed", _("Failed")

    kind = models.CharField(max_length=40, help_text="Of its trade: a document, an act, or an export.")
    terms = models.JSONField(default=dict, blank=True)
    what = models.CharField(max_length=200, help_text="What was chosen, for people.")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0, help_text="Rows that were tried.")
    faulty = models.PositiveIntegerField(default=0, help_text="Rows of these that were refused.")
    pages = models.PositiveIntegerField(default=0)
    size = models.PositiveIntegerField(default=0, help_text="Of the file, in bytes; 0 while there is none.")
    attempts = models.PositiveSmallIntegerField(default=0)
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "running", "done", "failed"]), name="print_job_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(total__gte=F("done")) & Q(done__gte=F("faulty")), name="print_job_counts_its_rows"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "running"], due_at__isnull=False, ended_at=None)
                | Q(status__in=["done", "failed"], due_at=None, ended_at__isnull=False),
                name="print_job_is_due_until_it_ends",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="print_job_due"),
        ]

    def __str__(self) -> str:
        return f"Job {self.pk}"


class JobRow(models.Model):
    """One thing of a job: done (`data` is its part of the file, dropped once all is well), refused, or still to do.

    Where there is more to tell than that it was done, `outcome` is its word and `said` its sentence.
    """

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="rows", db_index=False)
    seq = models.PositiveIntegerField()
    target_id = models.BigIntegerField(help_text="Of the order, shipment or what else the kind is about.")
    name = models.CharField(max_length=60)
    data = models.BinaryField(null=True)
    error = models.CharField(max_length=300, blank=True)
    outcome = models.SlugField(max_length=16, blank=True, db_index=False)
    said = models.CharField(max_length=200, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["job", "seq"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job", "seq"], name="one_print_row_per_job_and_seq"),
        ]
        indexes: ClassVar = [models.Index(fields=["target_id"], name="print_row_of_target")]

    def __str__(self) -> str:
        return self.name


class JobChunk(models.Model):
    """A piece of the merged file."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="chunks", db_index=False)
    seq = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        ordering: ClassVar = ["job", "seq"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job", "seq"], name="one_print_chunk_per_job_and_seq"),
        ]

    def __str__(self) -> str:
        return f"chunk {self.seq}"
