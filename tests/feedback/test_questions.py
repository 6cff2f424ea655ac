"""What is asked: in the shop's words or the program's own, version by version, in the reader's language."""

from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.utils import translation

import ordermgmt
from feedback.errors import QuestionSetChanged
from feedback.models import QuestionSet
from feedback.question_sets import DEFAULT, Questionnaire, questionnaire_of, save_questionnaire
from feedback.questions import BUILT_IN, Kind, Question, faults, questions_from
from tests.factories import make_channel

GERMAN = Path(ordermgmt.__file__).parent / "locale" / "de" / "LC_MESSAGES"


def test_the_program_asks_each_kind_once_and_satisfaction_first():
    assert [question.kind for question in BUILT_IN] == list(Kind)
    assert BUILT_IN[0].kind == Kind.CSAT
    assert faults(BUILT_IN) == []


def test_words_are_the_readers_then_the_shops_first_then_the_programs():
    asked = Question(Kind.TEXT, {"en": "How did we do?", "de": "Wie waren wir?"})
    only_english = Question(Kind.TEXT, {"en": "How did we do?"})
    with translation.override("de"):
        assert (asked.words, only_english.words) == ("Wie waren wir?", "How did we do?")
        assert Question(Kind.CSAT).words == "Wie zufrieden sind Sie?"
    with translation.override("en-gb"):
        assert (asked.words, Question(Kind.CSAT).words) == ("How did we do?", "How satisfied are you?")


@pytest.mark.parametrize(
    ("questions", "fault"),
    [
        ([Question(Kind.NPS)], "The question for satisfaction is always asked"),
        ([Question(Kind.CSAT), Question(Kind.CSAT)], "A question is asked once."),
        ([Question(Kind.CSAT, {"en": "x" * 201})], "A question has at most 200 characters."),
    ],
)
def test_what_cannot_be_asked_is_said(questions, fault):
    (said,) = faults(questions)
    assert said.startswith(fault)


def test_a_kind_that_is_not_known_is_left_out():
    kept = [{"kind": "csat", "texts": {"en": "Well?"}}, {"kind": "telepathy"}, {"texts": {}}]
    assert questions_from(kept) == (Question(Kind.CSAT, {"en": "Well?"}),)


@pytest.mark.django_db
def test_a_version_is_saved_and_none_is_changed():
    channel = make_channel()
    assert questionnaire_of(channel.pk) is DEFAULT
    first = Questionnaire(
        questions=(Question(Kind.CSAT, {"de": "Gut?"}),), language="de", review_link="https://x.example/"
    )
    save_questionnaire(channel, first, note="Short", by="alice")
    save_questionnaire(channel, Questionnaire(version=1), note="Long", by="bob")
    rows = list(QuestionSet.objects.order_by("version").values_list("version", "note", "by", "language"))
    assert rows == [(1, "Short", "alice", "de"), (2, "Long", "bob", "en")]
    holds = questionnaire_of(channel.pk)
    assert (holds.version, holds.questions) == (2, BUILT_IN)
    assert QuestionSet.objects.get(version=1).questions == [{"kind": "csat", "texts": {"de": "Gut?"}}]


@pytest.mark.django_db
def test_who_looked_at_an_old_version_overwrites_nothing():
    channel = make_channel()
    save_questionnaire(channel, Questionnaire(), note="", by="alice")
    with pytest.raises(QuestionSetChanged) as refused:
        save_questionnaire(channel, Questionnaire(), note="", by="bob")
    assert (refused.value.newest, QuestionSet.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_channels_ask_their_own_questions():
    save_questionnaire(make_channel("web"), Questionnaire(), note="", by="alice")
    assert questionnaire_of(make_channel("desk").pk) is DEFAULT


def test_every_word_is_translated_and_compiled():
    words, compiled = by_english(read_po, "django.po"), by_english(read_mo, "django.mo")
    assert len(words) > 40
    assert [text for text, said in words.items() if not all(said)] == []
    assert compiled == words


def by_english(read, name):
    """One or two forms of each German text, by its context and the English ones."""
    with (GERMAN / name).open("rb") as file:
        found = [message for message in read(file) if message.id]
    return {(in_words(message.context), *forms(message.id)): forms(message.string) for message in found}


def in_words(context):
    """Babel reads that of a compiled message as bytes."""
    return context.decode() if isinstance(context, bytes) else context or ""


def forms(text):
    return (text,) if isinstance(text, str) else tuple(text)
