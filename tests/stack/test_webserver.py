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
"""


def test_every_view_is_loaded_before_the_fork_and_no_library_that_is_rarely_needed() -> None:
    done = subprocess.run([sys.executable, "-c", LOOK], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded, views = done.stdout.split("\n")[:2]
    assert (loaded, views) == ("", "orders.api.orders ordermgmt.views.orders feedback.views")
