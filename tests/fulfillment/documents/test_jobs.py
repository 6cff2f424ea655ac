"""Printing in bulk: row by row, what cannot be printed told, lost workers followed by others, files that go again."""

import subprocess
import sys
from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from fulfillment import jobs
from fulfillment.documents import jobs as printing
from fulfillment.documents import kinds
from fulfillment.errors import NoSuchDocument, NothingToPrint, NothingWentWrong
from fulfillment.models import Job, JobChunk, JobRow, PickList, Shipment
from fulfillment.tasks import make_documents
from inventory import clock
from ordermgmt.customers.erasing import erase_person
from orders.models import Customer
from tests.factories import make_order, make_product, make_stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def shipments() -> list[Shipment]:
    """Three, the last not packed yet."""
    make_stock(make_product("MUG-1"), 50)
    orders = [make_order(state=state) for state in ("packed", "packed", "picked")]
    return [order.shipments.get() for order in orders]


def asked(kind: str = "packing-slip") -> Job:
    targets = kinds.kind_named(kind).targets(Shipment.objects.order_by("pk"))
    return printing.ask(kind, targets, what="all", by="bob")


def later(**span: float) -> object:
    return clock.at(clock.now() + timedelta(**span))


def told(job: Job) -> tuple[str, int, int, int]:
    job = Job.objects.get(pk=job.pk)
    return job.status, job.done, job.faulty, job.pages


def test_many_become_one_file_in_their_order(shipments: list[Shipment]) -> None:
    job = asked()
    assert told(job) == ("waiting", 0, 0, 0)
    make_documents()
    assert told(job) == ("done", 3, 0, 3)
    file = b"".join(jobs.file_of(Job.objects.get()))
    assert len(file) == Job.objects.get().size
    texts = [page.extract_text() for page in PdfReader(BytesIO(file)).pages]
    assert [row.code in text for row, text in zip(shipments, texts, strict=True)] == [True] * 3
    assert not JobRow.objects.exclude(data=None).exists()


def test_what_cannot_be_printed_is_told_and_tried_again(shipments: list[Shipment]) -> None:
    job = asked("box-label")
    make_documents()
    assert told(job) == ("done", 3, 1, 2)
    code = shipments[2].code
    assert list(JobRow.objects.exclude(error="").values_list("name", "error")) == [
        (code, f"{code} is not packed yet, so it has no boxes")
    ]
    shipments[2].parcels.create(number=1, weight_g=500)
    jobs.retry(job.pk)
    assert told(job)[:3] == ("waiting", 2, 0)
    make_documents()
    assert told(job) == ("done", 3, 0, 3)
    with pytest.raises(NothingWentWrong, match="went wrong"):
        jobs.retry(job.pk)


