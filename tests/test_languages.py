"""Every message is translated, who reads which language, and what stays English for programs."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.test import Client
from django.utils import translation
from django.utils.translation.template import templatize

from fulfillment.mails.writing import rendered
from inventory.wording import grouped
from ordermgmt.models import Preference
from ordermgmt.templatetags.shop import script_words
from orders.models import Channel
from orders.money import kept, shown
from orders.tokens import sign
from tests.factories import make_order
from tests.people import make_alice, signed_in

CATALOGUES = Path(settings.LOCALE_PATHS[0])
FOREIGN = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
APPS = ("inventory", "orders", "fulfillment", "feedback", "kpis", "ordermgmt")
CALLS = {"_": 1, "gettext": 1, "gettext_lazy": 1, "gettext_noop": 1, "ngettext": 2, "ngettext_lazy": 2, "pgettext": 2}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*(?::[^}]*)?\}")
IN_TEMPLATE = re.compile(r"(?<!\w)(n?)gettext\(u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")")
# Of templates: translated blocks and blocks that name a width, code, what is read out, and words at all.
TRANSLATED = re.compile(r"{%\s*blocktranslate.*?endblocktranslate\s*%}|{% block width %}.*?{% endblock %}", re.DOTALL)
YESNO = re.compile(r"""yesno:["'](?=[^"']*[A-Z])([^"']*)""")
SPOKEN_BY_CODE = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}", re.DOTALL)
OF_MACHINES = re.compile(r"<(code|kbd|style|script)\b.*?</\1>", re.DOTALL)
READ_OUT = re.compile(r'(?:aria-label|title|placeholder|alt)="([^"]*)"')
WORDS = re.compile(r"[A-Za-z]{3,}")
WORDS_OF_NO_LANGUAGE = {"CSV", "kind, customers, stage, note.", "MUG-1 40"}
DOMAINS = ("django", "djangojs")
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`')
GETTEXT = re.compile(r'gettext\((?:"[^"]*", )?$')
MACHINES = re.compile(
    r"""((class|Authorization|"[\w.]+"): |(querySelector(All)?|closest|matches|Error)\(|(key|name) [!=]== )$"""
)
WORDS = re.compile(r"^[A-Z][a-z]+(?![A-Za-z-])|[a-z]{2,} [a-z]{2,}")
NOT_TRANSLATED = ("tile.js", "api_reference.js")  # drawings; the reference of the API, which is in English as a whole
Message = str | tuple[str, ...]


def entries(language: str, domain: str) -> Iterator[tuple[str | None, Message, Message, set[str]]]:
    """Context, message, translation and flags of each entry."""
    with open(CATALOGUES / language / "LC_MESSAGES" / f"{domain}.po", "rb") as file:
        for entry in read_po(file, locale=language):
            if entry.id:
                yield entry.context, entry.id, entry.string, set(entry.flags)


def forms(message: Message) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else tuple(message)


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", FOREIGN)
def test_every_message_is_translated_and_keeps_its_placeholders(language: str, domain: str) -> None:
    faults = []
    for _, message, told, flags in entries(language, domain):
        wanted = Counter(PLACEHOLDER.findall(forms(message)[-1]))
        if "fuzzy" in flags or not all(forms(told)):
            faults.append(("untranslated", message))
        elif (
            any(Counter(PLACEHOLDER.findall(form)) - wanted for form in forms(told))
            or Counter(PLACEHOLDER.findall(forms(told)[-1])) != wanted
        ):
            faults.append(("placeholders", message))
    assert faults == []


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", FOREIGN)
def test_what_is_compiled_is_what_is_written(language: str, domain: str) -> None:
    with open(CATALOGUES / language / "LC_MESSAGES" / f"{domain}.mo", "rb") as file:
        compiled = GNUTranslations(file)
    stale = []
    for context, message, told, _ in entries(language, domain):
        first = forms(message)[0]
        if len(forms(message)) > 1:
            found = compiled.ngettext(*forms(message), 2)
        else:
            found = compiled.pgettext(context, first) if context else compiled.gettext(first)
        stale += [first] if found != forms(told)[-1] else []
    assert stale == []


@pytest.mark.parametrize("language", FOREIGN)
def test_every_message_of_the_code_is_in_the_catalogue(language: str) -> None:
    known = {forms(message)[0] for _, message, _, _ in entries(language, "django")}
    assert sorted({*of_python(), *of_templates()} - known) == []
    scripts = {forms(message)[0] for _, message, _, _ in entries(language, "djangojs")}
    assert {message for _, message in of_scripts() if message} == scripts


def test_scripts_say_nothing_past_the_catalogue() -> None:
    """Whatever looks like words in a script goes through gettext, or is none for people."""
    said = {(path, literal) for path, literal, message in literals() if not message and WORDS.search(literal)}
    assert sorted(said) == []


def untranslated_words(template: str) -> Iterator[str]:
    """What a template says outside every translation: its text, and attributes that are read out."""
    template = TRANSLATED.sub(" ", template)
    yield from YESNO.findall(template)
    template = OF_MACHINES.sub(" ", SPOKEN_BY_CODE.sub(" ", template))
    yield from (found[1] for found in READ_OUT.finditer(template) if WORDS.search(found[1]))
    yield from (" ".join(text.split()) for text in re.split(r"<[^>]*>", template) if WORDS.search(text))


def test_no_template_says_a_word_outside_a_translation() -> None:
    assert list(untranslated_words('<p title="Red hat">Hello {{ name }}</p>{{ on|yesno:"Yes,No" }}')) == [
        *("Yes,No", "Red hat", "Hello"),
    ]
    found = [
        (path.name, words)
        for path in sorted((settings.BASE_DIR / "templates").rglob("*.html"))
        if path.name != "styleguide.html"
        for words in untranslated_words(path.read_text())
        if words not in WORDS_OF_NO_LANGUAGE
    ]
    assert found == []


def of_scripts() -> Iterator[tuple[str, str]]:
    """File and message of each call of gettext."""
    return ((path, message) for path, _, message in literals())


def literals() -> Iterator[tuple[str, str, str]]:
    """Every text in a script: file, the text where it is nobody's message, and the message where it is one."""
    for path in sorted((settings.BASE_DIR / "static" / "js").rglob("*.js")):
        for line in path.read_text().splitlines():
            if path.name not in NOT_TRANSLATED and not line.lstrip().startswith("//"):
                yield from ((path.name, *found) for found in _literals(line))


def _literals(line: str) -> Iterator[tuple[str, str]]:
    for found in LITERAL.finditer(line):
        before, after, text = line[: found.start()], line[found.end() :], found[1] or found[2] or ""
        is_argument = not before.strip() and after in ("", ",")  # of a call in the line before
        if is_argument or GETTEXT.search(before):
            yield "", text if not before.endswith('", ') else ""
        elif not MACHINES.search(before):
            yield re.sub(r"\$\{[^}]*\}", "", text), ""


def of_python() -> Iterator[str]:
    """Messages that are written out in calls of gettext."""
    for app in APPS:
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            text = path.read_text()
            if "django.utils.translation" in text or "translation." in text:
                for node in ast.walk(ast.parse(text)):
                    if isinstance(node, ast.Call) and (message := _said(node)) is not None:
                        yield message


def _said(call: ast.Call) -> str | None:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name not in CALLS or not call.args:
        return None
    first = call.args[1 if name == "pgettext" else 0]
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def of_templates() -> Iterator[str]:
    """Messages of `translate` and `blocktranslate`, as Django makes them for the collector."""
    for path in (settings.BASE_DIR / "templates").rglob("*.*"):
        for _, quoted in IN_TEMPLATE.findall(templatize(path.read_text())):
            yield ast.literal_eval(quoted)


@pytest.mark.django_db
def test_a_person_reads_their_own_language_else_the_browsers() -> None:
    alice = make_alice()
    client = signed_in(alice)
    assert '<html lang="en-gb" dir="ltr">' in client.get("/").content.decode()
    german = client.get("/", headers={"Accept-Language": "fr, de-AT;q=0.8"})
    assert '<html lang="de" dir="ltr">' in german.content.decode()
    assert (german.headers["Content-Language"], "Accept-Language" in german.headers["Vary"]) == ("de", True)
    client.post("/preferences/", {"language": "de"})
    assert Preference.objects.get().language == "de"
    page = client.get("/", headers={"Accept-Language": "en"}).content.decode()
    assert "Bestellungen" in page
    client.post("/preferences/", {"language": "tlh"})
    assert Preference.objects.get().language == "de"
    assert translation.get_language() == "en-gb"


@pytest.mark.django_db
def test_a_customer_reads_the_browsers_language_else_the_channels(client: Client) -> None:
    order = make_order(state="delivered")
    address = f"/track/{sign(order.pk, 'track')}/"
    assert "Ihre Bestellung ist angekommen" in client.get(address, headers={"Accept-Language": "de"}).content.decode()
    Channel.objects.update(language="de")
    assert "Ihre Bestellung ist angekommen" in client.get(address).content.decode()
    assert "Your order has arrived" in client.get(address, headers={"Accept-Language": "en-US"}).content.decode()
    order.channel.refresh_from_db()
    assert rendered(order, "received", {})[0] == f"Northwind Gifts: Wir haben Ihre Bestellung {order.number}"


@pytest.mark.django_db
def test_programs_are_answered_in_english() -> None:
    client = signed_in(make_alice())
    german = {"Accept-Language": "de"}
    assert client.post("/lists/orders/export/", headers=german).getvalue().decode().startswith("Order,Customer,")
    assert client.get("/api/v1/orders/", headers=german).json()["title"] == "An API key is needed"
    assert client.get("/kpis/quiet.csv", headers=german).content.decode().startswith("Customer,")


def test_numbers_and_money_are_written_as_the_language_does() -> None:
    with translation.override("de"):
        assert (grouped(1284), grouped(1284.5, 2)) == ("1.284", "1.284,50")
        assert shown(Decimal("1234.5"), "GBP") == "1.234,50\N{NO-BREAK SPACE}£"
        assert kept(Decimal("1234.5"), "GBP") == "£1,234.50"
    assert (grouped(1284), shown(Decimal("1234.5"), "GBP")) == ("1,284", "£1,234.50")


def test_a_german_page_loads_the_words_of_its_scripts_and_browsers_keep_them(client: Client) -> None:
    with translation.override("de"):
        (address,) = re.findall(r'<script src="(/words/de/\w+\.js)" defer>', script_words())
    answer = client.get(address)
    assert "Der Shop antwortet nicht" in answer.content.decode()
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert script_words() == ""
    assert client.get("/words/de/0.js").headers["Cache-Control"] == "no-store"
    assert client.get("/words/tlh/0.js").status_code == 404
