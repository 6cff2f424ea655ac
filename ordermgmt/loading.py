"""What a web process has ready before its first request, and what it never looks through for garbage."""

import gc
from functools import lru_cache

from django.conf import settings
from django.template.loader import get_template
from django.urls import get_resolver
from django.utils.translation import trans_real

KNOWN_WORDS = 20_000


def load_pages() -> None:
    """Import every view and compile every template of ours, so that no first request waits for them."""
    get_resolver().url_patterns  # noqa: B018
    folder = settings.BASE_DIR / "templates"
    for path in (*folder.rglob("*.html"), *folder.rglob("*.txt")):
        get_template(str(path.relative_to(folder)))


def remember_words() -> None:
    """What words are in each language: English ones were sought in six catalogs in vain, a thousand times a page."""
    for language, _ in settings.LANGUAGES:
        catalog = trans_real.translation(language)
        vars(catalog)["gettext"] = lru_cache(KNOWN_WORDS)(catalog.gettext)


def keep_what_is_loaded() -> None:
    """What is loaded by now stays for ever; looking through it once took a request 140 ms."""
    gc.collect()
    gc.freeze()


def seek_garbage_seldom() -> None:
    """A request makes thousands of objects and few cycles: look for those ten times less often than usual."""
    gc.set_threshold(10_000, 20, 50)
