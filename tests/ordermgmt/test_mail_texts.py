"""The shop's own words in mails: kept by version, filled and never evaluated, and refused where a name is unknown."""

import pytest
from django.core import mail
from django.test import Client

from feedback.models import Survey
from feedback.services import send_invitation
from fulfillment.mails.writing import rendered
from inventory import clock
from ordermgmt.mail_texts.catalogue import MAIL_KINDS, MEANINGS
from orders.letters.errors import MailTextChanged
from orders.letters.keeping import keep_letter, own_letters
from orders.letters.letter import Letter
from orders.models import MailText
from tests.factories import make_order

pytestmark = pytest.mark.django_db
HERE = "/settings/mails/received/en-gb/"
TYPED = {
    "subject": "Thanks, {name}!",
    "greeting": "Hi {name}",
    "opening": "Order {order_number} <b>is</b> here.\r\n\r\nMore {{ order }} {total}.".replace("{{ order }}", "soon"),
    "closing": "Yours, {shop}",
    "seen": "0",
}


def own(kind: str, language: str = "en-gb") -> Letter | None:
    return own_letters().get((kind, language))


@pytest.mark.parametrize("language", ["en-gb", "de"])
def test_every_text_is_shown_in_the_programs_words_and_names_what_may_be_written(alice: Client, language):
    assert MAIL_KINDS["shipped"].standard("en-gb").opening == "Good news: {carrier} has your parcel."
    assert MAIL_KINDS["survey"].standard("de").greeting == "Guten Tag {full_name},"
    for kind, row in MAIL_KINDS.items():
        names = row.names(language)
        assert names.keys() <= MEANINGS.keys()
        assert row.standard(language).unknown(names) == {}, kind
        subject, text, html = row.shown(row.standard(language), language)
        assert not {"{", "%("} & set(subject + text), kind
        assert html == "" or row.standard(language).filled(names).opening_paragraphs[-1].split("\n")[-1] in html
    assert alice.get(f"/settings/mails/delivered_part/{language}/").context["page"].kind is MAIL_KINDS["delivered_part"]


def test_own_words_go_into_the_mails_of_their_language_and_html_is_escaped(alice: Client, noon):
    order = make_order()
    assert alice.post(HERE, TYPED).status_code == 302
    subject, text, html = rendered(order, "received", {}, own_letters())
    assert subject == "Northwind Gifts: Thanks, Marta!"
    assert text.startswith(f"Hi Marta\n\nOrder {order.number} <b>is</b> here.\n\nMore soon £")
    assert "&lt;b&gt;is&lt;/b&gt;" in html
    assert "Yours, Northwind Gifts" in html
    order.channel.language = "de"
    assert "Wir haben Ihre Bestellung" in rendered(order, "received", {}, own_letters())[0]


def test_what_a_name_stands_for_is_not_read_again_and_templates_are_plain_text():
    letter = Letter("{name}", "", "{{ order.customer.email }} {% load shop %}")
    assert letter.filled({"name": "{shop}", "shop": "x"}).subject == "{shop}"
    assert letter.filled({"order": "x"}).opening == "{{ order.customer.email }} {% load shop %}"
    assert letter.unknown({"name"}) == {"opening": ["{", "{ order.customer.email }", "}", "{% load shop %}"]}


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"subject": "Thanks {nme}"}, "{nme} is no placeholder here. There are: {name}, {full_name}"),
        ({"opening": "A { alone"}, "A brace stands alone: {"),
        ({"subject": ""}, "This field is required"),
    ],
)
def test_an_unknown_name_is_refused_and_what_was_typed_stays(alice: Client, typed, told):
    page = alice.post(HERE, TYPED | typed)
    assert (page.status_code, MailText.objects.count()) == (422, 0)
    assert told in page.content.decode()
    assert "Hi {name}" in page.content.decode()
    assert told in alice.post(f"{HERE}preview/", TYPED | typed).content.decode()


def test_versions_are_kept_and_brought_back_and_the_standard_comes_back(alice: Client):
    alice.post(HERE, TYPED)
    alice.post(HERE, TYPED | {"subject": "Second", "seen": "1"})
    assert own("received").subject == "Second"
    assert alice.get(f"{HERE}?version=1").context["form"]["subject"].value() == "Thanks, {name}!"
    alice.post(HERE, TYPED | {"seen": "2"})
    assert own("received").subject == "Thanks, {name}!"
    alice.post(HERE, {"standard": "1", "seen": "3"})
    assert own("received") is None
    alice.post(HERE, {"standard": "1", "seen": "4"})
    rows = MailText.objects.order_by("version").values_list("version", "is_standard", "by")
    assert list(rows) == [(1, False, "alice"), (2, False, "alice"), (3, False, "alice"), (4, True, "alice")]
    assert alice.get(f"{HERE}?version=9").status_code == 404


def test_what_somebody_else_kept_is_not_written_over(alice: Client):
    letter = Letter("One", "", "Two")
    keep_letter("received", "en-gb", letter, seen=0, by="bob")
    with pytest.raises(MailTextChanged, match="Somebody else has kept version 1 meanwhile"):
        keep_letter("received", "en-gb", letter, seen=0, by="sam")
    page = alice.post(HERE, TYPED)
    assert (page.status_code, own("received")) == (409, letter)
    assert page.context["form"].data["subject"] == "Thanks, {name}!"
    assert alice.post(HERE, {**TYPED, "seen": page.context["form"]["seen"].value()}).status_code == 302


def test_a_preview_shows_what_is_typed_and_keeps_nothing(alice: Client):
    mailed = alice.post(f"{HERE}preview/", TYPED)
    assert "Hi Ada" in mailed.content.decode()
    assert "style-src 'unsafe-inline'" in mailed.headers["Content-Security-Policy"]
    assert "&lt;b&gt;is&lt;/b&gt; here." in alice.post(f"{HERE}preview/?as=text", TYPED).content.decode()
    assert "Thank you for your order" in alice.get(f"{HERE}preview/").content.decode()
    assert MailText.objects.count() == 0


def test_the_survey_asks_in_the_shops_words(noon):
    order = make_order(state="delivered")
    survey = Survey.objects.create(order=order, invited_at=clock.now(), closes_at=clock.now())
    keep_letter("survey", "en-gb", Letter("How was {order_number}?", "", "Tell us, {full_name}."), seen=0, by="bob")
    send_invitation(survey, order)
    (sent,) = mail.outbox
    assert (sent.subject, sent.body[:24]) == (f"How was {order.number}?", "Tell us, Marta Silva.\n\nh")


def test_the_list_costs_few_statements_and_says_which_are_the_shops_own(alice: Client, django_assert_num_queries):
    keep_letter("lost", "de", Letter("Verloren", "", "Leider"), seen=0, by="bob")
    with django_assert_num_queries(3):
        page = alice.get("/settings/mails/").content.decode()
    assert page.count(">yours<") == 1
