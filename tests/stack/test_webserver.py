"""What the web loads before its processes are forked: all it needs, once, and nothing that only workers need."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Each is tens of megabytes or hundreds of modules, for what a worker or a rare request does.
LATER = (
    "stripe",
    "easypost",
    "reportlab",
    "pypdf",
    "PIL",
    "numpy",
    "pandas",
    "playwright",
    "standardwebhooks",
    "httpx",
)
LOOK = f"""
import sys
import ordermgmt.wsgi
print(*(name for name in {LATER!r} if name in sys.modules))
print(*(name for name in ("orders.api.orders", "ordermgmt.views.orders", "feedback.views") if name in sys.modules))
from pathlib import Path
from django.template import engines
compiled = engines["django"].engine.template_loaders[0].get_template_cache
print(*(path for path in map(str, Path("templates").rglob("*.*")) if path.removeprefix("templates/") not in compiled))
"""


def test_all_pages_are_loaded_before_the_fork_and_no_library_that_is_rarely_needed() -> None:
    done = subprocess.run([sys.executable, "-c", LOOK], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded, views, not_compiled = done.stdout.split("\n")[:3]
    assert (loaded, views) == ("", "orders.api.orders ordermgmt.views.orders feedback.views")
    assert not_compiled == ""
