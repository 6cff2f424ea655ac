"""Labels bought in bulk: a row each, nothing twice whatever crashes, refusals tried again, one file of labels."""

from datetime import timedelta
from io import BytesIO

import httpx
import pytest
from django.contrib.auth.models import User
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from fulfillment import jobs
from fulfillment.carriers import runs
from fulfillment.carriers.buying import buy_labels
from fulfillment.carriers.fake import PlayedCarrier
from fulfillment.documents import carrier_label, kinds
from fulfillment.errors import CarrierError, CarrierRefused, NothingToPrint, NothingWentWrong
from fulfillment.models import Job, JobRow, Label, PlayedLabel, Shipment
from fulfillment.tasks import buy_labels as buy_labels_in_bulk
from inventory import clock
from orders.services import hold
from tests.factories import make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db


@pytest.fixture
def shipments() -> list[Shipment]:
    """Three, packed by people."""
    make_stock(make_product("MUG-1"), 50, warehouse=make_warehouse("YORK", mode="manual"))
    return [make_order(state="packed").shipments.get() for _ in range(3)]


def run() -> Job:
    targets = kinds.themselves(Shipment.objects.order_by("pk"))
    return runs.ask(targets, what="all", by="bob")


def came() -> list[tuple[str, str]]:
    return list(JobRow.objects.order_by("seq").values_list("outcome", "error"))


def test_each_shipment_gets_its_label_and_all_become_one_file(shipments: list[Shipment]) -> None:
    run()
    buy_labels_in_bulk()
    assert came() == [("bought", "")] * 3
    assert JobRow.objects.first().said == "Parcelwing Economy for £2.90"
    pages = [page.extract_text() for page in PdfReader(BytesIO(b"".join(jobs.file_of(Job.objects.get())))).pages]
    numbers = Label.objects.order_by("parcel__shipment").values_list("tracking_number", flat=True)
    assert [number in page for number, page in zip(numbers, pages, strict=True)] == [True] * 3
    assert "ECONOMY" in pages[0]
    assert set(Shipment.objects.values_list("state", flat=True)) == {"packed"}


def test_what_cannot_go_or_has_a_label_is_skipped_and_says_why(shipments: list[Shipment]) -> None:
    with clock.at(clock.now() - timedelta(hours=1)):
        buy_labels(shipments[0], by="petra")
    hold(shipments[1].order_id, reason="look", note="", by="sam")
    run()
    buy_labels_in_bulk()
    assert came() == [("skipped", ""), ("skipped", ""), ("bought", "")]
    said = list(JobRow.objects.order_by("seq").values_list("said", flat=True))
    assert said[0] == "Its label was bought before"
    assert "it takes that no hold is open on the order" in said[1]
    job = Job.objects.get()
    assert (job.status, job.faulty, job.pages) == ("done", 0, 2)
    with pytest.raises(NothingWentWrong):
        jobs.retry(job.pk)