def test_a_bad_row_leaves_the_others_alone(
    shipments: list[Shipment], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def draw(kind: str, target_id: int) -> bytes:
        if target_id == shipments[0].pk:
            raise ValueError("out of ink")
        return kinds.draw(kind, target_id)

    monkeypatch.setattr(printing, "draw", draw)
    job = asked()
    make_documents()
    assert told(job) == ("done", 3, 1, 2)
    assert JobRow.objects.exclude(error="").get().error == jobs.WENT_WRONG
    assert "out of ink" in caplog.text


def test_where_nothing_can_be_printed_the_job_failed(shipments: list[Shipment]) -> None:
    Shipment.objects.update(state="cancelled")
    job = asked()
    make_documents()
    assert told(job) == ("failed", 3, 3, 0)
    assert list(jobs.file_of(job)) == []


def test_a_job_goes_on_where_its_lost_worker_stopped(
    shipments: list[Shipment], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []

    def draw(kind: str, target_id: int) -> bytes:
        if len(drawn) == 1:
            drawn.append(0)
            raise KeyboardInterrupt  # the worker is killed
        drawn.append(target_id)
        return kinds.draw(kind, target_id)

    monkeypatch.setattr(printing, "draw", draw)
    job = asked()
    with pytest.raises(KeyboardInterrupt):
        make_documents()
    assert jobs.claim(kinds.KINDS) is None
    with later(minutes=6):
        make_documents()
    assert told(job) == ("done", 3, 0, 3)
    assert drawn == [shipments[0].pk, 0, shipments[1].pk, shipments[2].pk]


def test_who_lost_the_job_to_another_writes_nothing(shipments: list[Shipment]) -> None:
    job = asked()
    slow = jobs.claim(kinds.KINDS)
    assert slow is not None
    with later(minutes=6):
        make_documents()
    before = told(job)
    JobRow.objects.filter(seq=3).update(done_at=None)
    jobs.work(slow, printing.DRAWING, until=clock.now() + timedelta(minutes=1))
    assert told(job) == before == ("done", 3, 0, 3)
    assert JobChunk.objects.count() == 1


def test_a_job_that_kills_its_workers_ends(shipments: list[Shipment]) -> None:
    job = asked()
    for turn in range(jobs.MOST_ATTEMPTS):
        with later(minutes=6 * turn):
            assert jobs.claim(kinds.KINDS) is not None
    with later(hours=1):
        make_documents()
    assert told(job) == ("failed", 0, 0, 0)
    assert jobs.retry(job.pk).status == "waiting"
    make_documents()
    assert told(job) == ("done", 3, 0, 3)


def test_a_long_job_is_made_in_slices_that_are_no_failures(shipments: list[Shipment]) -> None:
    job = asked()
    for _ in range(jobs.MOST_ATTEMPTS + 1):
        claimed = jobs.claim(kinds.KINDS)
        assert claimed is not None
        jobs.work(claimed, printing.DRAWING, until=clock.now())
    assert told(job) == ("running", 0, 0, 0)
    make_documents()
    assert told(job) == ("done", 3, 0, 3)


def test_what_is_asked_for_must_be_something(shipments: list[Shipment]) -> None:
    with pytest.raises(NothingToPrint, match="Nothing was chosen"):
        printing.ask("packing-slip", [], what="", by="bob")
    with pytest.raises(NothingToPrint, match="501 are more than the 500"):
        printing.ask("packing-slip", [(1, "1-1")] * 501, what="", by="bob")
    with pytest.raises(NoSuchDocument):
        printing.ask("poster", [(1, "1-1")], what="", by="bob")
    assert not Job.objects.exists()


def test_lists_of_many_shipments_are_printed_once(shipments: list[Shipment]) -> None:
    first, second, third = PickList.objects.order_by("pk")
    second.tasks.update(pick_list=first)
    found = kinds.kind_named("pick-list").targets(Shipment.objects.order_by("-pk"))
    assert found == [(third.pk, f"P{third.pk}"), (first.pk, f"P{first.pk}")]


def test_old_jobs_go(shipments: list[Shipment]) -> None:
    job = asked()
    make_documents()
    with later(days=2, hours=23):
        assert jobs.remove_old() == 0
    with later(days=3, hours=1):
        make_documents()
    assert (Job.objects.filter(pk=job.pk).count(), JobRow.objects.count(), JobChunk.objects.count()) == (0,) * 3


def test_erasing_a_person_takes_the_files_that_name_them() -> None:
    make_stock(make_product("MUG-1"), 50)
    done, other = make_order(state="reviewed"), make_order(state="packed", email="other@example.org", name="Other")
    named = printing.ask("packing-slip", [(done.shipments.get().pk, "x")], what="", by="bob")
    kept = printing.ask("packing-slip", [(other.shipments.get().pk, "y")], what="", by="bob")
    make_documents()
    erase_person(Customer.objects.get(email="marta@example.org").pk, by="alice")
    assert list(Job.objects.values_list("pk", flat=True)) == [kept.pk]
    assert named.pk != kept.pk


def test_the_web_starts_without_what_draws() -> None:
    code = (
        "import sys, ordermgmt.wsgi\n"
        "from django.urls import get_resolver, reverse\n"
        "get_resolver().url_patterns; reverse('prints'); reverse('print-document', args=['packing-slip', '1-1'])\n"
        "import fulfillment.tasks\n"
        "print([name for name in ('reportlab', 'pypdf', 'PIL') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "[]"
