"""How gunicorn serves the web, here and in production: `gunicorn -c python:ordermgmt.webserver ordermgmt.wsgi`."""

import ctypes
import os
from contextlib import suppress

from ordermgmt.loading import keep_what_is_loaded, seek_garbage_seldom

bind = f"{os.environ.get('BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "3"))
threads = int(os.environ.get("WEB_THREADS", "2"))
# Settings that refuse to start then say so once, in the main process, instead of in every worker again and again.
preload_app = True
timeout = 30
graceful_timeout = 4
keepalive = 5
loglevel = os.environ.get("WEB_LOG_LEVEL", "warning")
control_socket_disable = True

# Where the C library is glibc: one heap for all threads of a process, as each further one would keep memory of its own,
# and what a large body took goes back to the system.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
with suppress(OSError, AttributeError):
    libc = ctypes.CDLL(None)
    libc.mallopt(M_ARENA_MAX, 1)
    libc.mallopt(M_TRIM_THRESHOLD, 65_536)
    libc.mallopt(M_MMAP_THRESHOLD, 65_536)


def pre_fork(server: object, worker: object) -> None:
    """What is loaded by now is shared by all workers."""
    keep_what_is_loaded()


def post_fork(server: object, worker: object) -> None:
    """Each looks for its own garbage."""
    seek_garbage_seldom()
