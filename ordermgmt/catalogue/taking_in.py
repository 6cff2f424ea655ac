"""A product file on its way: kept and judged as it comes, written by a worker, each row whole or not at all."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_noop

from fulfillment import jobs
from fulfillment.models import Job
from inventory import clock
from inventory.errors import NotUsable
from inventory.models import StockMovement
from inventory.retelling import in_english
from inventory.services import move_stock
from inventory.services.ledger import shelves
from ordermgmt.catalogue.plan import BadRow, Defaults, World, twice
from ordermgmt.catalogue.rows import Sheet
from ordermgmt.models import ProductFile, ProductRow
from ordermgmt.phrases import counted

KIND = "import-products"
KEPT = timedelta(days=3)
BATCH = 2_000
STANDS_TWICE = gettext_noop("{column}: stands in several rows")
Verdict = ProductRow.Verdict


@transaction.atomic
def keep(sheet: Sheet, defaults: Defaults, *, name: str, by: str) -> ProductFile:
    """Keep what the file says and what would come of it; the shop's products stay as they are."""
    ProductFile.objects.filter(at__lt=clock.now() - KEPT).delete()
    file = ProductFile.objects.create(
        name=name[:200],
        currency=defaults.currency,
        tax_class=defaults.tax_class,
        warehouse=defaults.warehouse,
        unread=list(sheet.unread),
        by=by[:80],
    )
    ProductRow.objects.bulk_create(_judged(file, sheet, defaults), batch_size=BATCH)
    return file


def start(file: ProductFile, *, by: str) -> Job | None:
    """Have a worker take in what is new or changed; None when nothing is. Twice is the same job."""
    with transaction.atomic():
        file = ProductFile.objects.select_for_update().get(pk=file.pk)
        if file.job_id and (job := Job.objects.filter(pk=file.job_id).first()):
            return job
        rows = file.rows.filter(verdict__in=[Verdict.NEW, Verdict.CHANGED]).order_by("line")
        targets = [(row.pk, f"{row} · {row.line}") for row in rows]
        if not targets:
            return None
        with in_english():
            what = f"{file}: {counted(len(targets), 'product')}"
        job = jobs.start(KIND, targets, what=what, by=by)
        ProductFile.objects.filter(pk=file.pk).update(job_id=job.pk)
        return job


def write(row_id: int, *, by: str) -> None:
    """One row with all it says: product, customs and first stock. Raises NotUsable with what is wrong by now."""
    row = ProductRow.objects.select_related("file__tax_class", "file__warehouse").get(pk=row_id)
    with transaction.atomic():
        try:
            plan = World([row.values]).plan(row.values, _defaults(row.file))
        except BadRow as bad:
            raise NotUsable(str(bad)) from bad
        plan.product.save()
        if plan.customs is not None:
            plan.customs.product = plan.product
            plan.customs.save()
        for place, units in plan.opening.items():
            stock = shelves([plan.product.pk], warehouse_id=place)[plan.product.pk]
            move_stock(stock, units, kind=StockMovement.Kind.RECEIVE, key=f"opening:{stock}", by=by)


def _defaults(file: ProductFile) -> Defaults:
    return Defaults(file.currency, file.tax_class, file.warehouse)


def _judged(file: ProductFile, sheet: Sheet, defaults: Defaults) -> Iterator[ProductRow]:
    said = [row.values for row in sheet.rows]
    world, skus, barcodes = World(said), twice(said, "sku"), twice(said, "barcode")
    for row in sheet.rows:
        judged = ProductRow(file=file, line=row.line, values=row.values, verdict=Verdict.WRONG)
        wrong = [*row.wrong]
        wrong += [STANDS_TWICE.format(column="sku")] if row.values.get("sku") in skus else []
        wrong += [STANDS_TWICE.format(column="barcode")] if row.values.get("barcode") in barcodes else []
        try:
            if not wrong:
                plan = world.plan(row.values, defaults)
                judged.changes = plan.changes
                judged.verdict = Verdict.NEW if plan.is_new else Verdict.CHANGED if plan.changes else Verdict.SAME
        except BadRow as bad:
            wrong = [str(bad)]
        judged.error = "; ".join(wrong)
        yield judged


def counts(file: ProductFile) -> Sequence[tuple[Verdict, int]]:
    """How many rows of each verdict, in their order."""
    found = list(file.rows.values_list("verdict", flat=True))
    return [(verdict, found.count(verdict)) for verdict in Verdict]
