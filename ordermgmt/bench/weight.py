"""What a page weighs for a browser that has nothing yet: itself, and the styles, scripts and drawings that it names."""

import gzip
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from posixpath import dirname, join, normpath

from django.conf import settings
from django.contrib.staticfiles import finders

KILOBYTE = 1000
NAMED = re.compile(rf'(?:href|src)="/{settings.STATIC_URL.strip("/")}/([^"#?]+)')
IMPORTED = re.compile(r'(?:import|from)\s*\(?"(\.[^"]+)"')


@dataclass(frozen=True)
class Weight:
    """In kB: as it is sent, files being compressed and pages not, and all of it plain."""

    sent_kb: float
    plain_kb: float


def weight_of(page: bytes) -> Weight:
    """Of one page."""
    files = {name: _plain(name) for name in _all_named(page.decode())}
    sent = sum(map(_smaller, files.values()))
    plain = sum(map(len, files.values()))
    return Weight((len(page) + sent) / KILOBYTE, (len(page) + plain) / KILOBYTE)


def _all_named(page: str) -> set[str]:
    """With the modules that modules import."""
    names, known = set(NAMED.findall(page)), set[str]()
    while names:
        known |= names
        names = {each for name in names for each in _imported(name)} - known
    return known


def _imported(name: str) -> set[str]:
    if not name.endswith(".js"):
        return set()
    return {normpath(join(dirname(name), other)) for other in IMPORTED.findall(_plain(name).decode())}


@cache
def _plain(name: str) -> bytes:
    found = finders.find(name)
    return Path(str(found)).read_bytes() if found else b""


@cache
def _smaller(content: bytes) -> int:
    """As WhiteNoise sends it."""
    return min(len(content), len(gzip.compress(content, 9)))
