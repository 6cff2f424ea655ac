"""What axe finds wrong with a page."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

LOAD = f"() => {{ {AXE_SCRIPT} }}"  # half a megabyte, which a page keeps until it is left
LOOK = "axe.run({ resultTypes: ['violations'] }).then((found) => found.violations)"


def violations(page: Page) -> list[str]:
    """One for each element that breaks a rule, as the page stands: the rule and the element."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(LOAD)
    return [f"{rule['id']}: {node['html'][:160]}" for rule in page.evaluate(LOOK) for node in rule["nodes"]]
