"""What a web process has ready before its first request."""

import pytest
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext, trans_real

from ordermgmt.loading import remember_words


@pytest.fixture
def remembering(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catalogs of this test alone, which remember."""
    monkeypatch.setattr(trans_real, "_translations", {})
    with translation.override("en-gb"):
        remember_words()


def test_words_are_sought_once_and_are_those_of_each_language(
    remembering: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with translation.override("en-gb"):
        assert (gettext("Orders"), gettext("no catalog has this")) == ("Orders", "no catalog has this")
        with monkeypatch.context() as patch:
            patch.setattr(trans_real.TranslationCatalog, "get", None)
            assert (gettext("Orders"), gettext("no catalog has this")) == ("Orders", "no catalog has this")
    with translation.override("de"):
        assert gettext("Orders") == "Bestellungen"


def test_what_was_safe_once_is_not_safe_for_others(remembering: None) -> None:
    assert isinstance(gettext(SafeString("<b>")), SafeString)
    assert not isinstance(gettext("<b>"), SafeString)