def test_a_run_cut_off_after_buying_buys_nothing_twice(
    shipments: list[Shipment], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = jobs._keep
    monkeypatch.setattr(jobs, "_keep", lambda *row: (_ for _ in ()).throw(KeyboardInterrupt))
    job = run()
    with pytest.raises(KeyboardInterrupt):
        buy_labels_in_bulk()
    assert (Label.objects.count(), PlayedLabel.objects.count()) == (1, 1)
    monkeypatch.setattr(jobs, "_keep", kept)
    with clock.at(clock.now() + 2 * jobs.LEASE):
        buy_labels_in_bulk()
    assert came() == [("bought", "")] * 3
    assert (Label.objects.count(), PlayedLabel.objects.count()) == (3, 3)
    assert Job.objects.get(pk=job.pk).pages == 3


def test_a_refusal_is_a_row_and_only_it_is_tried_again(
    shipments: list[Shipment], monkeypatch: pytest.MonkeyPatch
) -> None:
    sell, asked = PlayedCarrier.buy, []

    def buy(self: PlayedCarrier, package: object, rate: object) -> object:
        asked.append(package.key)  # type: ignore[attr-defined]
        if len(asked) == 2:
            raise CarrierRefused("not to this street")
        return sell(self, package, rate)  # type: ignore[arg-type]

    monkeypatch.setattr(PlayedCarrier, "buy", buy)
    job = run()
    buy_labels_in_bulk()
    assert came() == [("bought", ""), ("", "not to this street"), ("bought", "")]
    jobs.retry(job.pk)
    buy_labels_in_bulk()
    assert came() == [("bought", "")] * 3
    assert asked == [asked[0], asked[1], asked[2], asked[1]]
    assert Label.objects.count() == PlayedLabel.objects.count() == 3


def test_who_lost_the_right_meanwhile_buys_nothing_and_a_colleague_goes_on(shipments: list[Shipment]) -> None:
    owner, targets = User.objects.create_superuser("ursula"), kinds.themselves(Shipment.objects.order_by("pk"))
    leaver = User.objects.create_superuser("leo")
    job = runs.ask(targets, what="all", by="leo", right="fulfillment.ship_shipment")
    User.objects.filter(pk=leaver.pk).update(is_superuser=False)
    buy_labels_in_bulk()
    assert came() == [("", "leo may not do this any more")] * 3
    User.objects.filter(pk=leaver.pk).update(is_active=False)
    jobs.retry(job.pk)
    buy_labels_in_bulk()
    assert came() == [("", "leo may not sign in any more")] * 3
    assert not Label.objects.exists()
    assert jobs.retry(job.pk, by=owner.username).by == "ursula"
    buy_labels_in_bulk()
    assert came() == [("bought", "")] * 3


def test_a_job_that_queues_up_again_lets_the_next_one_in(shipments: list[Shipment]) -> None:
    first, second = run(), run()
    taken = jobs.claim([runs.LABEL_RUN])
    assert taken == first
    jobs.work(taken, runs.BUYING, until=clock.now())
    assert jobs.claim([runs.LABEL_RUN]) == second


def test_the_label_that_a_carrier_keeps_is_fetched(shipments: list[Shipment], monkeypatch: pytest.MonkeyPatch) -> None:
    buy_labels(shipments[0], by="petra")
    Label.objects.update(document_url="https://carrier.example/label.pdf")
    files: list[bytes] = [pdf(), b"<html>", b"%PDF" + b"x" * carrier_label.MOST_BYTES]

    def stream(method: str, url: str, **kept: object) -> object:
        answers = httpx.MockTransport(lambda request: httpx.Response(200, content=files.pop(0)))
        return httpx.Client(transport=answers).stream(method, url)

    monkeypatch.setattr(carrier_label.httpx, "stream", stream)
    assert kinds.draw("carrier-label", shipments[0].pk) == pdf()
    for words in ("neither a PDF nor a picture", "larger than"):
        with pytest.raises(CarrierError, match=words):
            kinds.draw("carrier-label", shipments[0].pk)
    Label.objects.update(document_url="http://carrier.example/label.pdf")
    with pytest.raises(CarrierError, match="not HTTPS"):
        kinds.draw("carrier-label", shipments[0].pk)


def test_no_label_is_drawn_that_is_not_the_shops(shipments: list[Shipment]) -> None:
    with pytest.raises(NothingToPrint, match="No label was bought for parcel 1"):
        kinds.draw("carrier-label", shipments[0].pk)
    buy_labels(shipments[0], by="petra")
    Label.objects.update(account=None)
    with pytest.raises(NothingToPrint, match="bought elsewhere"):
        kinds.draw("carrier-label", shipments[0].pk)


def pdf() -> bytes:
    file = BytesIO()
    canvas = Canvas(file, invariant=1)
    canvas.drawString(10, 10, "theirs")
    canvas.save()
    return file.getvalue()
