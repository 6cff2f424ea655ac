"""A real Chromium for the tests in this folder."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

from tests.browser import chromium

# Playwright keeps an event loop in this thread, which Django would take for async code. It is not.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
PATIENCE_MS = 20_000  # of an expectation, which a busy machine may need
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in here needs the browser."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests; each gets a fresh profile from `page`."""
    path = chromium.find()
    if path is None:
        pytest.skip("there is no Chromium on this machine")
    flags = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else QUIET
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_MS)
        running = playwright.chromium.launch(executable_path=path, args=flags)
        yield running
        running.close()


@pytest.fixture(autouse=True)
def as_many_as_they_like(settings: LazySettings) -> None:
    """All tests are one client to the shop, and quicker than any customer."""
    settings.PUBLIC_REQUESTS_PER_CLIENT = 0


@pytest.fixture
def page(browser: Browser, live_server: object) -> Iterator[Page]:
    """A page that knows the live server as its base and fails the test on an error in its console."""
    context = browser.new_context(base_url=str(live_server))
    context.set_default_timeout(10_000)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == []


def watched(page: Page) -> Callable[[], None]:
    """Waits, when called, until the page asks nothing more: a request would meet the emptying of the tables."""
    asked: set[Request] = set()
    page.on("request", lambda request: asked.add(request))
    page.on("requestfinished", lambda request: asked.discard(request))
    page.on("requestfailed", lambda request: asked.discard(request))

    def at_rest() -> None:
        for _ in range(100):
            if not asked:
                return
            page.wait_for_timeout(50)

    return at_rest
